/**
 * The statistics of K-FAC for a policy with several categorical heads: input moments from the stored activations,
 * output moments from the gradients of log π(ã|o) with one action ã drawn afresh from every head (their square is
 * the KL Hessian in expectation); the last layer's is exact, E[diag p − ppᵀ] a head.
 */

import type { JointCategorical } from "../../distributions/joint.ts";
import type { Pointer } from "../../kernels/abi.ts";
import { activationCode } from "../../kernels/activations.ts";
import type { Arena } from "../../kernels/memory.ts";
import { type KroneckerFactors, secondMoment } from "../../nn/kronecker-preconditioner.ts";
import type { Mlp } from "../../nn/mlp.ts";
import type { Random } from "../../tensor/random.ts";

/** Samples to take the statistics from: input [count, in], hidden outputs layer after layer, π [count, width]. */
export interface FactorSample {
  readonly input: Pointer;
  readonly hidden: Pointer;
  readonly probs: Pointer;
  readonly count: number;
}

export function kroneckerFactors(
  arena: Arena,
  network: Mlp,
  heads: JointCategorical,
  random: Random,
  sample: FactorSample,
): KroneckerFactors[] {
  const { sizes } = network.shape;
  const { count } = sample;
  return arena.scope(() => {
    const gradients = hiddenGradients(arena, network, sampledScore(arena, heads, random, sample), sample);
    const outputs = gradients.map((gradient, layer) =>
      secondMoment(arena, gradient, count, sizes[layer + 1], false),
    );
    outputs.push(meanMetric(arena, heads, sample));
    let input = sample.input;
    let hidden = sample.hidden;
    return outputs.map((output, layer) => {
      const factors = { inputs: secondMoment(arena, input, count, sizes[layer], true), outputs: output };
      input = hidden;
      hidden += 4 * count * sizes[layer + 1];
      return factors;
    });
  });
}

/** 1[ã] − π [count, width] for actions ã ~ π. */
function sampledScore(arena: Arena, heads: JointCategorical, random: Random, sample: FactorSample): Pointer {
  const { count, probs } = sample;
  const score = arena.allocateF32(count * heads.width);
  const actions = arena.allocateF32(count * heads.heads);
  const ones = arena.allocateF32(count * heads.heads);
  arena.kernels.logF32(probs, score, count * heads.width);
  heads.sample(score, random, actions, count);
  arena.kernels.fillF32(1, ones, count * heads.heads);
  heads.scoreTranspose(probs, actions, ones, score, count);
  return score;
}

/** Gradients [count, size] in the pre-activations of every hidden layer: eₗ₋₁ = (eₗ Wₗᵀ) ⊙ activation′. */
function hiddenGradients(arena: Arena, network: Mlp, output: Pointer, sample: FactorSample): Pointer[] {
  const { sizes, activation } = network.shape;
  const weights = network.layout.entries.filter(({ shape }) => shape.length === 2);
  const widest = Math.max(...sizes);
  const scratch = arena.allocate(arena.kernels.matmulScratchBytes(widest, widest));
  const { count } = sample;
  const gradients: Pointer[] = [];
  let above = output;
  let hidden = sample.hidden + 4 * count * sizes.slice(1, -1).reduce((sum, size) => sum + size, 0);
  for (let layer = sizes.length - 2; layer > 0; layer--) {
    const width = sizes[layer];
    const gradient = arena.allocateF32(count * width);
    const weight = network.parameters + 4 * weights[layer].offset;
    hidden -= 4 * count * width;
    arena.kernels.matmulTransposeBF32(above, weight, gradient, count, sizes[layer + 1], width, 0, scratch);
    arena.kernels.activationGradientF32(
      activationCode(activation),
      hidden,
      gradient,
      gradient,
      count * width,
    );
    gradients.unshift(gradient);
    above = gradient;
  }
  return gradients;
}

/** E[diag p − ppᵀ], block-diagonal over heads. */
function meanMetric(
  arena: Arena,
  { width, headSizes }: JointCategorical,
  sample: FactorSample,
): Float64Array {
  const { count } = sample;
  const probs = arena.f32(sample.probs, count * width);
  const out = new Float64Array(width * width);
  for (let row = 0; row < count; row++) {
    let start = 0;
    for (const size of headSizes) {
      for (let i = start; i < start + size; i++) {
        const p = probs[row * width + i];
        out[i * width + i] += p / count;
        for (let j = start; j < start + size; j++) out[i * width + j] -= (p * probs[row * width + j]) / count;
      }
      start += size;
    }
  }
  return out;
}
