import { test } from "uvu";
import * as assert from "uvu/assert";
import type { TaskShape } from "../../../src/algorithms/algorithm.ts";
import { Critic } from "../../../src/algorithms/policy-optimisation/critic.ts";
import { CriticBatch } from "../../../src/algorithms/policy-optimisation/critic-batch.ts";
import { rememberedValues } from "../../../src/algorithms/policy-optimisation/critic-memory.ts";
import { criticPlans, criticView } from "../../../src/algorithms/policy-optimisation/critic-views.ts";
import { Sequences } from "../../../src/algorithms/policy-optimisation/sequences.ts";
import { vectorise } from "../../../src/environments/vectorise.ts";
import { createArena } from "../../../src/kernels/arena.ts";
import { initializeNetwork, type NetworkShape } from "../../../src/nn/network.ts";
import { Predictor, predict } from "../../../src/nn/predictor.ts";
import type { Batch } from "../../../src/rollouts/batch.ts";
import { Collector } from "../../../src/rollouts/collector.ts";
import type { JointPolicy } from "../../../src/rollouts/joint-policy.ts";
import { Random } from "../../../src/tensor/random.ts";
import { taskShape } from "../../../src/training/learner.ts";
import { makeFamily, savedBits } from "../../support/family.ts";
import { randomBatch } from "../../support/random-batch.ts";
import { recallWorld } from "../../support/recall-world.ts";
import { refuses } from "../../support/refuses.ts";

const task = taskShape(vectorise(recallWorld(), { copies: 1 }).spec);
/** 10 steps a copy in chunks of 5, episodes of 4: ends within chunks, chunks within episodes, batches within both. */
const options = {
  recurrentCritics: true,
  chunkLength: 5,
  stepsPerIteration: 30,
  environmentCopies: 3,
  hiddenSizes: [6],
  inputNorm: false,
  valueNorm: "none",
  critic: "local",
  criticSharing: "separate",
};

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

const shape: NetworkShape = {
  inputSize: 12,
  hiddenSizes: [5],
  activation: "tanh",
  inputNorm: false,
  hiddenNorm: true,
  recurrentSize: 5,
  outputSize: 1,
} as const;

test("values are those of each episode played again from where it is known, also after cuts", () => {
  const arena = createArena();
  const [copies, steps] = [3, 12];
  const twoAgents: TaskShape = { ...task, observationSizes: [6, 6], headSizes: [[3], [3]] };
  const batch = randomBatch(twoAgents, copies, steps, 4, 5);
  const [plan] = criticPlans(twoAgents, { ...settings, critic: "central", criticSharing: "one" });
  assert.is(plan.inputSize, shape.inputSize);
  const view = criticView(twoAgents, settings, plan, batch);
  const random = Random.fromSeed(2);
  const parameters = initializeNetwork(shape, random);
  const initial = Float32Array.from({ length: copies * 5 }, () => random.normal());
  const said = rememberedValues(
    arena,
    new Predictor(arena, shape, parameters),
    batch,
    view,
    new Sequences(batch, 4),
    initial,
  );

  /** Plays rows `from` … `to` of the batch, then perhaps what followed a cut; the last output and memory. */
  const play = (from: number, to: number, cut?: number) => {
    const begins =
      from % steps === 0 ? initial.subarray((from / steps) * 5, (from / steps) * 5 + 5) : new Float32Array(5);
    const inputs = [...view.input.subarray(12 * from, 12 * (to + 1))];
    if (cut !== undefined) inputs.push(...view.cutInput.subarray(12 * cut, 12 * (cut + 1)));
    const rows = inputs.length / 12;
    const memory = { initial: Float32Array.from(begins), starts: new Uint8Array(rows) };
    const played = predict(arena, shape, parameters, Float32Array.from(inputs), rows, memory);
    return { value: played.output[rows - 1], memory: played.memory as Float32Array };
  };
  const startOf = (row: number): number => {
    let first = row;
    while (first % steps > 0 && !batch.truncated[first - 1]) first--;
    return first;
  };
  for (let row = 0; row < batch.rows; row++) {
    assert.is(said.values[row], play(startOf(row), row).value, `row ${row}`);
  }
  for (const [cut, row] of batch.cuts.entries()) {
    assert.is(said.cutValues[cut], play(startOf(row), row, cut).value, `after row ${row}`);
  }
  for (let chunk = 0; chunk < 9; chunk++) {
    const row = 4 * chunk;
    if (row % steps === 0) continue;
    // An end before the chunk clears the memory later, when the chunk is read.
    assert.equal(
      [...said.memories.subarray(5 * chunk, 5 * chunk + 5)],
      [...play(startOf(row - 1), row - 1).memory],
    );
  }
  for (let copy = 0; copy < copies; copy++) {
    const row = (copy + 1) * steps - 1;
    const ended = batch.truncated[row] === 1;
    assert.not(ended);
    assert.equal([...said.last.subarray(5 * copy, 5 * copy + 5)], [...play(startOf(row), row).memory]);
  }
});

const settings = makeFamily("mappo", options, { task }).settings;

test("each agent's view has memories of its own, also after cuts, and none after an episode that the batch ends with", () => {
  const arena = createArena();
  const twoAgents: TaskShape = { ...task, observationSizes: [6, 6], headSizes: [[3], [3]] };
  const given = {
    ...settings,
    critic: "central",
    criticInput: "state-and-observation",
    criticSharing: "one",
  } as const;
  const [plan] = criticPlans(twoAgents, given);
  const wide = { ...shape, inputSize: plan.inputSize };
  const predictor = new Predictor(arena, wide, initializeNetwork(wide, Random.fromSeed(2)));
  const random = Random.fromSeed(3);
  for (const [steps, terminated] of [
    [12, false],
    [10, true],
    [10, false],
  ] as const) {
    const drawn = randomBatch(twoAgents, 2, steps, 5, 5);
    const none = new Uint8Array(drawn.rows);
    const batch = terminated ? { ...drawn, terminated: drawn.truncated, truncated: none } : drawn;
    const initial = Float32Array.from({ length: 2 * 2 * 5 }, () => random.normal());
    const both = criticView(twoAgents, given, plan, batch);
    const sequences = new Sequences(batch, 2);
    const together = rememberedValues(arena, predictor, batch, both, sequences, initial);
    for (const view of [0, 1]) {
      const part = (all: Float32Array): Float32Array =>
        all.slice((view * all.length) / 2, ((view + 1) * all.length) / 2);
      const alone = { input: part(both.input), cutInput: part(both.cutInput), rewards: [both.rewards[view]] };
      const found = rememberedValues(arena, predictor, batch, alone, sequences, part(initial));
      for (const name of ["values", "cutValues", "memories", "last"] as const) {
        assert.equal([...part(together[name])], [...found[name]], `view ${view}: ${name}`);
      }
    }
    assert.is(
      together.last.every((number) => number === 0),
      steps === 10,
    );
  }
});

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
