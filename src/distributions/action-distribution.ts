/**
 * Distributions over the actions of one agent (or of agents that are alike), given by a network's output and the extra
 * parameters beside it. On tensors they can be differentiated; on arrays they act. Sums over heads or dimensions are
 * inside: a row has one log-probability.
 */
import type { Pointer } from "../kernels/abi.ts";
import type { Arena } from "../kernels/memory.ts";
import type { OutputMetric } from "../nn/network-fisher.ts";
import type { Random } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** i32 choices [rows, heads], or f32 values [rows, dimensions]. */
export type Actions = Int32Array | Float32Array;

export interface SampledActions {
  /** [rows, actionSize]. */
  readonly actions: Actions;
  /** [rows], with the bits that `logProb` gives. */
  readonly logProb: Float32Array;
}

export interface ActionDistribution {
  /** Width of the network's output. */
  readonly outputSize: number;
  /** Parameters that the network keeps for it, beside its layers. */
  readonly extraParameters: number;
  /** Their first values, [extraParameters]. */
  readonly initialExtra: Float32Array;
  /** Heads or dimensions: numbers in a row of actions. */
  readonly actionSize: number;

  /** Brings extra parameters that a step took to where they have no gradient back, in place; the distribution stays the same. */
  readonly confine?: (extra: Float32Array) => void;

  /**
   * Log-probabilities (densities) of the actions, [rows].
   * @param masks [rows, outputSize], 1 where a choice is legal. @defaultValue all are
   * @throws InvalidInputError when sizes do not fit, or an action is out of range or illegal
   */
  logProb(output: Tensor, extra: Tensor | undefined, actions: Actions, masks?: Uint8Array): Tensor;
  /** [rows]. */
  entropy(output: Tensor, extra: Tensor | undefined, masks?: Uint8Array): Tensor;
  /** KL(old‖new), [rows]. @param oldOutput [rows, outputSize] @param oldExtra [extraParameters] */
  kl(
    oldOutput: Float32Array,
    oldExtra: Float32Array | undefined,
    output: Tensor,
    extra: Tensor | undefined,
    masks?: Uint8Array,
  ): Tensor;
  /**
   * Draws an action a row.
   * @param output [rows, outputSize] @param extra [extraParameters]
   * @param deterministic the likeliest action instead; draws no random numbers
   * @throws InvalidInputError when sizes do not fit or a row has no legal choice
   */
  sample(
    arena: Arena,
    output: Float32Array,
    extra: Float32Array | undefined,
    rows: number,
    random: Random,
    deterministic: boolean,
    masks?: Uint8Array,
  ): SampledActions;
  /** The Hessian of the KL at these outputs, which stay as they are while it is used. It lives in the arena's current scope. */
  metric(
    arena: Arena,
    output: Pointer,
    extra: Pointer | undefined,
    rows: number,
    masks?: Uint8Array,
  ): OutputMetric;
}
