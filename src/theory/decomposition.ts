/**
 * Advantages of some agents (Kuba et al. 2022): A^{1:m}(s, a¹…aᵐ) is the mean of A(s, a) over what the others do under π.
 * The m-th agent's own, given what the ones before it did, is Aᵐ = A^{1:m} − A^{1:m−1}; together they make A.
 */
import type { TabularGame } from "../environments/tabular/game.ts";
import { expectation } from "./measures.ts";
import type { ProductPolicy } from "./policy.ts";
import type { TeamUpdate } from "./update.ts";

/** f with the action of `agent` averaged out under its policy: [states, K], equal along that action. */
export function averageOver(
  { states, choices, joint }: TabularGame,
  policy: ProductPolicy,
  agent: number,
  f: Float64Array,
): Float64Array {
  const n = choices[agent];
  const stride = choices.slice(agent + 1).reduce((product, size) => product * size, 1);
  const result = new Float64Array(states * joint);
  for (let at = 0; at < result.length; at++) {
    const action = Math.floor(at / stride) % n;
    const state = Math.floor(at / joint);
    for (let a = 0; a < n; a++) result[at] += policy[agent][state * n + a] * f[at + (a - action) * stride];
  }
  return result;
}

/** A^{1:m} for the first m agents of the order, [states, K]. */
export function groupAdvantages({ game, stages, order }: TeamUpdate, m: number): Float64Array {
  const { policy, advantages } = stages[0];
  return order.slice(m).reduce((f, agent) => averageOver(game, policy, agent, f), advantages);
}

/** Aᵐ of the m-th agent given the ones before it, [states, K]. @param m from 1 to n */
export function agentAdvantages(update: TeamUpdate, m: number): Float64Array {
  const before = groupAdvantages(update, m - 1);
  return groupAdvantages(update, m).map((value, at) => value - before[at]);
}

/** HATRPO's L^{1:m} = E_{d^π, π̂ᵐ}[Aᵐ]; with `stage` = m − 1 the zero baseline of its Eq. 6. */
export function agentSurrogate(update: TeamUpdate, m: number, stage = m): number {
  const { game, stages } = update;
  return expectation(game, stages[0].visitation, stages[stage].joint, agentAdvantages(update, m));
}

/**
 * The same as samples of π estimate it (its Proposition 3): E_{d^π, π}[(rᵐ − 1) Π_{j<m} rʲ A^π], rʲ = π̄ʲ/πʲ. What π never
 * does is in no sample, so that it is the same only if π̄ does not do it either, or if A^π is 0 there.
 */
export function ratioSurrogate({ game, stages }: TeamUpdate, m: number): number {
  const [{ joint, visitation, advantages }] = stages;
  const weights = joint.map((p, at) => {
    const previous = stages[m - 1].joint[at];
    if (p === 0 || previous === 0) return 0;
    const own = stages[m].joint[at] / previous;
    return p * (own - 1) * (previous / p);
  });
  return expectation(game, visitation, weights, advantages);
}
