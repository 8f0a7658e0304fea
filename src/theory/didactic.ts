/**
 * Exact improvement steps in the didactic games: all agents at once, and one after the other. No sampling, no learning
 * rate, so what happens is the schedule's doing alone.
 */

/** One step of every agent: from one profile to the next. */
export type Schedule = "simultaneous" | "sequential";

/** Means of two Gaussian policies. */
export type Means = readonly [number, number];

/**
 * r = a₁a₂ with Gaussian policies of standard deviation σ: J = μ₁μ₂, linear in each mean. Within KL radius δ, where
 * KL = Δμ²/(2σ²), the best step of agent i is σ√(2δ) in the direction of the other's mean.
 */
export interface ProductGame {
  /** δ. @defaultValue ½: with σ = 1 a step is 1 */
  readonly maxKl?: number;
  /** σ. @defaultValue 1 */
  readonly deviation?: number;
}

/** J = μ₁μ₂. */
export function productReturn([first, second]: Means): number {
  return first * second;
}

/** Both agents' exact trust-region steps. A mean of 0 tells the other nothing, and it stays. */
export function productStep(
  means: Means,
  schedule: Schedule,
  { maxKl = 0.5, deviation = 1 }: ProductGame = {},
): Means {
  const radius = deviation * Math.sqrt(2 * maxKl);
  const first = means[0] + radius * Math.sign(means[1]);
  const seen = schedule === "sequential" ? first : means[0];
  return [first, means[1] + radius * Math.sign(seen)];
}

/** J before any step and after each of `steps`. */
export function productReturns(
  start: Means,
  schedule: Schedule,
  steps: number,
  game: ProductGame = {},
): number[] {
  const returns = [productReturn(start)];
  let means = start;
  for (let step = 0; step < steps; step++) {
    means = productStep(means, schedule, game);
    returns.push(productReturn(means));
  }
  return returns;
}

/** A game of two agents and one move: payoff[a₁][a₂]. */
export type Bimatrix = readonly (readonly number[])[];

/** Σ p(a₁) q(a₂) payoff. */
export function bimatrixReturn(payoff: Bimatrix, p: readonly number[], q: readonly number[]): number {
  return payoff.reduce((sum, row, a) => sum + p[a] * row.reduce((mean, r, b) => mean + q[b] * r, 0), 0);
}

/** The joint action after both answered best: the other's old policy, or for the second what the first now does. */
export function bestResponses(
  payoff: Bimatrix,
  [p, q]: readonly [readonly number[], readonly number[]],
  schedule: Schedule,
): readonly [number, number] {
  const columns = payoff[0].map((_, b) => payoff.map((row) => row[b]));
  const first = bestAction(payoff.map((row) => row.reduce((mean, r, b) => mean + q[b] * r, 0)));
  if (schedule === "sequential") return [first, bestAction(payoff[first])];
  return [first, bestAction(columns.map((column) => column.reduce((mean, r, a) => mean + p[a] * r, 0)))];
}

/** The first of the largest. */
function bestAction(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}

/**
 * What `agents` get in matrix/half-half who all choose 0 with probability q: 2(q(1 − q))ⁿᐟ², for the two ways of
 * telling the halves apart. @param agents an even number
 */
export function sharedReturn(agents: number, q: number): number {
  let product = 2;
  for (let pair = 0; pair < agents / 2; pair++) product *= q * (1 - q);
  return product;
}

/** The best that a shared policy can get there: q(1 − q) is largest at ½, so 2/2ⁿ. Agents on their own get 1. */
export function bestSharedReturn(agents: number): number {
  return sharedReturn(agents, 0.5);
}
