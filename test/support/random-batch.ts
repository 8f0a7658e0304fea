/** Batches of random numbers in the right shapes, for tests of algorithms without an environment. */

import type { TaskShape } from "../../src/algorithms/algorithm.ts";
import type { Batch } from "../../src/rollouts/batch.ts";
import { Random } from "../../src/tensor/random.ts";
import { discreteTask } from "./task.ts";

export function taskShape(agents: number, observationSize = 6, choices = 3): TaskShape {
  return discreteTask({
    agents: Array.from({ length: agents }, (_, i) => `agent_${i}`),
    observationSizes: new Array<number>(agents).fill(observationSize),
    headSizes: Array.from({ length: agents }, () => [choices]),
  });
}

/** Episodes are truncated every `episodeLength` steps and at no other time. Rewards favour low actions, so there is something to learn. */
export function randomBatch(
  task: TaskShape,
  copies: number,
  steps: number,
  seed = 1,
  episodeLength = steps,
): Batch {
  const random = Random.fromSeed(seed).derive("batch");
  const rows = copies * steps;
  const normal = (length: number) => Float32Array.from({ length }, () => random.normal());
  const headSizes = task.headSizes.flat();
  const actions = Int32Array.from({ length: rows * headSizes.length }, (_, i) =>
    random.integer(headSizes[i % headSizes.length]),
  );
  const truncated = Uint8Array.from({ length: rows }, (_, row) =>
    ((row % steps) + 1) % episodeLength === 0 ? 1 : 0,
  );
  const cuts = Int32Array.from(
    [...truncated.keys()].filter((row) => truncated[row] === 1 || (row + 1) % steps === 0),
  );
  return {
    rows,
    copies,
    steps,
    actions,
    terminated: new Uint8Array(rows),
    truncated,
    cuts,
    agents: task.observationSizes.map((size, agent) => ({
      observations: normal(rows * size),
      rewards: normal(rows).map((noise, row) => noise - actions[row * headSizes.length + agent]),
      cutObservations: normal(cuts.length * size),
      alive: new Uint8Array(rows).fill(1),
      cutAlive: new Uint8Array(cuts.length).fill(1),
    })),
    state: new Float32Array(0),
    cutStates: new Float32Array(0),
    newEpisodes: true,
    memory: new Float32Array(0),
    episodes: { count: 0, returns: new Float64Array(0), lengths: new Int32Array(0) },
  };
}
