/**
 * Learning curves: mean return against iteration. One run: its iterations as dots, their moving average as a
 * line. Several seeds of one setting: their mean with a 95 % band. Several settings: one colour each.
 */
import * as Plot from "@observablehq/plot";
import { mean } from "../statistics/location.ts";
import { type Interval, studentInterval } from "../statistics/student.ts";
import { font, grid, ink, palette } from "./palette.ts";

/** One run; null where no episode finished. */
export interface Curve {
  /** Runs of equal label are seeds of one setting. */
  readonly label: string;
  /** Mean return of each iteration from the first. */
  readonly returns: readonly (number | null)[];
}
export interface CurveOptions {
  readonly title: string;
  readonly subtitle?: string;
}

interface Point extends Interval {
  readonly label: string;
  readonly iteration: number;
}

const SIZE = {
  width: 760,
  height: 420,
  marginLeft: 64,
  marginRight: 24,
  marginTop: 66,
  marginBottom: 48,
} as const;
/** Iterations averaged in the line of a single run. */
const WINDOW = 5;

/** Draws the chart; give the page's document, or the one that `renderSvg` lends. */
export function learningCurve(document: Document, curves: readonly Curve[], options: CurveOptions): Element {
  const labels = [...new Set(curves.map(({ label }) => label))];
  const groups = labels.map((label) => curves.filter((curve) => curve.label === label));
  const points = groups.flatMap(average);
  const dots = groups.filter((group) => group.length === 1).flatMap(([curve]) => finished(curve));
  const channels = { x: "iteration", stroke: "label" };
  return Plot.plot({
    document,
    ...SIZE,
    style: { fontFamily: font, fontSize: "12px", color: ink, background: "white" },
    x: { label: "iteration", labelAnchor: "center", labelArrow: "none", ticks: 10 },
    y: {
      label: "mean return of an episode",
      labelAnchor: "center",
      labelArrow: "none",
      nice: true,
      ticks: 8,
    },
    color: { domain: labels, range: labels.map((_, i) => palette[i % palette.length]) },
    marks: [
      Plot.gridY({ stroke: grid, strokeOpacity: 1 }),
      Plot.areaY(points, { x: "iteration", y1: "low", y2: "high", fill: "label", fillOpacity: 0.18 }),
      Plot.dot(dots, { x: "iteration", y: "estimate", fill: "label", r: 2, fillOpacity: 0.35 }),
      Plot.lineY(points, { ...channels, y: "estimate", strokeWidth: 2 }),
      Plot.text([options.title], { ...HEADING, dy: -50, fontSize: 16, fontWeight: "600" }),
      Plot.text([options.subtitle ?? ""], { ...HEADING, dy: -29, fill: "#52606d" }),
      ...(labels.length > 1 ? labels.map(legendLine) : []),
    ],
  });
}

const HEADING = { frameAnchor: "top-left", textAnchor: "start", dx: -54 } as const;

/** Names a line in its colour, in the corner that rising curves leave free. */
const legendLine = (label: string, i: number, all: readonly string[]): Plot.Markish =>
  Plot.text([label], {
    frameAnchor: "bottom-right",
    dx: -8,
    dy: -10 - 18 * (all.length - 1 - i),
    fill: palette[i % palette.length],
    fontWeight: "600",
  });

/** Mean and band over the seeds of one setting, as far as all go; the moving average of a single run. */
function average(group: readonly Curve[]): Point[] {
  const [first] = group;
  if (group.length === 1) return movingAverage(finished(first));
  const length = Math.min(...group.map(({ returns }) => returns.length));
  return Array.from({ length }, (_, i) => group.flatMap(({ returns }) => returns[i] ?? [])).flatMap(
    (values, i) =>
      values.length === 0 ? [] : { label: first.label, iteration: i + 1, ...studentInterval(values) },
  );
}

function finished({ label, returns }: Curve): Point[] {
  return returns.flatMap((value, i) =>
    value === null ? [] : { label, iteration: i + 1, ...studentInterval([value]) },
  );
}

function movingAverage(points: readonly Point[]): Point[] {
  return points.map((point, i) => {
    const near = points.slice(Math.max(0, i + 1 - WINDOW), i + 1);
    return { ...point, ...studentInterval([mean(near.map(({ estimate }) => estimate))]) };
  });
}
