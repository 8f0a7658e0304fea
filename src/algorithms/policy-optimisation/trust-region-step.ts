/**
 * HATRPO's step of one policy (Kuba et al. 2022, eq. 8): x ≈ (H + εI)⁻¹g by conjugate gradients, the step
 * √(2δ / xᵀ(H + εI)x) · x, and the first of its shorter and shorter multiples whose KL is below δ and which gains at least
 * a share of what the gradient promises. Without one the policy stays as it is, to the bit.
 */
import { exp, multiply, subtract } from "../../autodiff/operations.ts";
import { rules } from "../../autodiff/rules.ts";
import { sum } from "../../autodiff/shaping.ts";
import { Tape } from "../../autodiff/tape.ts";
import type { Pointer } from "../../kernels/abi.ts";
import type { Arena } from "../../kernels/memory.ts";
import { type FisherProducts, type OutputMetric, withFisher } from "../../nn/network-fisher.ts";
import { gradientOf } from "../../nn/network-gradient.ts";
import { TapeNetwork } from "../../nn/network-tape.ts";
import { conjugateGradient } from "../../optim/conjugate-gradient.ts";
import { backtrack } from "../../optim/line-search.ts";
import { scaleToTrustRegion } from "../../optim/trust-region.ts";
import { exp as expOf } from "../../tensor/math.ts";
import { NonFiniteError } from "../../validation/errors.ts";
import { unweightedK3, unweightedMetric } from "./k3.ts";
import type { PolicyBatch, Samples } from "./policy-batch.ts";
import type { TrainerSettings } from "./update.ts";

type StepSettings = Pick<
  TrainerSettings,
  | "maxKl"
  | "cgIterations"
  | "cgDamping"
  | "cgTolerance"
  | "lineSearchSteps"
  | "lineSearchShrink"
  | "acceptRatio"
  | "klForm"
>;

export interface TrustRegionReport {
  /** The multiple of the full step that was taken; 0 when none was acceptable. */
  readonly scale: number;
  readonly gradientNorm: number;
  /** What the surrogate gained. */
  readonly gain: number;
}

/** A place to stand: how far it is and how good. */
interface Candidate {
  readonly kl: number;
  readonly surrogate: number;
}

/** Moves a policy. @param weights [agents · rows] factor · A, of the batch's samples */
export function trustRegionStep(
  arena: Arena,
  batch: PolicyBatch,
  weights: Float64Array,
  settings: StepSettings,
): TrustRegionReport {
  const samples = presentSamples(batch, weights);
  if (samples.present === 0) return { scale: 0, gradientNorm: 0, gain: 0 };
  return arena.scope(() => new TrustRegionStep(arena, batch, samples, settings).take());
}

interface WeightedSamples extends Samples {
  /** Rows in which an agent was there: what means are over. */
  readonly present: number;
  /** [rows]. */
  readonly weights: Float64Array;
}

class TrustRegionStep {
  readonly #arena: Arena;
  readonly #batch: PolicyBatch;
  readonly #samples: WeightedSamples;
  readonly #settings: StepSettings;
  readonly #size: number;
  readonly #oldOutput: Float32Array;
  readonly #oldExtra: Float32Array | undefined;

  constructor(arena: Arena, batch: PolicyBatch, samples: WeightedSamples, settings: StepSettings) {
    this.#arena = arena;
    this.#batch = batch;
    this.#settings = settings;
    this.#samples = { ...samples, input: arena.place(samples.input as Float32Array) };
    this.#size = batch.policy.parameters.length;
    this.#oldOutput = this.#forward(arena.place(batch.policy.parameters)).output;
    this.#oldExtra = batch.policy.extra;
  }

