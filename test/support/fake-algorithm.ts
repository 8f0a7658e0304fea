/**
 * An algorithm small enough to see through, in which every bit matters: it acts by hashing observations,
 * parameters and its random stream, and moves its parameters by rewards, noise and momentum.
 */
import * as v from "valibot";
import type { Algorithm, AlgorithmState, TaskShape, UpdateMetrics } from "../../src/algorithms/algorithm.ts";
import type { AlgorithmEntry } from "../../src/algorithms/registry.ts";
import type { Batch } from "../../src/rollouts/batch.ts";
import type { Actions, Situation } from "../../src/rollouts/joint-policy.ts";
import type { Random } from "../../src/tensor/random.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";

const SIZE = 6;

export class FakeAlgorithm implements Algorithm {
  readonly id = "fake";
  readonly parameters = new Float32Array(SIZE);
  readonly momentum = new Float32Array(SIZE);
  readonly #heads: readonly number[];
  readonly #random: Random;
  #updates = 0;

  constructor({ headSizes }: TaskShape, random: Random) {
    this.#heads = headSizes.flat();
    this.#random = random.derive("fake");
  }

  act({ observations, rows }: Situation, actions: Actions, deterministic: boolean): void {
    for (let row = 0; row < rows; row++) {
      let sum = this.parameters[0];
      for (const own of observations) sum += own[row * (own.length / rows)] ?? 0;
      for (const [head, size] of this.#heads.entries()) {
        const noise = deterministic ? 0 : this.#random.integer(1000);
        actions[row * this.#heads.length + head] = Math.floor(Math.abs(sum) * 1000 + noise) % size;
      }
    }
  }

  update(batch: Batch): UpdateMetrics {
    const n = batch.agents.length;
    const mean = batch.agents[0].rewards.reduce((sum, reward) => sum + reward, 0) / batch.rows;
    for (let k = 0; k < SIZE; k++) {
      this.momentum[k] = 0.9 * this.momentum[k] + 0.1 * mean + 0.01 * this.#random.normal();
      this.parameters[k] += this.momentum[k];
    }
    this.#updates++;
    const each = (value: number): number[] => new Array(n).fill(value);
    return {
      kl: each(0.01),
      entropy: each(1),
      explainedVariance: each(0),
      consensusResidual: 0.25,
      warnings: this.#updates === 2 ? ["the second update is special"] : [],
    };
  }

  sampleFrom(random: Random): void {
    this.#random.loadState(random.derive("fake").saveState());
  }

  save(): AlgorithmState {
    const shape = [2, SIZE / 2];
    return {
      tensors: {
        parameters: { shape, values: this.parameters.slice() },
        momentum: { shape, values: this.momentum.slice() },
      },
      facts: { updates: this.#updates, random: this.#random.saveState() },
    };
  }

  load({ tensors, facts }: AlgorithmState): void {
    if (!tensors.parameters || !tensors.momentum) throw new InvalidInputError("fake: a tensor is missing");
    this.#random.loadState(facts.random as number[]);
    this.#updates = facts.updates as number;
    this.parameters.set(tensors.parameters.values);
    this.momentum.set(tensors.momentum.values);
  }
}

const schema = v.strictObject({
  stepsPerIteration: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 60),
  environmentCopies: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 4),
  gamma: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 0.95),
});

export const fakeEntry: AlgorithmEntry = {
  id: "fake",
  description: "For tests.",
  schema,
  presets: { default: {}, short: { stepsPerIteration: 20, gamma: 0.5 } },
  create: (task, _, random) => new FakeAlgorithm(task, random),
};
