/** Where the values of a sample lie, and which of two samples lies higher. */
import { InvalidInputError } from "../validation/errors.ts";
import { formatValue } from "../validation/format.ts";

/** Σx/n, added in order. */
export function mean(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/**
 * Mean of the middle half: the ⌊n/4⌋ lowest and the ⌊n/4⌋ highest values are left out, so three values give
 * their mean and five the mean of the middle three (Agarwal et al. 2021, §4.3).
 * @throws InvalidInputError for no values or values that are not finite
 */
export function interquartileMean(values: readonly number[]): number {
  requireValues(values, "values of an interquartile mean");
  const sorted = Float64Array.from(values).sort();
  const cut = Math.floor(values.length / 4);
  let sum = 0;
  for (let i = cut; i < sorted.length - cut; i++) sum += sorted[i];
  return sum / (sorted.length - 2 * cut);
}

/**
 * P(X > Y) + ½ P(X = Y) over all pairs of a value of `first` and one of `second` (Mann & Whitney 1947; Agarwal et
 * al. 2021, §4.3): the chance that a run of the first setting ends above a run of the second.
 * @throws InvalidInputError for no values or values that are not finite
 */
export function probabilityOfImprovement(first: readonly number[], second: readonly number[]): number {
  requireValues(first, "values of the first setting");
  requireValues(second, "values of the second setting");
  let wins = 0;
  for (const x of first) for (const y of second) wins += x > y ? 1 : x === y ? 0.5 : 0;
  return wins / (first.length * second.length);
}

/** @throws InvalidInputError unless there is a value and all are finite */
export function requireValues(values: readonly number[], what: string): void {
  if (values.length === 0) throw new InvalidInputError(`${what}: got none; at least one is needed`);
  const index = values.findIndex((value) => !Number.isFinite(value));
  if (index < 0) return;
  throw new InvalidInputError(
    `${what}: number ${index + 1} is ${formatValue(values[index])}; all must be finite`,
  );
}
