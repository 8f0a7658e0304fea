/**
 * An agent's policy expanded around θ_old on one batch. Activations, probabilities and the sampled actions are kept,
 * so that J x, Jᵀu and H x are passes over stored numbers; the moved policy itself is evaluated in slices of rows.
 */

import { JointCategorical } from "../../distributions/joint.ts";
import type { Pointer } from "../../kernels/abi.ts";
import type { Arena } from "../../kernels/memory.ts";
import { KroneckerPreconditioner } from "../../nn/kronecker-preconditioner.ts";
import { type Activations, Mlp, type MlpShape } from "../../nn/mlp.ts";
import type { Random } from "../../tensor/random.ts";
import { kroneckerFactors } from "./kronecker-factors.ts";
import type { Linearisation } from "./linearisation.ts";

export interface ExpansionOptions {
  /** One log-ratio a sample and head, or their sum over heads. */
  readonly consensus: "per-head" | "joint";
}

/** The data an expansion stands on; pointers outlive it. */
export interface ExpansionData {
  /** [rows, input]. */
  readonly observations: Pointer;
  /** i32 [rows, heads]: the joint action. */
  readonly actions: Pointer;
  readonly rows: number;
  /** Rows on which H is averaged, ascending. */
  readonly fisherRows: Int32Array;
}

/** How far a moved policy is from the old one: means over samples of KL(old‖new). */
export interface Divergence {
  /** Summed over heads. */
  readonly kl: number;
  /** [heads]. */
  readonly headKl: Float64Array;
}

/** Rows evaluated together when the policy has moved. */
const SLICE = 2048;

export class PolicyExpansion implements Linearisation {
  readonly size: number;
  readonly samples: number;
  readonly components: number;
  readonly heads: JointCategorical;
  readonly #arena: Arena;
  readonly #shape: MlpShape;
  readonly #network: Mlp;
  readonly #data: ExpansionData;
  readonly #joint: boolean;
  readonly #activations: Activations;
  /** log π_old and π_old [rows, width]. */
  readonly logProbs: Pointer;
  readonly #probs: Pointer;
  /** log π_old of the actions [rows, heads]. */
  readonly #actionLogProbs: Pointer;
  readonly #tangent: Pointer;
  readonly #headValues: Pointer;
  // The same restricted to fisherRows, i32 in the arena.
  readonly #fisherRows: Pointer;
  readonly #fisherInput: Pointer;
  readonly #fisherActivations: Activations;
  readonly #fisherProbs: Pointer;
  readonly #fisherTangent: Pointer;

