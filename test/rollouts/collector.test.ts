/**
 * What the collector writes down is what happened: rows, cuts, ends, statistics, over iterations and
 * restarts.
 */

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { VecBatch } from "../../src/environments/environment.ts";
import type { Batch } from "../../src/rollouts/batch.ts";
import { Collector } from "../../src/rollouts/collector.ts";
import type { Actions, Situation } from "../../src/rollouts/joint-policy.ts";
import { Random } from "../../src/tensor/random.ts";
import { CheckpointError, InvalidInputError, NonFiniteError } from "../../src/validation/errors.ts";
import { countingCopies, episodeLength, terminates } from "../support/counting-environment.ts";
import { rejects } from "../support/rejects.ts";

/** Chooses by row and call, so that every action is recognisable. */
function cycler() {
  let calls = 0;
  return {
    act({ rows }: Situation, actions: Actions) {
      for (let row = 0; row < rows; row++) {
        actions.set([(row + calls) % 3, (row + calls) % 2, (row + 3 * calls) % 4], row * 3);
      }
      calls++;
    },
  };
}

const start = (copies: number, steps: number, options = {}) =>
  new Collector(countingCopies(copies, options), copies * steps, Random.fromSeed(1));

const collect = async (collector: Collector, policy = cycler()): Promise<Batch> =>
  structuredClone(await collector.collect(policy));

test("each copy's rows tell one story that goes on in the next iteration", async () => {
  const collector = start(3, 7);
  const policy = cycler();
  const before: ({ episode: number; step: number } | undefined)[] = [];
  for (let iteration = 0; iteration < 4; iteration++) {
    const { agents, terminated, truncated, rows } = await collect(collector, policy);
    assert.is(rows, 21);
    for (let row = 0; row < rows; row++) {
      const copy = Math.floor(row / 7);
      const [episode, step] = agents[0].observations.subarray(row * 2, row * 2 + 2);
      if (before[copy]) assert.equal({ episode, step }, before[copy], `row ${row}`);
      else assert.is(step, 0, `row ${row}`);
      assert.is(agents[0].rewards[row], step + 1);
      const ends = step + 1 === episodeLength(episode);
      assert.is(terminated[row], Number(ends && terminates(episode)));
      assert.is(truncated[row], Number(ends && !terminates(episode)));
      before[copy] = ends ? undefined : { episode, step: step + 1 };
    }
  }
});

test("a batch says whether its first rows begin episodes", async () => {
  const collector = start(2, 7);
  const first = await collect(collector);
  const second = await collect(collector);
  assert.equal([first.newEpisodes, second.newEpisodes], [true, false]);
  const resumed = start(2, 7);
  await resumed.loadState(collector.saveState());
  assert.is((await collect(resumed)).newEpisodes, false);
  collector.beginAnew();
  const anew = await collect(collector);
  assert.is(anew.newEpisodes, true);
  for (const row of [0, 7]) assert.is(anew.agents[0].observations[2 * row + 1], 0, "a first step");
  const { saveState: _, ...forgetful } = countingCopies(2);
  const restarted = new Collector(
    Object.assign(Object.create(countingCopies(2)), { ...forgetful, saveState: undefined }),
    14,
    Random.fromSeed(1),
  );
  for (let i = 0; i < 2; i++) assert.is((await collect(restarted)).newEpisodes, true);
});

test("actions are the joint choice, agent after agent, as the environment saw them", async () => {
  const { agents, actions, cuts } = await collect(start(3, 7));
  for (let row = 0; row + 1 < 21; row++) {
    if (cuts.includes(row)) continue;
    const [first, second] = agents[1].observations.subarray((row + 1) * 4 + 2, (row + 1) * 4 + 4);
    assert.equal([first, second], [actions[row * 3 + 1], actions[row * 3 + 2]], `row ${row}`);
    assert.is(agents[1].rewards[row], -actions[row * 3 + 1] || 0);
  }
});

test("cuts ascend, are episode ends and last rows, and carry the observation that followed", async () => {
  const { agents, cuts, terminated, truncated } = await collect(start(3, 7));
  const expected = Array.from({ length: 21 }, (_, row) => row).filter(
    (row) => terminated[row] + truncated[row] > 0 || row % 7 === 6,
  );
  assert.equal([...cuts], expected);
  for (const [i, row] of cuts.entries()) {
    const [episode, step] = agents[0].observations.subarray(row * 2, row * 2 + 2);
    assert.equal([...agents[0].cutObservations.subarray(i * 2, i * 2 + 2)], [episode, step + 1], `cut ${i}`);
    assert.equal([...agents[1].cutObservations.subarray(i * 4, i * 4 + 2)], [episode, step + 1], `cut ${i}`);
  }
  assert.is(agents[0].cutObservations.length, cuts.length * 2);
});

