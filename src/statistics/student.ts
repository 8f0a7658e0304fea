/**
 * Mean and confidence interval of a few runs: x̄ ± t·s/√n with t the two-sided quantile of Student's
 * distribution with ν = n − 1 degrees of freedom (Student 1908). With t = √ν tan θ, P(|T| < t) is a finite sum in
 * sin θ and cos θ (Abramowitz & Stegun 1964, 26.7.3–4), and θ is found by bisection.
 */
import { cos, sin } from "../tensor/math.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { formatValue } from "../validation/format.ts";
import { mean, requireValues } from "./location.ts";

/** An estimate and what it may be taken for. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Confidence interval of the mean of independent values that are roughly normal. One value has no width:
 * low = high = estimate.
 * @param level probability that the interval holds the true mean @defaultValue 0.95
 * @throws InvalidInputError for no values, values that are not finite, a level outside (0, 1)
 */
export function studentInterval(values: readonly number[], level = 0.95): Interval {
  requireValues(values, "values of an interval");
  const n = values.length;
  const estimate = mean(values);
  if (n === 1) return { estimate, low: estimate, high: estimate };
  let squares = 0;
  for (const value of values) squares += (value - estimate) * (value - estimate);
  const half = studentQuantile(n - 1, level) * Math.sqrt(squares / (n - 1) / n);
  return { estimate, low: estimate - half, high: estimate + half };
}

/**
 * t with P(|T| < t) = level, to 10⁻¹² relative for levels from 0.5 to 0.999 and up to 1,000 degrees.
 * @param freedom degrees of freedom, an integer ≥ 1
 * @throws InvalidInputError
 */
export function studentQuantile(freedom: number, level: number): number {
  if (!Number.isSafeInteger(freedom) || freedom < 1) {
    throw new InvalidInputError(
      `degrees of freedom: got ${formatValue(freedom)}; it must be an integer from 1`,
    );
  }
  requireLevel(level);
  let low = 0;
  let high = Math.PI / 2;
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (probability(middle, freedom) < level) low = middle;
    else high = middle;
  }
  return (Math.sqrt(freedom) * sin(low)) / cos(low);
}

/** @throws InvalidInputError unless 0 < level < 1 */
export function requireLevel(level: number): void {
  if (level > 0 && level < 1) return;
  throw new InvalidInputError(
    `confidence level: got ${formatValue(level)}; it must be between 0 and 1, for instance 0.95`,
  );
}

/** P(|T| < √ν tan θ): ν odd (2/π)(θ + sin θ cos θ (1 + ⅔cos²θ + …)), ν even sin θ (1 + ½cos²θ + …). */
function probability(theta: number, freedom: number): number {
  const odd = freedom % 2;
  const square = cos(theta) * cos(theta);
  let term = 1;
  let sum = freedom === 1 ? 0 : 1;
  for (let k = 2 + odd; k < freedom; k += 2) {
    term *= ((k - 1) / k) * square;
    sum += term;
  }
  if (odd === 0) return sin(theta) * sum;
  return (2 / Math.PI) * (theta + sin(theta) * cos(theta) * sum);
}
