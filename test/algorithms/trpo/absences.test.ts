/** Agents that leave before the others: what they learn is a matter of the rows before. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { TaskShape } from "../../../src/algorithms/algorithm.ts";
import { createArena } from "../../../src/kernels/arena.ts";
import type { Batch } from "../../../src/rollouts/batch.ts";
import { sameBits } from "../../support/close.ts";
import { randomBatch, taskShape } from "../../support/random-batch.ts";
import { bits } from "../../support/tensor-bits.ts";
import { make } from "../../support/trpo.ts";

/** Agent 1 is there in the first half of every episode of 10 steps, and shows `value` after it. */
function leavingBatch(task: TaskShape, value: number): Batch {
  const batch = randomBatch(task, 8, 20, 1, 10);
  const own = batch.agents[1];
  const width = task.observationSizes[1];
  const heads = task.headSizes.flat().length;
  for (const row of own.alive.keys()) {
    if (row % 10 < 5) continue;
    own.alive[row] = 0;
    own.observations.fill(value, row * width, (row + 1) * width);
    batch.actions[row * heads + 1] = value;
  }
  own.cutAlive.fill(0);
  own.cutObservations.fill(value);
  return batch;
}

test("what an agent would see and do after it has left changes nothing, and its KL is that of the rows before", () => {
  const task = taskShape(3);
  const [first, second] = [0, 2].map((value) => {
    const algorithm = make({ divideMaxKl: false }, { task });
    const { kl } = algorithm.update(leavingBatch(task, value));
    assert.ok(kl[1] > 0.01 && kl[1] < 0.025, `KL ${kl[1]}, δ 0.02`);
    return bits(algorithm);
  });
  sameBits(first, second);
});

test("the returns of an agent that leaves end there", () => {
  const task = taskShape(2);
  const short = randomBatch(task, 8, 20, 1, 5);
  const ended = { ...short, terminated: short.truncated, truncated: short.terminated };
  const leaving = randomBatch(task, 8, 20, 1, 20);
  for (const row of leaving.agents[1].alive.keys()) if (row % 20 >= 5) leaving.agents[1].alive[row] = 0;
  leaving.agents[1].cutAlive.fill(0);
  leaving.agents[1].observations.set(ended.agents[1].observations);
  leaving.agents[1].rewards.set(ended.agents[1].rewards);
  const arena = createArena();
  const [straight, cut] = [ended, leaving].map((batch) =>
    make({}, { task }).agents[1].estimate(arena, batch, batch.agents[1]),
  );
  for (let copy = 0; copy < 8; copy++) {
    sameBits(
      cut.advantages.slice(20 * copy, 20 * copy + 5),
      straight.advantages.slice(20 * copy, 20 * copy + 5),
    );
    sameBits(cut.advantages.slice(20 * copy + 5, 20 * copy + 20), new Float32Array(15));
  }
});

test("an agent that is never there stays as it is without a warning", () => {
  const task = taskShape(2);
  const batch = randomBatch(task, 4, 10);
  batch.agents[0].alive.fill(0);
  batch.agents[0].cutAlive.fill(0);
  const algorithm = make({}, { task });
  const before = algorithm.agents[0].policy.parameters;
  const { kl, warnings, details = {} } = algorithm.update(batch);
  assert.equal(algorithm.agents[0].policy.parameters, before);
  assert.is((details.stepScale as number[])[0], 0);
  assert.is(kl[0], 0);
  assert.equal(warnings, []);
});

test.run();
