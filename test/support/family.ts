/** Trainers of the policy-optimisation family on arenas of their own, and batches for them. */
import type { Algorithm, TaskShape } from "../../src/algorithms/algorithm.ts";
import { PolicyOptimisation } from "../../src/algorithms/policy-optimisation/trainer.ts";
import { algorithms } from "../../src/algorithms/registry.ts";
import { createArena } from "../../src/kernels/arena.ts";
import type { Batch } from "../../src/rollouts/batch.ts";
import type { Actions } from "../../src/rollouts/joint-policy.ts";
import { Random } from "../../src/tensor/random.ts";
import { validateOptions } from "../../src/training/run-config.ts";
import { randomBatch } from "./random-batch.ts";
import { discreteTask } from "./task.ts";

export const familyIds = ["ippo", "mappo", "coppo", "happo", "hatrpo", "a2po"] as const;
export type FamilyId = (typeof familyIds)[number];

/** Agents that differ in what they see and do. */
export const uneven = discreteTask({
  agents: ["a", "b", "c"],
  observationSizes: [4, 2, 5],
  headSizes: [[3], [2, 4], [2]],
});

export interface MadeFamily {
  readonly task?: TaskShape;
  readonly kernels?: "wasm" | "reference";
  readonly threads?: number;
  readonly seed?: number;
}

/** A small trainer. */
export function makeFamily(
  id: FamilyId,
  options: object = {},
  { task = uneven, kernels = "wasm", threads = 1, seed = 3 }: MadeFamily = {},
): PolicyOptimisation {
  const settings = validateOptions(algorithms[id], { hiddenSizes: [8, 7], ...options });
  const arena = createArena({ kernels, threads });
  const made = algorithms[id].create(task, settings, Random.fromSeed(seed), arena);
  if (made instanceof PolicyOptimisation) return made;
  throw new Error(`${id} is not of the family`);
}

/**
 * A batch in which actions are what the algorithm drew, so that old log-probabilities are those of sampling.
 * @param change of the random batch before it is played
 */
export function playedBatch(algorithm: Algorithm, task: TaskShape, seed = 1, copies = 4, steps = 10): Batch {
  const batch = randomBatch(task, copies, steps, seed, 5);
  const width = task.actionSizes.reduce((sum, size) => sum + size, 0);
  const actions: Actions =
    task.action === "discrete" ? new Int32Array(batch.rows * width) : new Float32Array(batch.rows * width);
  const observations = batch.agents.map((agent) => agent.observations);
  const masks = batch.agents.flatMap((agent) => agent.masks ?? []);
  algorithm.act({ observations, rows: batch.rows, ...(masks.length > 0 && { masks }) }, actions, false);
  return { ...batch, actions };
}

/** All numbers an algorithm would save, one after another. */
export function savedBits(algorithm: Algorithm): Float32Array {
  const { tensors, facts } = algorithm.save();
  const names = Object.keys(tensors).sort();
  const values = names.flatMap((name) => Array.from(tensors[name].values));
  const numbers = JSON.stringify(facts).match(/-?\d+(\.\d+)?(e-?\d+)?/g) ?? [];
  return Float32Array.from([...values, ...numbers.map(Number)]);
}
