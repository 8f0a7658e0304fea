import { test } from "uvu";
import * as assert from "uvu/assert";
import { Critic } from "../../../src/algorithms/policy-optimisation/critic.ts";
import { CriticBatch } from "../../../src/algorithms/policy-optimisation/critic-batch.ts";
import { criticPlans } from "../../../src/algorithms/policy-optimisation/critic-views.ts";
import { Sequences } from "../../../src/algorithms/policy-optimisation/sequences.ts";
import { vectorise } from "../../../src/environments/vectorise.ts";
import { createArena } from "../../../src/kernels/arena.ts";
import type { Batch } from "../../../src/rollouts/batch.ts";
import { Collector } from "../../../src/rollouts/collector.ts";
import type { JointPolicy } from "../../../src/rollouts/joint-policy.ts";
import { Random } from "../../../src/tensor/random.ts";
import { makeFamily, savedBits } from "../../support/family.ts";
import { randomBatch } from "../../support/random-batch.ts";
import { recallWorld } from "../../support/recall-world.ts";
import { options, settings, task } from "../../support/recurrent-critics.ts";
import { refuses } from "../../support/refuses.ts";

/** Always the same choice: an agent is paid when its letter is 1, which it saw at the start of the episode. */
const stubborn: JointPolicy = {
  act: (_, actions) => {
    actions.fill(1);
  },
};

function collect(batches: number, copies = 3, steps = 10): Batch[] {
  const environment = vectorise(recallWorld(), { copies });
  const collector = new Collector(environment, copies * steps, Random.fromSeed(8));
  return Array.from({ length: batches }, () => structuredClone(collector.collect(stubborn) as Batch));
}

test("a minibatch of chunks has their rows by time, in every array", () => {
  const batch = randomBatch(task, 2, 6, 1, 3);
  const rows = Float32Array.from({ length: 24 }, (_, row) => row);
  const all = {
    input: rows,
    old: rows.map((row) => row + 100),
    targets: rows.map((row) => row + 200),
    alive: Uint8Array.from(rows),
  };
  // Two views of two copies of two chunks of three steps; a memory is the number of its chunk.
  const sequences = new Sequences(batch, 3);
  const memories = Float32Array.from({ length: 8 }, (_, chunk) => chunk);
  const fitted = new CriticBatch(all, { sequences, memories, last: memories });
  assert.is(fitted.units, 8);
  const found = fitted.select(Int32Array.of(5, 2));
  const expected = [15, 6, 16, 7, 17, 8];
  assert.equal([...(found.input as Float32Array)], expected);
  assert.equal(
    [...found.old],
    expected.map((row) => row + 100),
  );
  assert.equal(
    [...found.targets],
    expected.map((row) => row + 200),
  );
  assert.equal([...found.alive], expected);
  assert.equal([...(found.memory?.initial ?? [])], [5, 2]);
  // Episodes of three steps: chunk 5 begins one, chunk 2 is its copy's first.
  assert.equal([...(found.memory?.starts ?? [])], [1, 0, 0, 0, 0, 0]);
  assert.is(fitted.select().rows, 24);
});

test("what is remembered goes on from batch to batch, and ends with episodes", () => {
  for (const criticSharing of ["one", "separate"] as const) {
    const arena = createArena();
    const given = { ...settings, criticSharing, criticEpochs: 0 };
    const [plan] = criticPlans(task, given);
    const critic = new Critic(task, plan, given, Random.fromSeed(1));
    const batches = collect(3);
    const views = plan.agents.length;
    for (const [i, batch] of batches.entries()) {
      const judgement = critic.judge(arena, batch);
      const alive = plan.agents.map((agent) => batch.agents[agent].alive);
      critic.fit(
        arena,
        judgement,
        plan.agents.map(() => new Float32Array(batch.rows)),
        alive,
        1,
        Random.fromSeed(1),
      );
      if (i === 0) continue;
      // Episodes have 4 steps, batches 10: the second begins in the third step of an episode, the third with one.
      const fresh = new Critic(task, plan, given, Random.fromSeed(1)).judge(arena, batch);
      const differ = (row: number) => judgement.old[row] !== fresh.old[row];
      for (let view = 0; view < views; view++) {
        for (let copy = 0; copy < 3; copy++) {
          const first = view * batch.rows + 10 * copy;
          assert.is(differ(first), i === 1, `batch ${i}, view ${view}, copy ${copy}`);
          assert.not(differ(first + 2), "the episode before has ended");
        }
      }
    }
    // A batch that says that it begins anew is believed.
    const anew = { ...batches[1], newEpisodes: true };
    const fresh = new Critic(task, plan, given, Random.fromSeed(1));
    assert.equal(critic.judge(arena, anew).old, fresh.judge(arena, anew).old);
  }
});

