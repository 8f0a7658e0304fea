/**
 * Independent normal actions a ~ N(μ, diag σ²): the network's output gives μ, σ depends on parameters beside it and not on
 * the state. Values are not squashed; environments get them cut to their bounds.
 */
import { jvp } from "../autodiff/derivatives.ts";
import {
  add,
  clip,
  divide,
  exp,
  log,
  multiply,
  negate,
  scale,
  square,
  subtract,
  tanh,
} from "../autodiff/operations.ts";
import { rules } from "../autodiff/rules.ts";
import { broadcast, requireMatrix, sum } from "../autodiff/shaping.ts";
import { Tape, tapeOf } from "../autodiff/tape.ts";
import type { Pointer } from "../kernels/abi.ts";
import type { Arena } from "../kernels/memory.ts";
import type { OutputMetric } from "../nn/network-fisher.ts";
import type { Random } from "../tensor/random.ts";
import { requireShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { InvalidInputError } from "../validation/errors.ts";
import type { ActionDistribution, Actions, SampledActions } from "./action-distribution.ts";

/**
 * How a parameter p gives the standard deviation σ of its dimension.
 * - exponential: σ = eᵖ with p kept in [−20, 2], as PPO's codes have it; what a step takes beyond comes back with `confine`
 * - sigmoid: σ = y/(1 + e^(−p/x)), bounded by y, as HARL has it with x = 1, y = 0.5
 */
export type DeviationForm =
  | { readonly form: "exponential" /** First p. @defaultValue −0.5 */; readonly initial?: number }
  | {
      readonly form: "sigmoid";
      /** @defaultValue 1 */
      readonly x?: number;
      /** @defaultValue 0.5 */
      readonly y?: number;
      /** First p, at most 20 x from 0. @defaultValue x, which gives σ = 0.73 y */
      readonly initial?: number;
    };

/** Whether the network's output is the mean μ itself, or μ = tanh(output), which stays between −1 and 1. */
export type MeanForm = "linear" | "tanh";

const LOWEST = -20;
const HIGHEST = 2;
/** |p/x| from which on e^(−p/x) is so small or large in f32 that σ hardly learns. */
const STEEPEST = 20;
/** ½ ln 2π. */
const HALF_LOG_TWO_PI = 0.9189385332046727;

export class GaussianActions implements ActionDistribution {
  readonly outputSize: number;
  readonly extraParameters: number;
  readonly actionSize: number;
  readonly initialExtra: Float32Array;
  readonly deviation: DeviationForm;
  readonly mean: MeanForm;

  /** @throws InvalidInputError unless dimensions is an integer ≥ 1, x, y > 0 and the first p within its bounds */
  constructor(
    dimensions: number,
    deviation: DeviationForm = { form: "exponential" },
    mean: MeanForm = "linear",
  ) {
    if (!Number.isSafeInteger(dimensions) || dimensions < 1) {
      throw new InvalidInputError(`${dimensions} action dimensions were asked for; give an integer ≥ 1.`);
    }
    this.outputSize = dimensions;
    this.extraParameters = dimensions;
    this.actionSize = dimensions;
    this.deviation = deviation;
    this.mean = mean;
    this.initialExtra = new Float32Array(dimensions).fill(firstParameter(deviation));
  }

  /** Beyond its bounds a clipped exponent has no gradient, so that no later step would bring it back. */
  confine(extra: Float32Array): void {
    if (this.deviation.form !== "exponential") return;
    for (let i = 0; i < extra.length; i++) extra[i] = Math.min(Math.max(extra[i], LOWEST), HIGHEST);
  }

  logProb(output: Tensor, extra: Tensor | undefined, actions: Actions, masks?: Uint8Array): Tensor {
    refuseMasks(masks);
    requireMatrix("logProb", output);
    const logDeviation = this.#logDeviation(extra);
    const offset = subtract({ shape: output.shape, values: this.#values(actions) }, this.#mean(output));
    const distance = sum(square(multiply(offset, exp(negate(logDeviation)))), 1);
    const normaliser = add(sum(logDeviation), this.outputSize * HALF_LOG_TWO_PI);
    return subtract(scale(distance, -0.5), normaliser);
  }

  entropy(output: Tensor, extra: Tensor | undefined, masks?: Uint8Array): Tensor {
    refuseMasks(masks);
    const [rows] = requireMatrix("entropy", output);
    const entropy = add(sum(this.#logDeviation(extra)), this.outputSize * (HALF_LOG_TWO_PI + 0.5));
    return broadcast(entropy, [rows]);
  }

  /** Σ ln(σ/σ₀) + ½((σ₀/σ)² + ((μ₀ − μ)/σ)² − 1): 0 to the bit when nothing has changed. */
  kl(
    oldOutput: Float32Array,
    oldExtra: Float32Array | undefined,
    output: Tensor,
    extra: Tensor | undefined,
    masks?: Uint8Array,
  ): Tensor {
    refuseMasks(masks);
    requireMatrix("kl", output);
    const tape = tapeOf([output], "kl");
    const old = oldExtra && tape.lift(oldExtra, "kl: old extra");
    const oldMean = this.#mean(tape.lift({ shape: output.shape, values: oldOutput }, "kl: old output"));
    const [before, after] = [this.#logDeviation(old), this.#logDeviation(extra)];
    const change = subtract(after, before);
    const shift = multiply(subtract(oldMean, this.#mean(output)), exp(negate(after)));
    const spread = sum(add(change, scale(subtract(exp(scale(change, -2)), 1), 0.5)));
    return add(scale(sum(square(shift), 1), 0.5), spread);
  }

  sample(
    arena: Arena,
    output: Float32Array,
    extra: Float32Array | undefined,
    rows: number,
    random: Random,
    deterministic: boolean,
    masks?: Uint8Array,
  ): SampledActions {
    requireShape("output", [rows, this.outputSize], output.length);
    return Tape.run(arena, rules, (tape) => {
      const lifted = tape.lift({ shape: [rows, this.outputSize], values: output }, "sample");
      const means = this.#mean(lifted).read();
      const parameters = tape.lift(this.#required(extra), "sample: extra");
      const deviations = exp(this.#logDeviation(parameters)).read();
      const actions = deterministic
        ? means.slice()
        : means.map((value, i) => value + deviations[i % this.outputSize] * random.normal());
      return { actions, logProb: this.logProb(lifted, parameters, actions, masks).read() };
    });
  }

  /** (dμ/d output)²/σ² for the outputs; 2(d ln σ/dp)² a row for the parameters. */
  metric(
    arena: Arena,
    output: Pointer,
    extra: Pointer | undefined,
    rows: number,
    masks?: Uint8Array,
  ): OutputMetric {
    refuseMasks(masks);
    const size = this.outputSize;
    const at = this.#required(extra);
    const ones = new Float32Array(size).fill(1);
    const { value, tangent } = jvp((p: Tensor) => this.#logDeviation(p), arena.read(at, size), ones, {
      arena,
    });
    const precisions = jvp((s: Tensor) => exp(scale(s, -2)), value, value, { arena }).value.values;
    const meanSlopes = this.#meanSlopes(arena, output, rows * size);
    return (outputs, parameters, weight) => {
      const slopes = arena.f32(outputs, rows * size);
      for (let i = 0; i < slopes.length; i++) slopes[i] *= weight * precisions[i % size];
      if (meanSlopes) for (let i = 0; i < slopes.length; i++) slopes[i] *= meanSlopes[i] * meanSlopes[i];
      const others = arena.f32(this.#required(parameters), size);
      const slope = tangent.values;
      for (let i = 0; i < size; i++) others[i] *= 2 * weight * rows * (slope[i] * slope[i]);
    };
  }

  /** μ of the outputs. */
  #mean(output: Tensor): Tensor {
    return this.mean === "tanh" ? tanh(output) : output;
  }

  /** [count] dμ/d output; undefined where it is 1. */
  #meanSlopes(arena: Arena, output: Pointer, count: number): Float32Array | undefined {
    if (this.mean === "linear") return undefined;
    const ones = new Float32Array(count).fill(1);
    return jvp(tanh, arena.read(output, count), ones, { arena }).tangent.values;
  }

  /** ln σ of the parameters. */
  #logDeviation(extra: Tensor | undefined): Tensor {
    const p = this.#required(extra);
    requireShape("extra", [this.extraParameters], p.size);
    if (this.deviation.form === "exponential") return clip(p, LOWEST, HIGHEST);
    const { x = 1, y = 0.5 } = this.deviation;
    return log(divide(y, add(exp(scale(p, -1 / x)), 1)));
  }

  #values(actions: Actions): Float32Array {
    if (actions instanceof Float32Array) return actions;
    throw new InvalidInputError(
      "actions are an Int32Array; give values as a Float32Array [rows, dimensions].",
    );
  }

  #required<T>(extra: T | undefined): T {
    if (extra !== undefined) return extra;
    throw new InvalidInputError(
      `the standard deviations' ${this.extraParameters} parameters are missing; pass the network's extra parameters.`,
    );
  }
}

function firstParameter(deviation: DeviationForm): number {
  if (deviation.form === "exponential") return firstExponent(deviation.initial ?? -0.5);
  const { x = 1, y = 0.5, initial = x } = deviation;
  if (!(x > 0 && y > 0)) {
    throw new InvalidInputError(`the deviation's x and y are ${x} and ${y}; both must be positive.`);
  }
  const most = STEEPEST * x;
  if (Math.abs(initial) <= most) return initial;
  throw new InvalidInputError(
    `the first p of the sigmoid form is ${initial}; give a number from ${-most} to ${most}, beyond which σ does not learn.`,
  );
}

function firstExponent(initial: number): number {
  if (initial >= LOWEST && initial <= HIGHEST) return initial;
  throw new InvalidInputError(
    `the first ln σ is ${initial}; give a number from ${LOWEST} to ${HIGHEST}, or take the sigmoid form.`,
  );
}

function refuseMasks(masks: Uint8Array | undefined): void {
  if (masks === undefined) return;
  throw new InvalidInputError("masks are for choices; continuous actions have none, so leave them out.");
}