  /** Lives in the arena's current scope. */
  constructor(
    arena: Arena,
    shape: MlpShape,
    headSizes: readonly number[],
    parameters: Float32Array,
    data: ExpansionData,
    { consensus }: ExpansionOptions,
  ) {
    const { observations, actions, rows, fisherRows } = data;
    const heads = new JointCategorical(arena, headSizes);
    this.#arena = arena;
    this.#shape = shape;
    this.#network = new Mlp(arena, shape, parameters, rows);
    this.#data = data;
    this.#joint = consensus === "joint";
    this.heads = heads;
    this.size = parameters.length;
    this.samples = rows;
    this.components = this.#joint ? rows : rows * heads.heads;

    this.#activations = this.#network.allocateActivations(rows);
    this.#network.forward(observations, rows, this.#activations);
    this.logProbs = arena.allocateF32(rows * heads.width);
    this.#probs = arena.allocateF32(rows * heads.width);
    this.#tangent = arena.allocateF32(rows * heads.width);
    this.#headValues = arena.allocateF32(rows * heads.heads);
    this.#actionLogProbs = arena.allocateF32(rows * heads.heads);
    heads.logSoftmax(this.#activations.output, this.logProbs, rows);
    heads.probabilities(this.logProbs, this.#probs, rows);
    heads.gather(this.logProbs, actions, this.#actionLogProbs, rows);

    const count = fisherRows.length;
    this.#fisherRows = arena.place(fisherRows);
    this.#fisherInput = arena.allocateF32(count * shape.sizes[0]);
    this.#fisherActivations = this.#network.allocateActivations(count);
    this.#fisherProbs = arena.allocateF32(count * heads.width);
    this.#fisherTangent = arena.allocateF32(count * heads.width);
    this.#gatherFisher(observations, this.#fisherInput, shape.sizes[0]);
    this.#gatherFisher(this.#probs, this.#fisherProbs, heads.width);
    let before = 0;
    for (const width of shape.sizes.slice(1, -1)) {
      const { hidden } = this.#activations;
      this.#gatherFisher(
        hidden + 4 * rows * before,
        this.#fisherActivations.hidden + 4 * count * before,
        width,
      );
      before += width;
    }
  }

  score(direction: Pointer, out: Pointer): void {
    const { observations, rows, actions } = this.#data;
    this.#network.tangent(direction, observations, rows, this.#activations, this.#tangent);
    if (!this.#joint) {
      this.heads.score(this.#probs, this.#tangent, actions, out, rows);
      return;
    }
    this.heads.score(this.#probs, this.#tangent, actions, this.#headValues, rows);
    this.#arena.kernels.rowSumsF32(this.#headValues, out, rows, this.heads.heads);
  }

  scoreTranspose(u: Pointer, out: Pointer): void {
    const { observations, rows, actions } = this.#data;
    const headValues = this.#joint ? this.#repeatOverHeads(u) : u;
    this.heads.scoreTranspose(this.#probs, actions, headValues, this.#tangent, rows);
    this.#network.backward(this.#tangent, observations, rows, this.#activations, out);
  }

  fisher(direction: Pointer, out: Pointer): void {
    const count = this.#data.fisherRows.length;
    this.#network.tangent(direction, this.#fisherInput, count, this.#fisherActivations, this.#fisherTangent);
    this.#finishFisher(out);
  }

  scoreAndFisher(direction: Pointer, score: Pointer, fisher: Pointer): void {
    this.score(direction, score);
    this.#gatherFisher(this.#tangent, this.#fisherTangent, this.heads.width);
    this.#finishFisher(fisher);
  }

  /** Evaluates the policy at other parameters and, when asked for, writes the true log-ratios [components]. */
  evaluate(parameters: Float32Array, logRatio?: Pointer): Divergence {
    return this.#arena.scope(() => {
      const slice = Math.min(SLICE, this.samples);
      const network = new Mlp(this.#arena, this.#shape, parameters, slice);
      const activations = network.allocateActivations();
      const work = this.#arena.allocateF32(slice * this.heads.width);
      const headKl = new Float64Array(this.heads.heads);
      let kl = 0;
      for (let first = 0; first < this.samples; first += slice) {
        const rows = Math.min(slice, this.samples - first);
        network.forward(this.#data.observations + 4 * first * this.#shape.sizes[0], rows, activations);
        this.heads.logSoftmax(activations.output, work, rows);
        const old = this.logProbs + 4 * first * this.heads.width;
        const means = this.heads.meanKlPerHead(old, work, rows);
        for (const [head, mean] of means.entries()) headKl[head] += (rows / this.samples) * mean;
        kl += rows * means.reduce((sum, mean) => sum + mean, 0);
        if (logRatio !== undefined) this.#writeLogRatio(work, first, rows, logRatio);
      }
      return { kl: kl / this.samples, headKl };
    });
  }

  /** K-FAC of H on the Fisher rows. */
  preconditioner(random: Random, damping: number): KroneckerPreconditioner {
    const factors = kroneckerFactors(this.#arena, this.#network, this.heads, random, {
      input: this.#fisherInput,
      hidden: this.#fisherActivations.hidden,
      probs: this.#fisherProbs,
      count: this.#data.fisherRows.length,
    });
    return new KroneckerPreconditioner(this.#arena, this.#shape.sizes, factors, damping);
  }

  #finishFisher(out: Pointer): void {
    const count = this.#data.fisherRows.length;
    this.heads.metric(this.#fisherProbs, this.#fisherTangent, this.#fisherTangent, 1 / count, count);
    this.#network.backward(this.#fisherTangent, this.#fisherInput, count, this.#fisherActivations, out);
  }

  #writeLogRatio(newLogProbs: Pointer, first: number, rows: number, logRatio: Pointer): void {
    const { heads, headSizes } = this.heads;
    const values = rows * heads;
    const out = this.#joint ? this.#headValues : logRatio + 4 * first * heads;
    this.heads.gather(newLogProbs, this.#data.actions + 4 * first * headSizes.length, out, rows);
    const { kernels } = this.#arena;
    kernels.subtractF32(out, this.#actionLogProbs + 4 * first * heads, out, values);
    if (this.#joint) kernels.rowSumsF32(out, logRatio + 4 * first, rows, heads);
  }

  #repeatOverHeads(u: Pointer): Pointer {
    const { heads } = this.heads;
    const values = this.#arena.f32(u, this.samples);
    const repeated = this.#arena.f32(this.#headValues, this.samples * heads);
    for (let row = 0; row < values.length; row++) repeated.fill(values[row], row * heads, (row + 1) * heads);
    return this.#headValues;
  }

  #gatherFisher(from: Pointer, to: Pointer, width: number): void {
    const count = this.#data.fisherRows.length;
    this.#arena.kernels.gatherRowsF32(from, this.#fisherRows, to, count, width);
  }
}
