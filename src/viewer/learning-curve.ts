/**
 * Learning curves: mean return against iteration. One run: its iterations as dots, their moving average as a
 * line. Two seeds of one setting: their mean over both runs. More: their mean with a 95 % band, Student's interval
 * of the mean at every iteration by itself. Several settings: one colour each.
 */
import * as Plot from "@observablehq/plot";
import { mean } from "../statistics/location.ts";
import { type Interval, studentInterval } from "../statistics/student.ts";
import { BAND_SEEDS, cutAround } from "./bands.ts";
import { figure } from "./figure.ts";
import { font, grid, ink, lineStyle } from "./palette.ts";
import { type ReferenceLine, referenceMarks } from "./references.ts";

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
  /** All settings in the order of their colours, so that pictures of several tasks agree. @defaultValue those drawn */
  readonly labels?: readonly string[];
  /** Returns known from elsewhere. @defaultValue none */
  readonly references?: readonly ReferenceLine[];
  /** Of a single run, drawn over its curve in a colour of their own. @defaultValue none */
  readonly evaluations?: readonly EvaluationPoint[];
}

/** The policy of a moment, evaluated. */
export interface EvaluationPoint {
  readonly iteration: number;
  /** Mean return of the team. */
  readonly return: number;
  readonly standardError: number | null;
}

interface Point extends Interval {
  readonly iteration: number;
}

/** A setting in the chart: its seeds, and the line that is made of them. */
interface Drawn {
  readonly group: readonly Curve[];
  readonly points: readonly Point[];
}

const SIZE = {
  width: 760,
  height: 370,
  marginLeft: 64,
  marginRight: 24,
  marginTop: 14,
  marginBottom: 46,
} as const;
const AXIS = { labelAnchor: "center", labelArrow: "none" } as const;
const TICKS = 8;
/** Iterations averaged in the line of a single run. */
const WINDOW = 5;

/** Draws the chart; give the page's document, or the one that `renderSvg` lends. */
export function learningCurve(document: Document, curves: readonly Curve[], options: CurveOptions): Element {
  const groups = drawnGroups(curves);
  const cut = cutAround(curves.flatMap(({ returns }) => returns.filter((value) => value !== null)));
  const order = options.labels ?? [...groups.keys()];
  const { evaluations = [] } = options;
  const evaluationStyle = lineStyle(order.length);
  const settings = [...groups].map(([label, group]) => {
    const points = average(group).map(cut);
    return { label, group, points, style: lineStyle(order.indexOf(label)) };
  });
  const chart = Plot.plot({
    document,
    ...SIZE,
    style: { fontFamily: font, fontSize: "12px", color: ink },
    x: { ...AXIS, label: "iteration", ticks: countTicks(settings), tickFormat: ",d" },
    y: { ...AXIS, label: "mean return of an episode", nice: true, ticks: TICKS },
    marks: [
      Plot.gridY({ stroke: grid, strokeOpacity: 1, ticks: TICKS }),
      ...referenceMarks(options.references ?? [], Math.max(...curves.map(({ returns }) => returns.length))),
      ...settings.flatMap(({ group, points, style }) => spread(group, points, style.stroke)),
      ...settings.map(({ points, style }) =>
        Plot.lineY(points, { x: "iteration", y: "estimate", strokeWidth: 2, ...style }),
      ),
      ...(evaluations.length > 0 ? evaluationMarks(evaluations, evaluationStyle.stroke) : []),
    ],
  });
  const seeds = (n: number): string =>
    curves.length === groups.size ? "" : n === 1 ? " (1 seed)" : ` (${n} seeds)`;
  const legend = settings.map(({ label, group, style }) => ({
    label: label + seeds(group.length),
    ...style,
  }));
  if (evaluations.length > 0) legend.push({ label: "evaluation", ...evaluationStyle });
  return figure(document, [[{ chart, ...SIZE }]], { ...options, legend, width: SIZE.width });
}

/** A dot for each with its standard error, joined by a thin line. */
function evaluationMarks(evaluations: readonly EvaluationPoint[], stroke: string): Plot.Markish[] {
  const [x, y] = ["iteration", "return"];
  const error = ({ standardError }: EvaluationPoint): number => standardError ?? 0;
  return [
    Plot.lineY(evaluations, { x, y, stroke, strokeOpacity: 0.6 }),
    Plot.ruleX(evaluations, {
      x,
      y1: (point: EvaluationPoint) => point.return - error(point),
      y2: (point: EvaluationPoint) => point.return + error(point),
      stroke,
    }),
    Plot.dot(evaluations, { x, y, fill: stroke, r: 3 }),
  ];
}

