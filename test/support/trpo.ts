/** TRPO learners of three uneven agents with small networks. */
import type { TaskShape } from "../../src/algorithms/algorithm.ts";
import { type TrpoIndependentOptions, trpoIndependentSchema } from "../../src/algorithms/trpo/options.ts";
import { TrpoAlgorithm } from "../../src/algorithms/trpo/trpo.ts";
import { createArena } from "../../src/kernels/arena.ts";
import { Random } from "../../src/tensor/random.ts";
import { validate } from "../../src/validation/validate.ts";
import { discreteTask } from "./task.ts";

export const small: TrpoIndependentOptions = { hiddenSizes: [12, 10], valueEpochs: 1, cgDamping: 0.05 };
export const uneven = discreteTask({
  agents: ["a", "b", "c"],
  observationSizes: [4, 2, 5],
  headSizes: [[3], [2, 4], [2]],
});

interface Made {
  readonly task?: TaskShape;
  readonly kernels?: "wasm" | "reference";
  readonly seed?: number;
}

export function make(
  options: TrpoIndependentOptions = {},
  { task = uneven, kernels = "wasm", seed = 3 }: Made = {},
): TrpoAlgorithm {
  const settings = validate(trpoIndependentSchema, { ...small, ...options }, "options");
  return new TrpoAlgorithm("trpo", task, settings, Random.fromSeed(seed), createArena({ kernels }));
}