test("chunks begin with what was remembered then: values fitted to themselves cost nothing", () => {
  for (const criticMinibatches of [1, 3]) {
    for (const criticSharing of ["one", "separate"] as const) {
      const arena = createArena();
      const given = {
        ...settings,
        criticSharing,
        criticMinibatches,
        criticEpochs: 1,
        criticLearningRate: 1e-30,
      };
      const [plan] = criticPlans(task, given);
      const critic = new Critic(task, plan, given, Random.fromSeed(1));
      for (const batch of collect(3)) {
        const judgement = critic.judge(arena, batch);
        const returns = plan.agents.map((_, view) =>
          judgement.old.slice(view * batch.rows, (view + 1) * batch.rows),
        );
        assert.ok(returns[0].some((value) => Math.abs(value) > 0.01));
        const alive = plan.agents.map((agent) => batch.agents[agent].alive);
        const { loss } = critic.fit(arena, judgement, returns, alive, 1, Random.fromSeed(1));
        assert.ok(loss < 1e-13, `${loss}`);
      }
    }
  }
});

test("a critic that remembers knows what an episode will pay; another cannot", () => {
  const explained = (recurrentCritics: boolean): number => {
    const learning = {
      ...options,
      recurrentCritics,
      chunkLength: 20,
      stepsPerIteration: 320,
      environmentCopies: 16,
    };
    const trainer = makeFamily(
      "mappo",
      { ...learning, hiddenSizes: [16], criticLearningRate: 0.01, gaeLambda: 1, teamReward: "own" },
      { task },
    );
    const last = collect(40, 16, 20).map(
      (batch) => trainer.update(batch).explainedVariance as readonly number[],
    );
    return last[39][0];
  };
  assert.ok(explained(true) > 0.9, `${explained(true)}`);
  // The letter shows in one step of four.
  assert.ok(explained(false) < 0.5, `${explained(false)}`);
});

test("a trainer loaded between two batches goes on to the same bits", () => {
  const [first, second] = collect(2);
  const trainer = makeFamily("a2po", options, { task });
  trainer.update(first);
  const loaded = makeFamily("a2po", options, { task });
  const saved = trainer.save();
  loaded.load(saved);
  const forgetful = makeFamily("a2po", options, { task });
  assert.is(saved.tensors["critics.0.memory"].values.length, 3 * 6);
  const tensors = Object.entries(saved.tensors).filter(([name]) => !name.endsWith(".memory"));
  forgetful.load({ ...saved, tensors: Object.fromEntries(tensors) });
  const emptied = makeFamily("a2po", options, { task });
  emptied.update(first);
  emptied.load({ ...saved, tensors: Object.fromEntries(tensors) });
  for (const one of [trainer, loaded, forgetful, emptied]) one.update(second);
  assert.equal(savedBits(emptied), savedBits(forgetful));
  assert.equal(savedBits(loaded), savedBits(trainer));
  assert.not.equal(savedBits(forgetful), savedBits(trainer));
});

test("steps that chunks do not divide are refused", () => {
  refuses(
    () => makeFamily("mappo", { ...options, chunkLength: 4 }, { task }),
    "chunkLength is 4",
    "10 steps",
  );
});

test.run();