/** What lines and shades mean and what they leave out, for a subtitle. */
export function explainCurves(curves: readonly Curve[]): string[] {
  const groups = [...drawnGroups(curves).values()];
  const seeds = groups.map(({ length }) => length);
  const without = curves.filter((curve) => !hasReturns(curve)).length;
  return [
    ...(seeds.some((n) => n >= BAND_SEEDS) ? ["band: 95 % confidence of the mean"] : []),
    ...(seeds.some((n) => n > 1 && n < BAND_SEEDS) ? ["two seeds: mean and both runs"] : []),
    ...(seeds.includes(1) ? [`single runs: mean of the last ${WINDOW}`] : []),
    ...explainCuts(groups),
    ...(without > 0 ? [`${without} run${without === 1 ? "" : "s"} without a return left out`] : []),
  ];
}

/** A mean that ends before some of its runs do. */
function explainCuts(groups: readonly (readonly Curve[])[]): string[] {
  const ends = groups.flatMap((group) => {
    const lengths = group.map(({ returns }) => returns.length);
    const shortest = Math.min(...lengths);
    return lengths.some((length) => length > shortest) ? shortest : [];
  });
  if (ends.length === 0) return [];
  if (ends.length > 1) return ["means end with the shortest run of a setting"];
  return [`mean ends with the shortest run, at iteration ${ends[0]}`];
}

/** At most ten, and none between two iterations. */
function countTicks(settings: readonly Drawn[]): number {
  const drawn = settings.flatMap(({ group, points }) =>
    (group.length < BAND_SEEDS ? group.flatMap(finished) : points).map(({ iteration }) => iteration),
  );
  const [first, last] = drawn.reduce(
    ([low, high], iteration) => [Math.min(low, iteration), Math.max(high, iteration)],
    [Number.POSITIVE_INFINITY, 0],
  );
  return Math.max(1, Math.min(10, last - first));
}

/** Seeds of a setting that have something to draw; none where no seed has. */
function drawnGroups(curves: readonly Curve[]): Map<string, Curve[]> {
  return new Map([...byLabel(curves)].map(([label, group]) => [label, group.filter(hasReturns)]));
}

const hasReturns = ({ returns }: Curve): boolean => returns.some((value) => value !== null);

function byLabel(curves: readonly Curve[]): Map<string, Curve[]> {
  const groups = new Map<string, Curve[]>();
  for (const curve of curves) groups.set(curve.label, [...(groups.get(curve.label) ?? []), curve]);
  return groups;
}

/** Under the lines: the iterations of a single run, both runs of two seeds, or the band of more. */
function spread(group: readonly Curve[], points: readonly Point[], stroke: string): Plot.Markish[] {
  const x = "iteration";
  const runs = group.map(finished);
  if (runs.length === 1)
    return [Plot.dot(runs[0], { x, y: "estimate", fill: stroke, r: 2, fillOpacity: 0.35 })];
  if (runs.length < BAND_SEEDS)
    return runs.map((run) => Plot.lineY(run, { x, y: "estimate", stroke, strokeOpacity: 0.45 }));
  return [Plot.areaY(points, { x, y1: "low", y2: "high", fill: stroke, fillOpacity: 0.18 })];
}

/** Mean and band over the seeds of one setting where all have a value; the moving average of a single run. */
function average(group: readonly Curve[]): Point[] {
  if (group.length === 0) return [];
  if (group.length === 1) return movingAverage(finished(group[0]));
  const length = Math.min(...group.map(({ returns }) => returns.length));
  return Array.from({ length }, (_, i) => group.flatMap(({ returns }) => returns[i] ?? [])).flatMap(
    (values, i) => (values.length < group.length ? [] : { iteration: i + 1, ...studentInterval(values) }),
  );
}

function finished({ returns }: Curve): Point[] {
  return returns.flatMap((value, i) =>
    value === null ? [] : { iteration: i + 1, ...studentInterval([value]) },
  );
}

function movingAverage(points: readonly Point[]): Point[] {
  return points.map((point, i) => {
    const near = points.slice(Math.max(0, i + 1 - WINDOW), i + 1);
    return { ...point, ...studentInterval([mean(near.map(({ estimate }) => estimate))]) };
  });
}