  take(): TrustRegionReport {
    const { kernels } = this.#arena;
    const { policy } = this.#batch;
    const { lineSearchSteps, lineSearchShrink, acceptRatio, maxKl } = this.#settings;
    const old = this.#arena.place(policy.parameters);
    const gradient = this.#gradient(old);
    const step = this.#solve(old, gradient);
    const promised = kernels.dotF32(gradient, step, this.#size);
    if (!Number.isFinite(promised)) {
      throw new NonFiniteError(`policy of ${policy.name}: the trust-region step is not finite`);
    }
    const before = this.#judge(old).surrogate;
    const place = this.#arena.allocateF32(this.#size);
    let gain = 0;
    const scale = backtrack({
      attempts: lineSearchSteps,
      shrink: lineSearchShrink,
      accept: (share) => {
        kernels.scaleF32(1, old, place, this.#size);
        kernels.axpyF32(share, step, place, this.#size);
        const { kl, surrogate } = this.#judge(place);
        gain = surrogate - before;
        return kl < maxKl && gain > 0 && gain > acceptRatio * promised * share;
      },
    });
    if (scale > 0) policy.parameters = this.#arena.read(place, this.#size);
    const gradientNorm = Math.sqrt(kernels.dotF32(gradient, gradient, this.#size));
    return { scale, gradientNorm, gain: scale > 0 ? gain : 0 };
  }

  /** g of the surrogate E[r · factor · A] where r = 1. */
  #gradient(old: Pointer): Pointer {
    const { shape, distribution } = this.#batch.policy;
    const { oldLogProbs, weights, present, actions, masks } = this.#samples;
    const shares = Float32Array.from(weights, (weight) => weight / present);
    const { gradient } = gradientOf(this.#arena, shape, old, this.#samples, (output, extra) => {
      const logProbs = distribution.logProb(output, extra, actions, masks);
      return sum(multiply(exp(subtract(logProbs, oldLogProbs)), shares));
    });
    return gradient;
  }

  /** The step to the boundary along (H + εI)⁻¹g. */
  #solve(old: Pointer, gradient: Pointer): Pointer {
    const step = this.#arena.allocateF32(this.#size);
    const { distribution, shape } = this.#batch.policy;
    const { rows, masks } = this.#samples;
    const metricAt = (output: Pointer, extra: Pointer | undefined) =>
      this.#overPresent(
        this.#settings.klForm === "exact"
          ? distribution.metric(this.#arena, output, extra, rows, masks)
          : unweightedMetric(this.#arena, distribution, output, extra, rows, masks),
      );
    withFisher(this.#arena, shape, old, this.#samples, metricAt, (fisher) =>
      this.#stretch(fisher, gradient, step),
    );
    return step;
  }

  /**
   * The metric of the mean over the rows in which an agent was there, from that over all rows. What does not depend on
   * the row, the deviation of continuous actions, is the same in both.
   */
  #overPresent(metric: OutputMetric): OutputMetric {
    const { rows, present, alive } = this.#samples;
    if (present === rows) return metric;
    const { outputSize } = this.#batch.policy.distribution;
    return (tangent, extraTangent, weight) => {
      const slopes = this.#arena.f32(tangent, rows * outputSize);
      for (let i = 0; i < slopes.length; i++) {
        slopes[i] = alive[Math.floor(i / outputSize)] ? (slopes[i] * rows) / present : 0;
      }
      metric(tangent, extraTangent, weight);
    };
  }

  #stretch(fisher: FisherProducts, gradient: Pointer, step: Pointer): void {
    const { cgIterations, cgDamping, cgTolerance, maxKl } = this.#settings;
    const { kernels } = this.#arena;
    const apply = (v: Pointer, out: Pointer): void => {
      fisher.multiply(v, out);
      kernels.axpyF32(cgDamping, v, out, this.#size);
    };
    conjugateGradient({
      arena: this.#arena,
      apply,
      rhs: gradient,
      solution: step,
      size: this.#size,
      iterations: cgIterations,
      tolerance: cgTolerance,
    });
    // The residual is orthogonal to x, so that xᵀ(H + εI)x = xᵀg without another product.
    const stretch = scaleToTrustRegion(kernels.dotF32(step, gradient, this.#size), maxKl);
    kernels.scaleF32(stretch, step, step, this.#size);
  }

  /** Divergence from the old policy and surrogate E[r · factor · A] at these parameters. */
  #judge(parameters: Pointer): Candidate {
    const { oldLogProbs, weights, present } = this.#samples;
    const { logProbs, kl } = this.#forward(parameters, true);
    let surrogate = 0;
    for (const [row, weight] of weights.entries()) {
      surrogate += weight * expOf(logProbs[row] - oldLogProbs[row]);
    }
    return { kl, surrogate: surrogate / present };
  }

  #forward(parameters: Pointer, compare = false) {
    const { distribution, shape } = this.#batch.policy;
    const { actions, masks, alive, present } = this.#samples;
    return Tape.run(this.#arena, rules, (tape) => {
      const network = new TapeNetwork(tape, shape, parameters);
      const output = network.forward(this.#samples);
      const values = output.read();
      const logProbs = distribution.logProb(output, network.extra, actions, masks).read();
      if (!compare) return { output: values, logProbs, kl: 0 };
      const k3 =
        this.#settings.klForm === "exact"
          ? undefined
          : unweightedK3(distribution, this.#oldOutput, values, alive, masks);
      const exact = () =>
        distribution.kl(this.#oldOutput, this.#oldExtra, output, network.extra, masks).read();
      const total = k3 ?? exact().reduce((sum, value, row) => (alive[row] ? sum + value : sum), 0);
      return { output: values, logProbs, kl: total / present };
    });
  }
}

/**
 * The samples in which agents were there. A policy that remembers keeps all of them, because sequences must stay whole;
 * those in which its agents were absent then count nowhere.
 */
function presentSamples(batch: PolicyBatch, weights: Float64Array): WeightedSamples {
  const all = batch.select(batch.policy.agents);
  const present = all.alive.reduce((count, one) => count + one, 0);
  const weigh = (samples: Samples): WeightedSamples => ({
    ...samples,
    present,
    weights: Float64Array.from(samples.places, (place, i) => samples.alive[i] * weights[place]),
  });
  if (batch.policy.memorySize > 0) return weigh(all);
  return weigh(batch.take(all.places.filter((_, i) => all.alive[i] === 1)));
}
