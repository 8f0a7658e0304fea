/**
 * Preceding-agent off-policy correction (A2PO) in exact expectation: samples of π, advantages of π̂. With the weights
 * c(s,a) = λ min(c̄ π, π̂) the estimate is A(s,a) = δ_V(s,a) + γ Σ P(s′|s,a) W(s′), W(s) = Σₐ c(s,a) A(s,a), so that W
 * solves a system of the size of the states. λ = 1 and c̄ = ∞ give untruncated importance sampling, π̂ = π gives GAE.
 */
import type { TabularGame } from "../environments/tabular/game.ts";
import { lu, luSolve } from "../tensor/lu.ts";
import { largest } from "./measures.ts";
import {
  expectedNext,
  type PolicyValues,
  solveDiscounted,
  temporalDifferences,
  weightedSums,
  weightedTransitions,
} from "./values.ts";

/** Joint tables [states, K] of who acts and who is to be estimated. */
export interface Correction {
  readonly game: TabularGame;
  readonly behaviour: Float64Array;
  readonly target: Float64Array;
  /** λ in [0, 1]. */
  readonly lambda: number;
  /** c̄, where ratios are cut. @defaultValue 1 */
  readonly cut?: number;
}

/** λ min(c̄ π, π̂), [states, K]. */
export function traceWeights({ behaviour, target, lambda, cut = 1 }: Correction): Float64Array {
  return behaviour.map((p, at) => (p === 0 ? 0 : lambda * Math.min(cut * p, target[at])));
}

/** The expected estimate with the value table V, [states, K]. */
export function correctedAdvantages(correction: Correction, values: Float64Array): Float64Array {
  return traceBack(correction, temporalDifferences(correction.game, values));
}

/** A of A = δ + γPW, W = Σₐ c A. */
function traceBack(correction: Correction, delta: Float64Array): Float64Array {
  const { game } = correction;
  const weights = traceWeights(correction);
  const future = solveDiscounted(
    weightedTransitions(game, weights),
    weightedSums(game, weights, delta),
    game,
  );
  const next = expectedNext(game, future);
  return delta.map((value, at) => value + game.gamma * next[at]);
}

/** ξ = max |estimate − A^π̂|. */
export function correctionError(estimate: Float64Array, target: PolicyValues): number {
  return largest(estimate.map((value, at) => value - target.advantages[at]));
}

/** The estimate minus its mean under π̂ in every state: what is left of it in a policy gradient. */
export function centred({ game, target }: Correction, estimate: Float64Array): Float64Array {
  const means = weightedSums(game, target, estimate);
  return estimate.map((value, at) => value - means[Math.floor(at / game.joint)]);
}

/**
 * The value table that regression on A + V with samples of π ends at: Σₐ π(a|s) A_V(s,a) = 0 for all s. In the unknowns
 * V and W: γPV − V + γPW = −r_π and (I − γC)W − γCV + κV = r_c, where C, κ and r_c are weighted by c.
 */
export function regressionValues(correction: Correction): Float64Array {
  const { game, behaviour } = correction;
  const { states: n, gamma } = game;
  const weights = traceWeights(correction);
  const P = weightedTransitions(game, behaviour);
  const C = weightedTransitions(game, weights);
  const kappa = weightedSums(
    game,
    weights,
    weights.map(() => 1),
  );
  const matrix = new Float64Array(4 * n * n);
  for (let s = 0; s < n; s++) {
    for (let t = 0; t < n; t++) {
      const same = s === t ? 1 : 0;
      matrix[s * 2 * n + t] = gamma * P[s * n + t] - same;
      matrix[s * 2 * n + n + t] = gamma * P[s * n + t];
      matrix[(n + s) * 2 * n + t] = same * kappa[s] - gamma * C[s * n + t];
      matrix[(n + s) * 2 * n + n + t] = same - gamma * C[s * n + t];
    }
  }
  const right = new Float64Array(2 * n);
  right.set(weightedSums(game, behaviour, game.rewards).map((reward) => -reward));
  right.set(weightedSums(game, weights, game.rewards), n);
  return luSolve(lu(matrix, 2 * n), right).slice(0, n);
}

/**
 * The fixed point of V-trace (Espeholt et al. 2018), which weighs the first step too: Σₐ min(π, π̂) δ_V = 0 in every
 * state. It is the value of the policy ∝ min(π, π̂), whatever λ.
 */
export function vtraceValues({ game, behaviour, target }: Correction): Float64Array {
  const shared = behaviour.map((p, at) => Math.min(p, target[at]));
  const masses = weightedSums(
    game,
    shared,
    shared.map(() => 1),
  );
  const policy = shared.map((p, at) => p / masses[Math.floor(at / game.joint)]);
  return solveDiscounted(weightedTransitions(game, policy), weightedSums(game, policy, game.rewards), game);
}

/**
 * One sweep of Retrace (Munos et al. 2016) over an action-value table: Q + the trace of δ(s,a) = r + γ Σ P V_Q − Q with
 * V_Q(s) = Σₐ π̂ Q. Its only fixed point is Q^π̂.
 */
export function retraceSweep(correction: Correction, actionValues: Float64Array): Float64Array {
  const { game, target } = correction;
  const next = expectedNext(game, weightedSums(game, target, actionValues));
  const delta = actionValues.map((value, at) => game.rewards[at] + game.gamma * next[at] - value);
  const trace = traceBack(correction, delta);
  return actionValues.map((value, at) => value + trace[at]);
}
