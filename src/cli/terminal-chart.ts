/** The learning curve in characters. */
import chart from "simple-ascii-chart";
import type { IterationMetrics } from "../training/metrics.ts";

/** Mean return against iteration, or "" while fewer than two iterations finished episodes. */
export function terminalChart(metrics: readonly IterationMetrics[], columns: number): string {
  const points = metrics.flatMap(({ iteration, meanReturn }): [number, number][] =>
    meanReturn === null ? [] : [[iteration, meanReturn]],
  );
  if (points.length < 2) return "";
  const width = Math.max(20, Math.min(72, columns - 16));
  return chart(points, { width, height: 12, title: "mean return by iteration", formatter: Math.round });
}
