/**
 * What one agent's policy step makes larger, from r = π(a|o)/π_old(a|o), a factor f for the other agents' ratios and
 * advantages A, one number a sample:
 *   inside:  min(l A, clip(l, 1 ± ε) A) with l = r · clip(f, 1 ± ε′)     (CoPPO, A2PO; without f PPO, MAPPO)
 *   outside: clip(f, 1 ± ε′) · min(r A, clip(r, 1 ± ε) A)                (HAPPO with ε′ = ∞)
 * Schulman et al. 2017; Wu et al. 2021; Kuba et al. 2022, eq. 11; Wang et al. 2023.
 */
import { clip, exp, minimum, multiply, subtract } from "../../autodiff/operations.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Where the factor stands: in the clipped ratio, or before the minimum. */
export type Placement = "inside" | "outside";

export interface ClipRange {
  /** ε of the clipped ratio. */
  readonly inner: number;
  /** ε′ of the factor; Infinity leaves it as it is. */
  readonly outer: number;
  readonly placement: Placement;
}

/** What does not depend on the policy that moves. */
export interface SurrogateSamples {
  /** [samples] log π_old(a|o) of the whole action. */
  readonly oldLogProbs: Float32Array;
  /** [samples] what the ratio is multiplied with: `ratioWeight`. */
  readonly weights: Float32Array;
  /** [samples] A, times `outsideWeight`. */
  readonly advantages: Float32Array;
  /** ε, of all samples or [samples]. */
  readonly inner: number | Float32Array;
}

/** One sample's surrogate. */
export function surrogate(ratio: number, factor: number, advantage: number, range: ClipRange): number {
  const l = ratio * ratioWeight(factor, range);
  const least = Math.min(l * advantage, clamp(l, range.inner) * advantage);
  return outsideWeight(factor, range) * least;
}

/** What the ratio is multiplied with before it is clipped. */
export function ratioWeight(factor: number, { outer, placement }: ClipRange): number {
  return placement === "inside" ? clamp(factor, outer) : 1;
}

/** What stands before the minimum. */
export function outsideWeight(factor: number, { outer, placement }: ClipRange): number {
  return placement === "outside" ? clamp(factor, outer) : 1;
}

/** Whether the clip stops the sample's gradient. */
export function isClipped(ratio: number, factor: number, advantage: number, range: ClipRange): boolean {
  const l = ratio * ratioWeight(factor, range);
  return clamp(l, range.inner) * advantage < l * advantage;
}

/** [samples] surrogates as a tensor of log π(a|o) [samples], to be differentiated. */
export function surrogateTensor(logProbs: Tensor, samples: SurrogateSamples): Tensor {
  const { oldLogProbs, weights, advantages, inner } = samples;
  const bound = (sign: 1 | -1) =>
    typeof inner === "number" ? 1 + sign * inner : inner.map((epsilon) => 1 + sign * epsilon);
  const l = multiply(exp(subtract(logProbs, oldLogProbs)), weights);
  return minimum(multiply(l, advantages), multiply(clip(l, bound(-1), bound(1)), advantages));
}

/** x kept between 1 − ε and 1 + ε. */
function clamp(x: number, epsilon: number): number {
  return Math.max(1 - epsilon, Math.min(1 + epsilon, x));
}
