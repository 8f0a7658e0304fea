/** MATRPO learners with small networks, and random batches to train them on. */
import type { PolicyMetrics } from "../../src/algorithms/algorithm.ts";
import type { LinkRecorder } from "../../src/algorithms/matrpo/link.ts";
import { MatrpoAlgorithm } from "../../src/algorithms/matrpo/matrpo.ts";
import type { MatrpoOptions } from "../../src/algorithms/matrpo/options.ts";
import { createArena } from "../../src/kernels/arena.ts";
import type { Batch } from "../../src/rollouts/batch.ts";
import { Random } from "../../src/tensor/random.ts";
import { randomBatch, taskShape } from "./random-batch.ts";

export const small: MatrpoOptions = { hiddenSizes: [12, 10], valueEpochs: 1, cgDamping: 0.05 };

interface Made {
  readonly agents?: number;
  readonly kernels?: "wasm" | "reference";
  readonly record?: LinkRecorder;
  readonly seed?: number;
}

export function make(
  options: MatrpoOptions = {},
  { agents = 3, kernels = "wasm", record, seed = 3 }: Made = {},
): MatrpoAlgorithm {
  const random = Random.fromSeed(seed);
  const settings = { ...small, ...options };
  const algorithm = new MatrpoAlgorithm(taskShape(agents), settings, random, createArena({ kernels }));
  algorithm.links.listen(record);
  return algorithm;
}

export const batches = (agents = 3): Batch[] =>
  [1, 2, 3].map((seed) => randomBatch(taskShape(agents), 8, 20, seed, 10));

export function train(algorithm: MatrpoAlgorithm, agents = 3): PolicyMetrics[] {
  return batches(agents).map((batch) => algorithm.update(batch));
}
