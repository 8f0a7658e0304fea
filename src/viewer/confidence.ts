/** Mean and 95 % confidence interval of a few runs: x̄ ± t₀.₉₇₅(n − 1)·s/√n (Student 1908). */

/** t₀.₉₇₅ by degrees of freedom, from 1. */
const QUANTILES = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
] as const;

export interface Interval {
  readonly mean: number;
  /** Equal to the mean when there is one value. */
  readonly low: number;
  readonly high: number;
}

/** @param values at least one */
export function interval95(values: readonly number[]): Interval {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n === 1) return { mean, low: mean, high: mean };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const half = quantile(n - 1) * Math.sqrt(variance / n);
  return { mean, low: mean - half, high: mean + half };
}

/** Beyond the table: Fisher & Cornish's first terms around the normal quantile, good to 0.001 from 30 on. */
function quantile(freedom: number): number {
  if (freedom <= QUANTILES.length) return QUANTILES[freedom - 1];
  const z = 1.959964;
  return z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2);
}
