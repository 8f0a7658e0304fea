/** What a critic that remembers makes of a batch: values, and memories on the way. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { TaskShape } from "../../../src/algorithms/algorithm.ts";
import { rememberedValues } from "../../../src/algorithms/policy-optimisation/critic-memory.ts";
import { criticPlans, criticView } from "../../../src/algorithms/policy-optimisation/critic-views.ts";
import { Sequences } from "../../../src/algorithms/policy-optimisation/sequences.ts";
import { createArena } from "../../../src/kernels/arena.ts";
import { initializeNetwork, type NetworkShape } from "../../../src/nn/network.ts";
import { Predictor, predict } from "../../../src/nn/predictor.ts";
import { Random } from "../../../src/tensor/random.ts";
import { randomBatch } from "../../support/random-batch.ts";
import { settings, task } from "../../support/recurrent-critics.ts";

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

test.run();
