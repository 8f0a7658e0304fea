/**
 * A scaling study as a grid: a column a world, above what was reached and below what it cost, against the number of
 * agents. Lines join the means of a setting; pale dots are seeds, bars Student's 95 % intervals from three seeds on.
 */
import * as Plot from "@observablehq/plot";
import { studentInterval } from "../statistics/student.ts";
import { BAND_SEEDS, cutAround } from "./bands.ts";
import { figure, type Panel } from "./figure.ts";
import { font, grid, ink, type LineStyle, lineStyle } from "./palette.ts";

/** One row of panels. */
export interface ScaleMeasure {
  /** Title of the vertical axis. */
  readonly label: string;
  readonly points: readonly ScaleChartPoint[];
  /** Whether the axis begins at 0. */
  readonly fromZero: boolean;
}
export interface ScaleChartPoint {
  readonly world: string;
  readonly label: string;
  readonly agents: number;
  /** A value a seed. */
  readonly values: readonly number[];
}
export interface ScalingOptions {
  readonly title: string;
  readonly subtitle?: string;
  /** Settings in the order of their colours. */
  readonly labels: readonly string[];
}

const WIDTH = 860;
const SIZE = {
  height: 270,
  marginLeft: 64,
  marginRight: 18,
  marginTop: 34,
  marginBottom: 44,
} as const;
const AXIS = { labelAnchor: "center", labelArrow: "none" } as const;
const TICKS = 6;
/** Pixels between the points of two settings at one number of agents, so that bars do not hide each other. */
const APART = 5;

export function scalingChart(
  document: Document,
  measures: readonly ScaleMeasure[],
  { title, subtitle = "", labels }: ScalingOptions,
): Element {
  const worlds = [...new Set(measures.flatMap(({ points }) => points.map(({ world }) => world)))];
  const drawn = labels.filter((label) =>
    measures.some(({ points }) => points.some((p) => p.label === label)),
  );
  const series = drawn.map((label, i) => ({
    label,
    style: lineStyle(labels.indexOf(label)),
    shift: APART * (i - (drawn.length - 1) / 2),
  }));
  const size = { ...SIZE, width: WIDTH / Math.max(1, worlds.length) };
  const all = measures.flatMap(({ points }) => points);
  const rows = measures.map((measure) =>
    worlds.map((world): Panel => {
      const shape = { ...size, x: agentsAxis(all.filter((point) => point.world === world)) };
      return { ...size, chart: panel(document, measure, world, series, shape) };
    }),
  );
  const legend = series.map(({ label, style }) => ({ label, ...style }));
  return figure(document, rows, { title, subtitle, legend, width: WIDTH });
}

interface Series {
  readonly label: string;
  readonly style: LineStyle;
  readonly shift: number;
}

function panel(
  document: Document,
  { label, points, fromZero }: ScaleMeasure,
  world: string,
  series: readonly Series[],
  shape: object,
): Element {
  const here = points.filter((point) => point.world === world);
  return Plot.plot({
    document,
    ...shape,
    style: { fontFamily: font, fontSize: "12px", color: ink },
    y: { ...AXIS, label, nice: true, ticks: TICKS, zero: fromZero },
    marks: [
      Plot.gridY({ stroke: grid, strokeOpacity: 1, ticks: TICKS }),
      Plot.text([world], { frameAnchor: "top", dy: -24, fontWeight: "600" }),
      ...series.flatMap((one) => marks(one, here, fromZero ? 0 : Number.NEGATIVE_INFINITY)),
    ],
  });
}

/** The same for all measures of a world, also where one was not measured. */
function agentsAxis(points: readonly ScaleChartPoint[]) {
  const agents = [...new Set(points.map((point) => point.agents))].sort((a, b) => a - b);
  return { ...AXIS, label: "agents", ticks: agents, tickFormat: "d", domain: around(agents) };
}

/** Half a step of room on both sides. */
function around(agents: readonly number[]): [number, number] {
  const [first, last] = [agents[0], agents[agents.length - 1]];
  const room = agents.length > 1 ? (last - first) / (agents.length - 1) / 2 : 1;
  return [first - room, last + room];
}

/** @param floor no bar goes below */
function marks(
  { label, style, shift }: Series,
  here: readonly ScaleChartPoint[],
  floor: number,
): Plot.Markish[] {
  const cut = cutAround(here.flatMap(({ values }) => values));
  const points = here.filter((point) => point.label === label);
  const means = points.map(({ agents, values }) => {
    const { estimate, low, high } = cut(studentInterval(values));
    return { agents, seeds: values.length, estimate, low: Math.max(low, floor), high };
  });
  const bars = means.filter(({ seeds }) => seeds >= BAND_SEEDS);
  const dots = points.flatMap(({ agents, values }) => values.map((value) => ({ agents, value })));
  const place = { x: "agents", dx: shift };
  return [
    Plot.dot(dots, { ...place, y: "value", fill: style.stroke, fillOpacity: 0.35, r: 2 }),
    Plot.ruleX(bars, { ...place, y1: "low", y2: "high", stroke: style.stroke, strokeWidth: 1.5 }),
    Plot.lineY(means, { ...place, y: "estimate", strokeWidth: 2, ...style }),
    Plot.dot(means, { ...place, y: "estimate", fill: style.stroke, r: 3.5 }),
  ];
}
