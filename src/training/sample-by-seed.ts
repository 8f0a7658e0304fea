/** Makes what a policy does in episodes of a seed a matter of that seed, and of nothing that was drawn before. */
import type { Algorithm } from "../algorithms/algorithm.ts";
import { Random } from "../tensor/random.ts";

/** Sampled actions then come from streams of the seed that no environment draws from; `load` puts back the old ones. */
export function sampleBySeed(algorithm: Algorithm, seed: number): void {
  algorithm.sampleFrom(Random.fromSeed(seed).derive("acting"));
}
