/**
 * Random points of the simplex: xₖ = gₖ / Σg with gₖ ~ Gamma(concentration, 1) by Marsaglia & Tsang 2000, and
 * Gamma(a) = Gamma(a + 1)·U^(1/a) for a < 1. Concentration 1 is uniform; less favours corners, more the middle.
 */
import { InvalidInputError } from "../validation/errors.ts";
import { exp, log } from "./math.ts";
import type { Random } from "./random.ts";

/** Far below any probability that matters; keeps a point off the corners, where logarithms are infinite. */
const FLOOR = 1e-12;

/**
 * A point with `size` positive entries that sum to 1.
 * @throws InvalidInputError unless concentration is finite and > 0
 */
export function dirichlet(random: Random, size: number, concentration = 1): Float64Array {
  if (!(concentration > 0 && concentration < Number.POSITIVE_INFINITY)) {
    throw new InvalidInputError(`concentration is ${concentration}; it must be a finite number above 0`);
  }
  const point = Float64Array.from({ length: size }, () => gamma(random, concentration) + FLOOR);
  const sum = point.reduce((a, b) => a + b, 0);
  return point.map((value) => value / sum);
}

/** A deviate of Gamma(shape, 1); 0 where a small shape underflows. */
function gamma(random: Random, shape: number): number {
  if (shape < 1) return gamma(random, shape + 1) * exp(log(1 - random.float()) / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const root = 1 + c * x;
    if (root <= 0) continue;
    const cube = root * root * root;
    if (log(1 - random.float()) < 0.5 * x * x + d * (1 - cube + log(cube))) return d * cube;
  }
}