test("statistics cover whole episodes, begun earlier too, in the order of their ends", async () => {
  const collector = start(2, 3);
  const policy = cycler();
  const seen: number[][] = [];
  const expected: { time: number; copy: number; values: number[] }[] = [];
  for (let iteration = 0; iteration < 6; iteration++) {
    const { episodes, terminated, truncated, agents } = await collect(collector, policy);
    assert.is(episodes.returns.length, episodes.count * 2);
    for (let e = 0; e < episodes.count; e++) seen.push([episodes.lengths[e], episodes.returns[e * 2]]);
    for (let row = 0; row < 6; row++) {
      if (terminated[row] + truncated[row] === 0) continue;
      const length = agents[0].rewards[row];
      const values = [length, (length * (length + 1)) / 2];
      expected.push({ time: iteration * 3 + (row % 3), copy: Math.floor(row / 3), values });
    }
  }
  expected.sort((x, y) => x.time - y.time || x.copy - y.copy);
  assert.equal(
    seen,
    expected.map(({ values }) => values),
  );
  assert.ok(seen.length > 5);
});

test("a synchronous environment is never waited for, and a slow one gives the same batch", async () => {
  assert.not.instance(start(2, 6).collect(cycler()), Promise);
  const slow = start(2, 6, { slow: true }).collect(cycler());
  assert.instance(slow, Promise);
  assert.equal(await slow, await collect(start(2, 6)));
});

test("a batch keeps its arrays from one iteration to the next", async () => {
  const collector = start(2, 6);
  const first = await collector.collect(cycler());
  const second = await collector.collect(cycler());
  assert.is(second.actions, first.actions);
  assert.is(second.agents[1].observations, first.agents[1].observations);
});

test("a collector loaded from another's state goes on as that one would", async () => {
  for (const saves of [true, false]) {
    const original = start(3, 5, { saves });
    await collect(original);
    const state = JSON.parse(JSON.stringify(original.saveState()));
    assert.is("copies" in state, saves);
    const copy = start(3, 5, { saves });
    await copy.loadState(state);
    assert.equal(await collect(copy), await collect(original));
  }
});

test("an environment that cannot save starts new, other episodes in every iteration", async () => {
  const collector = start(2, 3, { saves: false });
  const first = await collect(collector);
  const second = await collect(collector);
  assert.is(second.agents[0].observations[1], 0);
  assert.is.not(second.agents[0].observations[0], first.agents[0].observations[0]);
});

test("copies of another number are refused", async () => {
  const three = start(3, 5);
  await collect(three);
  await rejects(() => start(2, 5).loadState(three.saveState()), CheckpointError, /holds 3 copies .* has 2/);
});

test("NaN and infinities are refused by agent, copy and step, and the next call starts afresh", async () => {
  type Spoil = (batch: VecBatch) => void;
  const spoils: readonly (readonly [Spoil, RegExp])[] = [
    [(batch) => batch.rewards.set([Number.NaN], 3), /reward = NaN to b \(copy 1, step 3\)/],
    [(batch) => batch.observations.set([Infinity], 9), /observation\[1\] = Infinity to a \(copy 1, step 3\)/],
    [
      (batch) => void batch.finalObservations.fill(-Infinity),
      /observation\[0\] = -Infinity to a \(copy 0, step 5\)/,
    ],
  ];
  for (const [spoil, message] of spoils) {
    let faulty = true;
    let step = 0;
    const collector = start(2, 6, {
      spoil: (batch: VecBatch) => (faulty && step++ >= 2 ? spoil(batch) : undefined),
    });
    await rejects(() => collector.collect(cycler()), NonFiniteError, message);
    faulty = false;
    const { agents } = await collect(collector);
    assert.is(agents[0].observations[1], 0);
  }
});

test("an environment that fails while it is waited for fails the batch", async () => {
  const environment = countingCopies(1);
  const broken = { ...environment, step: () => Promise.reject(new Error("lost connection")) };
  const collector = new Collector(broken, 4, Random.fromSeed(1));
  await rejects(() => collector.collect(cycler()), Error, /lost connection/);
});

test("steps that copies cannot share are refused with the nearest that they can", async () => {
  const make = (steps: number) => () => new Collector(countingCopies(4), steps, Random.fromSeed(1));
  await rejects(make(10), InvalidInputError, /is 10, which 4 copies .* Use 8 or 12 steps/);
  await rejects(make(3), InvalidInputError, /Use 4 steps/);
});

test.run();
