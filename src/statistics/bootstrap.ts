/**
 * Percentile bootstrap (Efron 1979) in strata (Agarwal et al. 2021, §4.2): the runs of every task are drawn anew
 * with replacement inside that task, the statistic is computed again, and the interval is where the middle of
 * these statistics lies.
 */
import type { Random } from "../tensor/random.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { formatValue } from "../validation/format.ts";
import { requireValues } from "./location.ts";
import { type Interval, requireLevel } from "./student.ts";

/** One list of values a stratum; a single sample is one stratum. */
export type Strata = readonly (readonly number[])[];

export interface BootstrapOptions {
  /** @defaultValue 10,000 */
  readonly resamples?: number;
  /** @defaultValue 0.95 */
  readonly level?: number;
}

/**
 * Interval of `statistic`; its estimate is that of the values themselves.
 * @param statistic reads the strata at once and keeps no reference to them
 * @throws InvalidInputError for an empty stratum, values that are not finite, or options out of range
 */
export function stratifiedBootstrap(
  strata: Strata,
  statistic: (strata: Strata) => number,
  random: Random,
  { resamples = 10_000, level = 0.95 }: BootstrapOptions = {},
): Interval {
  requireLevel(level);
  if (!Number.isSafeInteger(resamples) || resamples < 1) {
    throw new InvalidInputError(`resamples: got ${formatValue(resamples)}; it must be an integer from 1`);
  }
  if (strata.length === 0) throw new InvalidInputError("strata: got none; at least one is needed");
  for (const [i, values] of strata.entries()) requireValues(values, `values of stratum ${i + 1}`);
  const drawn = strata.map((values) => [...values]);
  const statistics = Float64Array.from({ length: resamples }, () => {
    for (const [s, values] of strata.entries()) {
      for (let i = 0; i < values.length; i++) drawn[s][i] = values[random.integer(values.length)];
    }
    return statistic(drawn);
  }).sort();
  return {
    estimate: statistic(strata),
    low: percentile(statistics, (1 - level) / 2),
    high: percentile(statistics, (1 + level) / 2),
  };
}

/** The value below which the share p lies, linear between neighbours: x₍₀₎ at p = 0, x₍ₙ₋₁₎ at p = 1. */
export function percentile(sorted: Float64Array, p: number): number {
  const position = p * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}
