/** What a policy is told beside observations, and what a batch keeps of it: masks, who is there, states, memory. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { vectorise } from "../../src/environments/vectorise.ts";
import type { Batch } from "../../src/rollouts/batch.ts";
import { Collector } from "../../src/rollouts/collector.ts";
import type { Actions, JointPolicy, Situation } from "../../src/rollouts/joint-policy.ts";
import { Random } from "../../src/tensor/random.ts";
import { CheckpointError } from "../../src/validation/errors.ts";
import { CLOCK_STEPS, clockEnvironment } from "../support/masked-environment.ts";
import { rejects } from "../support/rejects.ts";

/** Counts the steps of each episode in its memory, and takes the first legal choice. */
class Counter implements JointPolicy {
  readonly memorySize = 1;
  /** What it remembered at each call, [calls][copies]. */
  readonly remembered: number[][] = [];

  act({ rows, masks, memory }: Situation, actions: Actions): void {
    assert.ok(masks && memory);
    this.remembered.push([...memory]);
    for (let row = 0; row < rows; row++) {
      for (const [agent, mask] of masks.entries()) {
        actions[row * 2 + agent] = mask.subarray(row * 3, row * 3 + 3).indexOf(1);
      }
      memory[row]++;
    }
  }
}

const COPIES = 2;
const STEPS = 6;
const start = () =>
  new Collector(vectorise(clockEnvironment, { copies: COPIES }), COPIES * STEPS, Random.fromSeed(1), 1);
const collect = async (collector: Collector, policy = new Counter()): Promise<Batch> =>
  structuredClone(await collector.collect(policy));

test("masks and presence are those of the moment of choice, and choices obey them", async () => {
  const { agents, actions, rows } = await collect(start());
  for (let row = 0; row < rows; row++) {
    const step = (row % STEPS) % CLOCK_STEPS;
    for (const [agent, { masks, alive, observations }] of agents.entries()) {
      assert.is(observations[row], step);
      assert.equal(
        [...(masks?.subarray(row * 3, row * 3 + 3) ?? [])],
        [0, 1, 2].map((choice) => Number(choice !== step % 3)),
      );
      assert.is(alive[row], Number(agent === 0 || step < 2));
      assert.is.not(actions[row * 2 + agent], step % 3);
    }
  }
});

test("states are those of the moment of choice; after a cut comes the true last state", async () => {
  const { state, cutStates, cuts, rows } = await collect(start());
  for (let row = 0; row < rows; row++) {
    const step = row % STEPS;
    assert.equal([...state.subarray(row * 2, row * 2 + 2)].slice(1), [step % CLOCK_STEPS]);
  }
  assert.equal([...cuts], [3, 5, 9, 11]);
  const followed = Array.from(cuts, (_, i) => cutStates[i * 2 + 1]);
  assert.equal(followed, [CLOCK_STEPS, 2, CLOCK_STEPS, 2]);
});

test("what would have been legal after a cut, and for whom, is that of the true last moment", async () => {
  const { agents, cutStates, cuts } = await collect(start());
  for (const i of cuts.keys()) {
    const step = cutStates[i * 2 + 1];
    for (const [agent, { cutMasks, cutAlive, cutObservations }] of agents.entries()) {
      assert.is(cutObservations[i], step);
      assert.is(cutMasks?.subarray(i * 3, i * 3 + 3).indexOf(0), step % 3);
      assert.is(cutAlive[i], Number(agent === 0 || step < 2));
    }
  }
});

test("memory lives as long as an episode, over iterations, and a batch begins with it", async () => {
  const collector = start();
  const policy = new Counter();
  const first = await collect(collector, policy);
  const second = await collect(collector, policy);
  assert.equal([...first.memory], [0, 0]);
  assert.equal([...second.memory], [2, 2]);
  assert.equal(
    policy.remembered.map(([copy]) => copy),
    [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3],
  );
});

test("a collector loaded from another's state remembers what that one did", async () => {
  const original = start();
  await collect(original);
  const state = JSON.parse(JSON.stringify(original.saveState()));
  assert.equal(state.memory, [2, 2]);
  const copy = start();
  await copy.loadState(state);
  assert.equal(await collect(copy), await collect(original));
  const { memory: _, ...forgetful } = state;
  await rejects(() => start().loadState(forgetful), CheckpointError, /remembers 0 numbers .* this policy 2/);
});

test.run();
