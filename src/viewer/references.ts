/** Returns that are known from elsewhere, behind the curves of a chart: dashed, each with its title. */
import * as Plot from "@observablehq/plot";
import { muted } from "./palette.ts";

/** One return, drawn across the whole chart, or points of a curve. */
export interface ReferenceLine {
  readonly title: string;
  readonly value?: number | undefined;
  /** Iterations rise; those after the last one of the chart are not drawn. */
  readonly points?: readonly ReferencePoint[] | undefined;
}
type ReferencePoint = readonly [iteration: number, value: number];

const LINE = { stroke: muted, strokeDasharray: "3 3" } as const;
const TEXT = { fill: muted, fontSize: 11, lineAnchor: "bottom", dy: -3 } as const;

/** @param end last iteration of the chart, so that a longer reference does not squeeze the curves */
export function referenceMarks(references: readonly ReferenceLine[], end: number): Plot.Markish[] {
  return references.flatMap(({ title, value, points }) =>
    points ? pointMarks(title, until(points, end), end) : valueMarks({ title, value }),
  );
}

/** The title stands above the line, at the right. */
const valueMarks = (reference: ReferenceLine): Plot.Markish[] => [
  Plot.ruleY([reference], { y: "value", ...LINE }),
  Plot.text([reference], {
    y: "value",
    text: "title",
    ...TEXT,
    frameAnchor: "right",
    textAnchor: "end",
    dx: -4,
  }),
];

/** The title stands above the last point, on the side where there is more room. */
function pointMarks(title: string, points: readonly ReferencePoint[], end: number): Plot.Markish[] {
  const last = points[points.length - 1];
  if (last === undefined) return [];
  const [x, y] = ["0", "1"];
  const textAnchor = last[0] > end / 2 ? "end" : "start";
  return [
    Plot.lineY(points, { x, y, ...LINE }),
    Plot.text([last], { x, y, text: () => title, ...TEXT, textAnchor }),
  ];
}

/** The points up to `end`, with one at `end` on the way to the next. */
function until(points: readonly ReferencePoint[], end: number): readonly ReferencePoint[] {
  const kept = points.filter(([iteration]) => iteration <= end);
  const [last, next] = [kept[kept.length - 1], points[kept.length]];
  if (last === undefined || next === undefined || last[0] === end) return kept;
  const way = (end - last[0]) / (next[0] - last[0]);
  return [...kept, [end, last[1] + way * (next[1] - last[1])]];
}
