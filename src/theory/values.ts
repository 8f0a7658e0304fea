/**
 * Exact values of a product policy in a tabular game, by linear solves in f64. With P(s, s′) = Σₐ π(a|s) P(s′|s,a):
 * V = r_π + γPV, d = (1 − γ)(I − γPᵀ)⁻¹μ, J = μᵀV. d sums to 1; J = E Σₜ γᵗ rₜ is not normalised.
 */
import type { TabularGame } from "../environments/tabular/game.ts";
import { lu, luSolve } from "../tensor/lu.ts";
import { jointPolicy, type ProductPolicy } from "./policy.ts";
import { requirePolicy } from "./require-policy.ts";

/** K joint actions. */
export interface PolicyValues {
  readonly policy: ProductPolicy;
  /** π(a | s), [states, K]. */
  readonly joint: Float64Array;
  /** V(s), [states]. */
  readonly values: Float64Array;
  /** Q(s, a) and A = Q − V, [states, K]. */
  readonly actionValues: Float64Array;
  readonly advantages: Float64Array;
  /** d(s), [states]. */
  readonly visitation: Float64Array;
  /** J. */
  readonly expectedReturn: number;
}

/** @throws InvalidInputError when the policy is none of the game, or γ not in [0, 1) */
export function evaluatePolicy(game: TabularGame, policy: ProductPolicy): PolicyValues {
  requirePolicy(game, policy);
  const joint = jointPolicy(game, policy);
  const moves = weightedTransitions(game, joint);
  const values = solveDiscounted(moves, weightedSums(game, joint, game.rewards), game);
  const visitation = solveDiscounted(transposed(moves, game.states), game.start, game).map(
    (mass) => (1 - game.gamma) * mass,
  );
  const advantages = temporalDifferences(game, values);
  const actionValues = advantages.map((value, at) => value + values[Math.floor(at / game.joint)]);
  const expectedReturn = game.start.reduce((sum, mass, s) => sum + mass * values[s], 0);
  return { policy, joint, values, actionValues, advantages, visitation, expectedReturn };
}

/** δ(s, a) = r(s, a) + γ Σ P(s′|s,a) V(s′) − V(s), [states, K]; with V = V^π this is A^π. */
export function temporalDifferences(game: TabularGame, values: Float64Array): Float64Array {
  const { states, joint, rewards, gamma } = game;
  const next = expectedNext(game, values);
  const result = new Float64Array(states * joint);
  for (let at = 0; at < result.length; at++)
    result[at] = rewards[at] + gamma * next[at] - values[Math.floor(at / joint)];
  return result;
}

/** Σ P(s′|s,a) f(s′), [states, K]. */
export function expectedNext({ states, joint, transitions }: TabularGame, f: Float64Array): Float64Array {
  const result = new Float64Array(states * joint);
  for (let at = 0; at < result.length; at++) {
    for (let t = 0; t < states; t++) result[at] += transitions[at * states + t] * f[t];
  }
  return result;
}

/** Σₐ w(s, a) f(s, a), [states]. */
export function weightedSums(
  { states, joint }: TabularGame,
  weights: Float64Array,
  f: Float64Array,
): Float64Array {
  const sums = new Float64Array(states);
  for (let at = 0; at < weights.length; at++) sums[Math.floor(at / joint)] += weights[at] * f[at];
  return sums;
}

/** Σₐ w(s, a) P(s′|s,a), [states, states]; with w = π the transitions under π. */
export function weightedTransitions(
  { states, joint, transitions }: TabularGame,
  weights: Float64Array,
): Float64Array {
  const moves = new Float64Array(states * states);
  for (let at = 0; at < weights.length; at++) {
    const row = Math.floor(at / joint) * states;
    for (let t = 0; t < states; t++) moves[row + t] += weights[at] * transitions[at * states + t];
  }
  return moves;
}

/** x of x = b + γMx. */
export function solveDiscounted(
  moves: Float64Array,
  b: Float64Array,
  { states, gamma }: TabularGame,
): Float64Array {
  const matrix = moves.map((p, at) => (at % (states + 1) === 0 ? 1 : 0) - gamma * p);
  return luSolve(lu(matrix, states), b);
}

function transposed(matrix: Float64Array, n: number): Float64Array {
  return matrix.map((_, at) => matrix[(at % n) * n + Math.floor(at / n)]);
}
