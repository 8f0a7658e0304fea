/**
 * One categorical choice a head, π(a) = Πₕ softmax(zₕ)[aₕ]: a single head for discrete actions, several for multi-discrete
 * ones. Illegal choices get the logit −∞: probability exactly 0, nothing in entropy and divergence, no gradient.
 */
import { klDivergence, logProb, logSoftmax, softmaxEntropy } from "../autodiff/heads.ts";
import { where } from "../autodiff/operations.ts";
import { requireMatrix, sum } from "../autodiff/shaping.ts";
import type { Pointer } from "../kernels/abi.ts";
import type { Arena } from "../kernels/memory.ts";
import type { OutputMetric } from "../nn/network-fisher.ts";
import type { Random } from "../tensor/random.ts";
import { requireShape } from "../tensor/shape.ts";
import type { NdArray, Tensor } from "../tensor/tensor.ts";
import { InvalidInputError } from "../validation/errors.ts";
import type { ActionDistribution, Actions, SampledActions } from "./action-distribution.ts";
import { JointCategorical } from "./joint.ts";

export class CategoricalActions implements ActionDistribution {
  /** Choices of each head. */
  readonly headSizes: readonly number[];
  readonly outputSize: number;
  readonly extraParameters = 0;
  readonly initialExtra = new Float32Array();
  readonly actionSize: number;

  /** @throws InvalidInputError unless there is at least one head and every size is an integer ≥ 1 */
  constructor(headSizes: readonly number[]) {
    if (headSizes.length === 0 || !headSizes.every((size) => Number.isSafeInteger(size) && size > 0)) {
      throw new InvalidInputError(`head sizes are [${headSizes}]; give at least one, each an integer ≥ 1.`);
    }
    this.headSizes = headSizes;
    this.outputSize = headSizes.reduce((total, size) => total + size, 0);
    this.actionSize = headSizes.length;
  }

  logProb(output: Tensor, _extra: Tensor | undefined, actions: Actions, masks?: Uint8Array): Tensor {
    const logProbs = this.#logProbs(output, masks);
    const choices = this.#choices(actions);
    if (masks) this.#requireLegal(choices, masks);
    return sum(logProb(logProbs, choices, this.headSizes), 1);
  }

  entropy(output: Tensor, _extra: Tensor | undefined, masks?: Uint8Array): Tensor {
    return sum(softmaxEntropy(this.#legal(output, masks), this.headSizes), 1);
  }

  kl(
    oldOutput: Float32Array,
    _oldExtra: Float32Array | undefined,
    output: Tensor,
    _extra: Tensor | undefined,
    masks?: Uint8Array,
  ): Tensor {
    const [rows] = requireMatrix("kl", output);
    const { arena } = output.owner;
    const old = arena.scope(() => {
      const [, logProbs] = this.#placeLogProbs(arena, oldOutput, rows, masks);
      return { shape: [rows, this.outputSize], values: arena.read(logProbs, rows * this.outputSize) };
    });
    return sum(klDivergence(old, this.#logProbs(output, masks), this.headSizes), 1);
  }

  sample(
    arena: Arena,
    output: Float32Array,
    _extra: Float32Array | undefined,
    rows: number,
    random: Random,
    deterministic: boolean,
    masks?: Uint8Array,
  ): SampledActions {
    return arena.scope(() => {
      const [joint, logProbs] = this.#placeLogProbs(arena, output, rows, masks);
      const count = rows * joint.heads;
      const [actions, chosen, total] = [count, count, rows].map((size) => arena.allocateF32(size));
      if (deterministic) joint.mode(logProbs, actions, rows);
      else joint.sample(logProbs, random, actions, rows);
      joint.gather(logProbs, actions, chosen, rows);
      arena.kernels.rowSumsF32(chosen, total, rows, joint.heads);
      return { actions: arena.i32(actions, count).slice(), logProb: arena.read(total, rows) };
    });
  }

  metric(
    arena: Arena,
    output: Pointer,
    _extra: Pointer | undefined,
    rows: number,
    masks?: Uint8Array,
  ): OutputMetric {
    const joint = new JointCategorical(arena, this.headSizes);
    const probs = arena.allocateF32(rows * this.outputSize);
    const logits = arena.f32(output, rows * this.outputSize);
    arena.f32(probs, logits.length).set(masks ? this.#masked(logits, masks) : logits);
    joint.logSoftmax(probs, probs, rows);
    joint.probabilities(probs, probs, rows);
    return (tangent, _, weight) => joint.metric(probs, tangent, tangent, weight, rows);
  }

  /** Log-probabilities [rows, width] on the tape. */
  #logProbs(output: Tensor, masks: Uint8Array | undefined): Tensor {
    return logSoftmax(this.#legal(output, masks), this.headSizes);
  }

  /** The logits on the tape, with −∞ for illegal choices. */
  #legal(output: Tensor, masks: Uint8Array | undefined): Tensor {
    if (masks === undefined) return output;
    this.#requireMasks(masks, output.size);
    const legal: NdArray = { shape: output.shape, values: Float32Array.from(masks) };
    return where(legal, output, Number.NEGATIVE_INFINITY);
  }

  #placeLogProbs(
    arena: Arena,
    output: Float32Array,
    rows: number,
    masks: Uint8Array | undefined,
  ): [JointCategorical, Pointer] {
    requireShape("output", [rows, this.outputSize], output.length);
    const joint = new JointCategorical(arena, this.headSizes);
    const logProbs = arena.place(masks ? this.#masked(output, masks) : output);
    joint.logSoftmax(logProbs, logProbs, rows);
    return [joint, logProbs];
  }

  /** The logits with −∞ for illegal choices. */
  #masked(logits: Float32Array, masks: Uint8Array): Float32Array {
    this.#requireMasks(masks, logits.length);
    return logits.map((logit, i) => (masks[i] ? logit : Number.NEGATIVE_INFINITY));
  }

  #requireMasks(masks: Uint8Array, size: number): void {
    requireShape("masks", [size / this.outputSize, this.outputSize], masks.length);
    for (let start = 0, head = 0; start < masks.length; head++) {
      const end = start + this.headSizes[head % this.actionSize];
      let legal = 0;
      for (; start < end; start++) legal |= masks[start];
      if (legal) continue;
      throw new InvalidInputError(
        `masks: head ${head % this.actionSize} of row ${Math.floor(head / this.actionSize)} has no legal choice; ` +
          "give every agent one, such as doing nothing.",
      );
    }
  }

  #choices(actions: Actions): Int32Array {
    if (actions instanceof Int32Array) return actions;
    throw new InvalidInputError("actions are a Float32Array; give choices as an Int32Array [rows, heads].");
  }

  #requireLegal(actions: Int32Array, masks: Uint8Array): void {
    let start = 0;
    for (const [i, action] of actions.entries()) {
      const size = this.headSizes[i % this.actionSize];
      if (masks[start + action] === 0 && action >= 0 && action < size) {
        throw new InvalidInputError(
          `action ${action} of row ${Math.floor(i / this.actionSize)}, head ${i % this.actionSize} is illegal by its ` +
            "mask; give the masks that the actions were drawn with.",
        );
      }
      start += size;
    }
  }
}
