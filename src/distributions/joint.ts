/**
 * Joint distribution of independent categorical heads, one an agent or a dimension: π(a) = Πₘ softmax(zₘ)[aₘ].
 * All arrays are in the arena; a row of logits holds the heads side by side, width = Σ head sizes.
 */
import type { Pointer } from "../kernels/abi.ts";
import type { Arena } from "../kernels/memory.ts";
import type { Random } from "../tensor/random.ts";
import { InvalidInputError } from "../validation/errors.ts";

/** Made in an arena scope and valid inside it; methods write to the outputs that they are given. */
export class JointCategorical {
  /** Choices of each head. */
  readonly headSizes: readonly number[];
  readonly heads: number;
  /** Numbers in a row of logits. */
  readonly width: number;
  /** i32[heads] in the arena, as the kernels want them. */
  readonly sizes: Pointer;
  readonly #arena: Arena;

  /** @throws InvalidInputError unless there is at least one head and every size is an integer ≥ 1 */
  constructor(arena: Arena, headSizes: readonly number[]) {
    if (headSizes.length === 0 || !headSizes.every((size) => Number.isSafeInteger(size) && size > 0)) {
      throw new InvalidInputError(`head sizes are [${headSizes}]; give at least one, each an integer ≥ 1.`);
    }
    this.headSizes = headSizes;
    this.heads = headSizes.length;
    this.width = headSizes.reduce((sum, size) => sum + size, 0);
    this.sizes = arena.place(Int32Array.from(headSizes));
    this.#arena = arena;
  }

  /** logProbs[rows,width] = logits − log Σ exp(logits) a head. */
  logSoftmax(logits: Pointer, logProbs: Pointer, rows: number): void {
    this.#arena.kernels.headsLogSoftmaxF32(logits, logProbs, rows, this.heads, this.sizes);
  }

  /** probs[rows,width] = exp(logProbs). */
  probabilities(logProbs: Pointer, probs: Pointer, rows: number): void {
    this.#arena.kernels.expF32(logProbs, probs, rows * this.width);
  }

  /** out[rows,heads] = log-probability of actions[rows,heads] (i32). */
  gather(logProbs: Pointer, actions: Pointer, out: Pointer, rows: number): void {
    this.#arena.kernels.headsGatherF32(logProbs, actions, out, rows, this.heads, this.sizes);
  }

  /** out[rows,heads] = −Σ p log p. */
  entropy(logProbs: Pointer, out: Pointer, rows: number): void {
    this.#arena.kernels.headsEntropyF32(logProbs, out, rows, this.heads, this.sizes);
  }

  /** out[rows,heads] = KL(old‖new). */
  kl(oldLogProbs: Pointer, newLogProbs: Pointer, out: Pointer, rows: number): void {
    this.#arena.kernels.headsKlF32(oldLogProbs, newLogProbs, out, rows, this.heads, this.sizes);
  }

  /** Draws actions[rows,heads] (i32): one uniform number a head, row after row. */
  sample(logProbs: Pointer, random: Random, actions: Pointer, rows: number): void {
    const { kernels } = this.#arena;
    const count = rows * this.heads;
    this.#arena.scope(() => {
      const uniforms = this.#arena.allocateF32(count);
      const view = this.#arena.f32(uniforms, count);
      for (let i = 0; i < count; i++) view[i] = random.floatF32();
      kernels.headsSampleF32(logProbs, uniforms, actions, rows, this.heads, this.sizes);
    });
  }

  /** actions[rows,heads] (i32) = the likeliest choice, the first of equals. */
  mode(logProbs: Pointer, actions: Pointer, rows: number): void {
    const values = this.#arena.f32(logProbs, rows * this.width);
    const choices = this.#arena.i32(actions, rows * this.heads);
    let start = 0;
    for (let i = 0; i < choices.length; i++) {
      const size = this.headSizes[i % this.heads];
      let best = 0;
      for (let j = 1; j < size; j++) if (values[start + j] > values[start + best]) best = j;
      choices[i] = best;
      start += size;
    }
  }

  /** out[rows,heads] = t[action] − Σ p t: the actions' log-probabilities along a tangent t[rows,width] of the logits. */
  score(probs: Pointer, tangent: Pointer, actions: Pointer, out: Pointer, rows: number): void {
    this.#arena.kernels.headsScoreF32(probs, tangent, actions, out, rows, this.heads, this.sizes);
  }

  /** out[rows,width] = u (1[action] − p) for u[rows,heads]: the transpose of `score`. */
  scoreTranspose(probs: Pointer, actions: Pointer, u: Pointer, out: Pointer, rows: number): void {
    this.#arena.kernels.headsScoreTransposeF32(probs, actions, u, out, rows, this.heads, this.sizes);
  }

  /** out[rows,width] = weight·(diag p − ppᵀ)t a head, the Hessian of the KL; out may alias tangent. */
  metric(probs: Pointer, tangent: Pointer, out: Pointer, weight: number, rows: number): void {
    this.#arena.kernels.headsMetricF32(probs, tangent, out, weight, rows, this.heads, this.sizes);
  }

  /** Mean over rows of KL(old‖new), summed over heads. */
  meanKl(oldLogProbs: Pointer, newLogProbs: Pointer, rows: number): number {
    return total(this.meanKlPerHead(oldLogProbs, newLogProbs, rows));
  }

  /** [heads] means over rows of each head's KL(old‖new). */
  meanKlPerHead(oldLogProbs: Pointer, newLogProbs: Pointer, rows: number): Float64Array {
    return this.#headMeans(rows, (out) => this.kl(oldLogProbs, newLogProbs, out, rows));
  }

  /** Mean over rows of the entropy, summed over heads. */
  meanEntropy(logProbs: Pointer, rows: number): number {
    return total(this.meanEntropyPerHead(logProbs, rows));
  }

  /** [heads] means over rows of each head's entropy. */
  meanEntropyPerHead(logProbs: Pointer, rows: number): Float64Array {
    return this.#headMeans(rows, (out) => this.entropy(logProbs, out, rows));
  }

  /** Column means of a [rows,heads] quantity, summed in f64 in the order of rows. */
  #headMeans(rows: number, write: (out: Pointer) => void): Float64Array {
    return this.#arena.scope(() => {
      const out = this.#arena.allocateF32(rows * this.heads);
      write(out);
      const values = this.#arena.f32(out, rows * this.heads);
      const { heads } = this;
      const means = new Float64Array(heads);
      for (let head = 0; head < heads; head++) {
        let sum = 0;
        for (let i = head; i < values.length; i += heads) sum += values[i];
        means[head] = sum / rows;
      }
      return means;
    });
  }
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
