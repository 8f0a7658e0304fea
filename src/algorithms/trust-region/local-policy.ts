/**
 * An agent's policy over the joint action, factored into heads: π(a|o) = Πₘ πₘ(aᵐ|o). The agent acts with its own
 * heads; the others are its estimates of what its fellows do (Li & He 2020, section IV-A).
 */

import { JointCategorical } from "../../distributions/joint.ts";
import type { Arena } from "../../kernels/memory.ts";
import { initializeMlp, type MlpShape, predictMlp } from "../../nn/mlp.ts";
import type { Actions } from "../../rollouts/joint-policy.ts";
import { log } from "../../tensor/math.ts";
import type { Random } from "../../tensor/random.ts";

/** The heads of the joint action and which of them are the agent's own. */
export interface HeadOwnership {
  /** Choices of every head of every agent. */
  readonly headSizes: readonly number[];
  readonly first: number;
  readonly count: number;
}

/** Where actions come from when all agents draw with the same noise (defect 1). */
export interface SharedNoise {
  /** In the same state for every agent. */
  readonly random: Random;
  /** Choices of the largest head of any agent. */
  readonly choices: number;
}

export class LocalPolicy {
  readonly shape: MlpShape;
  readonly heads: HeadOwnership;
  parameters: Float32Array;

  constructor(shape: MlpShape, heads: HeadOwnership, outputGain: number, random: Random) {
    this.shape = shape;
    this.heads = heads;
    this.parameters = initializeMlp(shape, random, { heads: heads.headSizes, outputGain });
  }

  /** Draws the agent's own actions and writes them into the joint actions [rows, all heads]. */
  sample(arena: Arena, observations: Float32Array, rows: number, random: Random, actions: Actions): void {
    this.#act(arena, observations, rows, actions, (own, logProbs, out) =>
      own.sample(logProbs, random, out, rows),
    );
  }

  /** The likeliest own actions. */
  mode(arena: Arena, observations: Float32Array, rows: number, actions: Actions): void {
    this.#act(arena, observations, rows, actions, (own, logProbs, out) => own.mode(logProbs, out, rows));
  }

  /**
   * Defect 1 of the official code: draws by arg max (log π + Gumbel noise) with noise that every agent and head shares,
   * one number a row and choice.
   */
  sampleWithSharedNoise(
    arena: Arena,
    observations: Float32Array,
    rows: number,
    { random, choices }: SharedNoise,
    actions: Actions,
  ): void {
    const noise = Float64Array.from({ length: rows * choices }, () => -log(-log(1 - random.float())));
    this.#act(arena, observations, rows, actions, (own, logProbs, out) => {
      const values = arena.f32(logProbs, rows * own.width);
      for (let row = 0, at = 0; row < rows; row++) {
        for (const size of own.headSizes) {
          for (let choice = 0; choice < size; choice++) values[at++] += noise[row * choices + choice];
        }
      }
      own.mode(logProbs, out, rows);
    });
  }

  #act(
    arena: Arena,
    observations: Float32Array,
    rows: number,
    actions: Actions,
    choose: (own: JointCategorical, logProbs: number, out: number) => void,
  ): void {
    const { headSizes, first, count } = this.heads;
    const width = headSizes.reduce((sum, size) => sum + size, 0);
    const start = headSizes.slice(0, first).reduce((sum, size) => sum + size, 0);
    const logits = predictMlp(arena, this.shape, this.parameters, observations, rows);
    arena.scope(() => {
      const own = new JointCategorical(arena, headSizes.slice(first, first + count));
      const ownLogits = new Float32Array(rows * own.width);
      for (let row = 0; row < rows; row++) {
        for (let k = 0; k < own.width; k++) ownLogits[row * own.width + k] = logits[row * width + start + k];
      }
      const logProbs = arena.allocateF32(ownLogits.length);
      const out = arena.allocateF32(rows * count);
      own.logSoftmax(arena.place(ownLogits), logProbs, rows);
      choose(own, logProbs, out);
      const chosen = arena.i32(out, rows * count);
      for (let row = 0; row < rows; row++) {
        for (let k = 0; k < count; k++) actions[row * headSizes.length + first + k] = chosen[row * count + k];
      }
    });
  }
}
