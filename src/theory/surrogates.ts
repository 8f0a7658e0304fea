/**
 * What the algorithms maximise in place of J, in exact expectation and with the factor x = 1/(1 − γ) that printed forms
 * sometimes drop. E_{d,w} is over s ∼ d and joint actions weighted by w; agents are counted in the order of the update.
 */
import { expectation } from "./measures.ts";
import { jointPolicy, prefixPolicy } from "./policy.ts";
import { endsOf, type TeamUpdate } from "./update.ts";

/** x E_{d^π, π̄}[f] for a table f [states, K], with π̂ᵐ in place of π̄. */
export function weightedAdvantage(update: TeamUpdate, m: number, f: Float64Array): number {
  const { game, horizon, stages } = update;
  return horizon * expectation(game, stages[0].visitation, stages[m].joint, f);
}

/** MAPPO and independent learners: J(π) + weight · x Σᵢ E_{d^π, (π̄ⁱ, π⁻ⁱ)}[A^π]. @param weight 1 or 1/n */
export function independentSurrogate(update: TeamUpdate, weight: number): number {
  const { game, horizon, order } = update;
  const { old, next } = endsOf(update);
  let sum = 0;
  for (const agent of order) {
    const alone = jointPolicy(game, prefixPolicy(old.policy, next.policy, [agent], 1));
    sum += expectation(game, old.visitation, alone, old.advantages);
  }
  return old.expectedReturn + weight * horizon * sum;
}

/** CoPPO, and HAPPO's agents together: J(π) + x E_{d^π, π̄}[A^π]. */
export function jointSurrogate(update: TeamUpdate): number {
  const { old } = endsOf(update);
  return old.expectedReturn + weightedAdvantage(update, update.order.length, old.advantages);
}

/** HAPPO's m-th agent: J(π̂ᵐ⁻¹) + x E_{d^π, π̂ᵐ}[A^π]. @param m from 1 to n */
export function happoSurrogate(update: TeamUpdate, m: number): number {
  const { stages } = update;
  return stages[m - 1].expectedReturn + weightedAdvantage(update, m, stages[0].advantages);
}

/** A2PO's m-th agent: J(π̂ᵐ⁻¹) + x E_{d^π, π̂ᵐ}[Â]. @param estimate Â of A^π̂ᵐ⁻¹, [states, K] */
export function a2poSurrogate(update: TeamUpdate, m: number, estimate: Float64Array): number {
  return update.stages[m - 1].expectedReturn + weightedAdvantage(update, m, estimate);
}

/** Agents that each see fresh samples of π̂ᵐ⁻¹ (RPISA): J(π) + x Σₘ E_{d^π̂ᵐ⁻¹, π̂ᵐ}[A^π̂ᵐ⁻¹]. */
export function freshSurrogate({ game, horizon, stages, order }: TeamUpdate): number {
  let sum = 0;
  for (let m = 1; m <= order.length; m++) {
    const { visitation, advantages } = stages[m - 1];
    sum += expectation(game, visitation, stages[m].joint, advantages);
  }
  return stages[0].expectedReturn + horizon * sum;
}
