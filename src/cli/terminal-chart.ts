/** The learning curve in characters. */
import chart from "simple-ascii-chart";
import type { IterationMetrics } from "../training/metrics.ts";

/** Mean return against iteration, or "" while fewer than two iterations finished episodes. */
export function terminalChart(metrics: readonly IterationMetrics[], columns: number): string {
  const points = metrics.flatMap(({ iteration, meanReturn }): [number, number][] =>
    meanReturn === null ? [] : [[iteration, meanReturn]],
  );
  if (points.length < 2) return "";
  return chart(points, {
    width: Math.max(20, Math.min(72, columns - 16)),
    height: 12,
    title: "mean return by iteration",
    customXAxisTicks: roundTicks(points.map(([iteration]) => iteration)).filter(Number.isInteger),
    customYAxisTicks: roundTicks(points.map(([, meanReturn]) => meanReturn)),
  });
}

/** About five multiples of 1, 2 or 5 times a power of ten between the smallest and the largest value. */
function roundTicks(values: readonly number[]): number[] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const rough = (high - low || 1) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step);
  const count = Math.max(0, Math.floor(high / step) - first + 1);
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
