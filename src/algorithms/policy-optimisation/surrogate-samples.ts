/** The surrogate's numbers, sample by sample, from what each agent of a policy has. */
import type { Samples } from "./policy-batch.ts";
import { type ClipRange, outsideWeight, ratioWeight, type SurrogateSamples } from "./surrogate.ts";

/** What an agent that is updated brings along. */
export interface Member {
  readonly agent: number;
  /** [rows], normalised. */
  readonly advantages: Float64Array;
  readonly range: ClipRange;
}

export interface Share extends Member {
  /** [rows] the other agents' product of ratios; without it 1. */
  readonly factors: Float64Array | undefined;
}

export interface WeightedSamples {
  readonly terms: SurrogateSamples;
  /** [samples] 1/n for the n samples in which agents were there, else 0: sums with them are means. */
  readonly weights: Float32Array;
}

/**
 * Surrogate terms of these samples; undefined when nobody is there.
 * @param shares by the number of the agent within its policy; those that take no part are left out
 * @param rows of each agent
 */
export function weightSamples(
  { alive, oldLogProbs, places }: Samples,
  shares: readonly (Share | undefined)[],
  rows: number,
): WeightedSamples | undefined {
  let present = 0;
  for (const one of alive) present += one;
  if (present === 0) return undefined;
  const count = places.length;
  const [weights, ratioWeights, advantages] = [1, 2, 3].map(() => new Float32Array(count));
  const inner = new Float32Array(count);
  let same = true;
  for (let i = 0; i < count; i++) {
    const row = places[i] % rows;
    const share = shares[(places[i] - row) / rows] as Share;
    const factor = share.factors ? share.factors[row] : 1;
    weights[i] = alive[i] / present;
    ratioWeights[i] = ratioWeight(factor, share.range);
    advantages[i] = (outsideWeight(factor, share.range) * share.advantages[row] * alive[i]) / present;
    inner[i] = share.range.inner;
    same &&= inner[i] === inner[0];
  }
  const epsilon = same ? (shares.find((share) => share !== undefined)?.range.inner as number) : inner;
  return { terms: { oldLogProbs, weights: ratioWeights, advantages, inner: epsilon }, weights };
}
