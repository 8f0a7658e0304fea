/**
 * Learning curves: mean return against iteration, or environment steps where an iteration is not as many of all. One
 * run: its iterations as dots, their moving average as a line. Two seeds of one setting: their mean over both runs.
 * More: their mean with a 95 % band, Student's interval of the mean at every iteration by itself. Several settings:
 * one colour each.
 */
import * as Plot from "@observablehq/plot";
import { mean } from "../statistics/location.ts";
import { type Interval, studentInterval } from "../statistics/student.ts";
import { BAND_SEEDS, cutAround } from "./bands.ts";
import { figure } from "./figure.ts";
import { font, grid, ink, lineStyle } from "./palette.ts";
import { type ReferenceLine, referenceMarks } from "./references.ts";
import { formatSteps, type IterationAxis, iterationAxis } from "./step-axis.ts";

/** One run; null where no episode finished. */
export interface Curve {
  /** Runs of equal label are seeds of one setting. */
  readonly label: string;
  /** Mean return of each iteration from the first. */
  readonly returns: readonly (number | null)[];
  /** Environment steps of each iteration, the same of all seeds of a setting. @defaultValue as many as of the others */
  readonly stepsPerIteration?: number;
}
export interface CurveOptions {
  readonly title: string;
  readonly subtitle?: string;
  /** All settings in the order of their colours, so that pictures of several tasks agree. @defaultValue those drawn */
  readonly labels?: readonly string[];
  /** Returns known from elsewhere; points, which are by iteration, are not drawn against steps. @defaultValue none */
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
  /** Iteration or environment steps. */
  readonly x: number;
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
/** Numbers of steps take room: twice as many as asked for may come, and a million has nine letters. */
const STEP_TICKS = 5;

/** Draws the chart; give the page's document, or the one that `renderSvg` lends. */
export function learningCurve(document: Document, curves: readonly Curve[], options: CurveOptions): Element {
  const groups = drawnGroups(curves);
  const cut = cutAround(curves.flatMap(({ returns }) => returns.filter((value) => value !== null)));
  const order = options.labels ?? [...groups.keys()];
  const { evaluations = [] } = options;
  const evaluationStyle = lineStyle(order.length);
  const axis = iterationAxis(curves, WINDOW);
  const settings = [...groups].map(([label, group]) => {
    const points = average(group, axis).map(cut);
    return { label, group, points, style: lineStyle(order.indexOf(label)) };
  });
  const chart = Plot.plot({
    document,
    ...SIZE,
    style: { fontFamily: font, fontSize: "12px", color: ink },
    x: { ...AXIS, label: axis.label, ticks: countTicks(settings, axis), tickFormat: ",d" },
    y: { ...AXIS, label: "mean return of an episode", nice: true, ticks: TICKS },
    marks: [
      Plot.gridY({ stroke: grid, strokeOpacity: 1, ticks: TICKS }),
      ...knownReturns(curves, options.references ?? [], axis),
      ...settings.flatMap(({ group, points, style }) => spread(group, points, style.stroke, axis)),
      ...settings.map(({ points, style }) =>
        Plot.lineY(points, { x: "x", y: "estimate", strokeWidth: 2, ...style }),
      ),
      ...(evaluations.length > 0 ? evaluationMarks(evaluations, evaluationStyle.stroke) : []),
    ],
  });
  const sameSeeds = curves.length === groups.size;
  const legend = settings.map(({ label, group, style }) => ({
    label: label + describeGroup(group, sameSeeds, axis),
    ...style,
  }));
  if (evaluations.length > 0) legend.push({ label: "evaluation", ...evaluationStyle });
  return figure(document, [[{ chart, ...SIZE }]], { ...options, legend, width: SIZE.width });
}

/** " (3 seeds, 4,000 steps an iteration)": of each what is not the same of all. */
function describeGroup(
  group: readonly Curve[],
  sameSeeds: boolean,
  { steps, lengthOf }: IterationAxis,
): string {
  const { length } = group;
  const facts = [
    ...(sameSeeds ? [] : [length === 1 ? "1 seed" : `${length} seeds`]),
    ...(steps && length > 0 ? [`${formatSteps(lengthOf(group[0]))} steps an iteration`] : []),
  ];
  return facts.length > 0 ? ` (${facts.join(", ")})` : "";
}

function knownReturns(
  curves: readonly Curve[],
  references: readonly ReferenceLine[],
  { steps }: IterationAxis,
): Plot.Markish[] {
  const last = Math.max(...curves.map(({ returns }) => returns.length));
  return referenceMarks(steps ? references.filter(({ points }) => points === undefined) : references, last);
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
  const axis = iterationAxis(curves, WINDOW);
  return [
    ...(axis.steps ? [`an iteration is ${axis.steps.map(formatSteps).join(" to ")} environment steps`] : []),
    ...(seeds.some((n) => n >= BAND_SEEDS) ? ["band: 95 % confidence of the mean"] : []),
    ...(seeds.some((n) => n > 1 && n < BAND_SEEDS) ? ["two seeds: mean and both runs"] : []),
    ...(seeds.includes(1) ? [`single runs: ${explainWindow(axis, groups)}`] : []),
    ...explainCuts(groups, axis),
    ...(without > 0 ? [`${without} run${without === 1 ? "" : "s"} without a return left out`] : []),
  ];
}

/** @param groups one of which is a single run */
function explainWindow(
  { steps, lengthOf, windowOf }: IterationAxis,
  groups: readonly (readonly Curve[])[],
): string {
  if (!steps) return `mean of the last ${WINDOW}`;
  const sizes = groups
    .filter(({ length }) => length === 1)
    .map(([curve]) => windowOf(curve) * lengthOf(curve));
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)].map(formatSteps);
  return `mean of the last ${least === most ? least : `${least} to ${most}`} steps`;
}

/** A mean that ends before some of its runs do. */
function explainCuts(groups: readonly (readonly Curve[])[], { steps, lengthOf }: IterationAxis): string[] {
  const ends = groups.flatMap((group) => {
    const lengths = group.map(({ returns }) => returns.length);
    const shortest = Math.min(...lengths);
    return lengths.some((length) => length > shortest) ? shortest * lengthOf(group[0]) : [];
  });
  if (ends.length === 0) return [];
  if (ends.length > 1) return ["means end with the shortest run of a setting"];
  const end = steps ? `${formatSteps(ends[0])} steps` : `iteration ${ends[0]}`;
  return [`mean ends with the shortest run, at ${end}`];
}

/** At most ten, and none between two iterations. */
function countTicks(settings: readonly Drawn[], axis: IterationAxis): number {
  const drawn = settings.flatMap(({ group, points }) =>
    (group.length < BAND_SEEDS ? group.flatMap((curve) => finished(curve, axis)) : points).map(({ x }) => x),
  );
  const [first, last] = drawn.reduce(
    ([low, high], x) => [Math.min(low, x), Math.max(high, x)],
    [Number.POSITIVE_INFINITY, 0],
  );
  return Math.max(1, Math.min(axis.steps ? STEP_TICKS : 10, last - first));
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
function spread(
  group: readonly Curve[],
  points: readonly Point[],
  stroke: string,
  axis: IterationAxis,
): Plot.Markish[] {
  const x = "x";
  const runs = group.map((curve) => finished(curve, axis));
  if (runs.length === 1)
    return [Plot.dot(runs[0], { x, y: "estimate", fill: stroke, r: 2, fillOpacity: 0.35 })];
  if (runs.length < BAND_SEEDS)
    return runs.map((run) => Plot.lineY(run, { x, y: "estimate", stroke, strokeOpacity: 0.45 }));
  return [Plot.areaY(points, { x, y1: "low", y2: "high", fill: stroke, fillOpacity: 0.18 })];
}

/** Mean and band over the seeds of one setting where all have a value; the moving average of a single run. */
function average(group: readonly Curve[], axis: IterationAxis): Point[] {
  if (group.length === 0) return [];
  if (group.length === 1) return movingAverage(finished(group[0], axis), axis.windowOf(group[0]));
  const step = axis.lengthOf(group[0]);
  const length = Math.min(...group.map(({ returns }) => returns.length));
  return Array.from({ length }, (_, i) => group.flatMap(({ returns }) => returns[i] ?? [])).flatMap(
    (values, i) => (values.length < group.length ? [] : { x: (i + 1) * step, ...studentInterval(values) }),
  );
}

function finished(curve: Curve, { lengthOf }: IterationAxis): Point[] {
  return curve.returns.flatMap((value, i) =>
    value === null ? [] : { x: (i + 1) * lengthOf(curve), ...studentInterval([value]) },
  );
}

function movingAverage(points: readonly Point[], window: number): Point[] {
  return points.map((point, i) => {
    const near = points.slice(Math.max(0, i + 1 - window), i + 1);
    return { ...point, ...studentInterval([mean(near.map(({ estimate }) => estimate))]) };
  });
}
