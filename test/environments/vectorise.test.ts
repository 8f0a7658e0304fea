import { test } from "uvu";
import * as assert from "uvu/assert";
import type { EnvironmentInstance, VecEnv } from "../../src/environments/environment.ts";
import { StepOutcome } from "../../src/environments/environment.ts";
import { makeSpec } from "../../src/environments/spec.ts";
import { type SavedCopy, vectorise } from "../../src/environments/vectorise.ts";
import { Random } from "../../src/tensor/random.ts";
import { refuses } from "../support/refuses.ts";
import { walk } from "../support/walk.ts";

/** Everything a copy shows after a step, as text; what belongs to an ended episode only where one ended. */
function row({ spec, batch }: VecEnv, copy: number): string {
  const agents = spec.agents.length;
  const part = (values: ArrayLike<number>, size: number) =>
    Array.prototype.slice.call(values, copy * size, (copy + 1) * size);
  const shown = [
    part(batch.observations, agents * spec.observationSize),
    part(batch.state, spec.stateSize),
    part(batch.mask, agents * spec.maskSize),
    part(batch.rewards, agents),
    part(batch.alive, agents),
    part(batch.terminated, 1),
    part(batch.truncated, 1),
  ];
  if (batch.terminated[copy] === 0 && batch.truncated[copy] === 0) return JSON.stringify(shown);
  const final = [
    part(batch.finalObservations, agents * spec.observationSize),
    part(batch.finalState, spec.stateSize),
    part(batch.episodeReturns, agents),
    part(batch.episodeLengths, 1),
    part(batch.metrics, spec.metrics.length),
  ];
  return JSON.stringify([...shown, ...final]);
}

/** Steps with actions that follow from the copy's number, and returns what the copy showed. */
function history(env: VecEnv, copy: number, steps: number, number = copy): string[] {
  const choices = Array.from({ length: env.copies }, (_, c) =>
    Random.fromSeed("actions").derive("copy", c - copy + number),
  );
  return Array.from({ length: steps }, () => {
    for (const [c, random] of choices.entries())
      env.batch.actions.set([random.integer(2), random.integer(3)], c * 2);
    env.step();
    return row(env, copy);
  });
}

test("buffers have the documented lengths and keep their identity", () => {
  const env = vectorise(walk(), { copies: 3 });
  const { spec } = env;
  const { observations, state, mask, actions, rewards, alive, terminated, episodeReturns } = env.batch;
  assert.equal([spec.observationSize, spec.maskSize, spec.actionSize], [3, 3, 1]);
  assert.equal([observations.length, state.length, mask.length], [18, 6, 18]);
  assert.equal(
    [actions.length, rewards.length, alive.length, terminated.length, episodeReturns.length],
    [6, 6, 6, 3, 6],
  );
  history(env, 0, 20);
  env.reset(4);
  assert.is(env.batch.observations, observations);
  assert.is(env.batch.rewards, rewards);
});

test("an episode's end keeps the last observation and shows the first of the next episode", () => {
  for (const [end, flags] of [
    [StepOutcome.terminated, [1, 0]],
    [StepOutcome.truncated, [0, 1]],
  ] as const) {
    const env = vectorise(walk({ length: 3, end }), { seed: 5 });
    let total = 0;
    const start = env.batch.state[1];
    for (let step = 1; step <= 3; step++) {
      env.batch.actions.set([2, 2]);
      env.step();
      total += env.batch.rewards[0];
      const over = step === 3;
      assert.equal([env.batch.terminated[0], env.batch.truncated[0]], over ? flags : [0, 0]);
    }
    const last = env.batch.rewards[0];
    assert.equal([...env.batch.finalState], [3, last]);
    assert.is(env.batch.finalObservations[0], last);
    assert.equal([...env.batch.episodeReturns].slice(0, 1), [total]);
    assert.is(env.batch.episodeLengths[0], 3);
    assert.is(env.batch.metrics[0], last - start, "always onwards");
    assert.is(env.batch.state[0], 0, "time in the new episode");
    assert.equal([...env.batch.observations.subarray(3)], [env.batch.state[1], 0, 3]);
    assert.equal([...env.batch.alive], [1, 1], "the dead live again");
    env.step();
    assert.equal([env.batch.terminated[0], env.batch.truncated[0]], [0, 0]);
    assert.ok(env.batch.metrics[0] <= 3, "the metrics start again");
  }
});

test("the episode limit truncates, and termination wins over it", () => {
  const limited = vectorise(walk({ length: 9, episodeLimit: 2 }));
  limited.step();
  assert.is(limited.batch.truncated[0], 0);
  limited.step();
  assert.equal(
    [limited.batch.terminated[0], limited.batch.truncated[0], limited.batch.episodeLengths[0]],
    [0, 1, 2],
  );
  const both = vectorise(walk({ length: 2, end: StepOutcome.terminated, episodeLimit: 2 }));
  both.step();
  both.step();
  assert.equal([both.batch.terminated[0], both.batch.truncated[0]], [1, 0]);
});

test("deaths and masks of the environment reach the batch", () => {
  const env = vectorise(walk({ length: 5 }));
  env.step();
  env.step();
  assert.equal([...env.batch.alive], [1, 0]);
  assert.equal([...env.batch.mask], [1, 1, 0, 1, 0, 0]);
  assert.equal([...env.batch.observations.subarray(3)], [0, 0, 0]);
});

test("a copy plays the same whatever the number of copies and shards", () => {
  const alone = history(vectorise(walk(), { copies: 5, seed: 3 }), 4, 60);
  assert.equal(history(vectorise(walk(), { copies: 9, seed: 3 }), 4, 60), alone);
  assert.equal(history(vectorise(walk(), { copies: 2, seed: 3, firstCopy: 3 }), 1, 60, 4), alone);
  assert.not.equal(history(vectorise(walk(), { copies: 5, seed: 3 }), 3, 60), alone);
  assert.not.equal(history(vectorise(walk(), { copies: 5, seed: 4 }), 4, 60), alone);
});

test("reset with a seed starts the streams again, without one it goes on", () => {
  const env = vectorise(walk(), { copies: 2, seed: 8 });
  const first = history(env, 1, 30);
  env.reset(8);
  assert.equal(history(env, 1, 30), first);
  env.reset();
  assert.not.equal(history(env, 1, 30), first);
});

test("a saved copy goes on to the same bits in another place, through JSON", () => {
  for (let before = 0; before < 12; before++) {
    const env = vectorise(walk({ episodeLimit: 4 }), { copies: 3, seed: 1 });
    history(env, 2, before);
    const saved = JSON.parse(JSON.stringify(env.saveState(2)));
    const other = vectorise(walk({ episodeLimit: 4 }), { copies: 1, seed: 77 });
    history(other, 0, 3);
    other.loadState(0, saved);
    assert.equal([...other.batch.observations], [...env.batch.observations.subarray(12)]);
    assert.equal(history(other, 0, 25, 2), history(env, 2, 25));
  }
});

test("a bare state sets the scene and begins an episode there", () => {
  const env = vectorise(walk({ episodeLimit: 3 }), { copies: 2 });
  env.step();
  const saved: SavedCopy = { state: { time: 1, place: 40, length: 50, end: 1 } };
  env.loadState(1, saved);
  assert.equal([...env.batch.observations.subarray(6)], [40, 0, 0, 40, 1, 50]);
  for (let step = 0; step < 3; step++) env.step();
  assert.is(env.batch.truncated[1], 1);
  assert.is(env.batch.episodeLengths[1], 3);
});

test("a copy saved under a longer limit ends at its next step, and its next episode at the limit", () => {
  const long = vectorise(walk({ length: 50, episodeLimit: 9 }));
  history(long, 0, 5);
  const env = vectorise(walk({ length: 50, episodeLimit: 3 }));
  env.loadState(0, long.saveState(0));
  const lengths = Array.from({ length: 4 }, () => {
    env.step();
    return env.batch.truncated[0] * env.batch.episodeLengths[0];
  });
  assert.equal(lengths, [6, 0, 0, 3]);
});

test("unusable options and states are refused in one sentence", () => {
  for (const copies of [0, -1, 1.5, Number.NaN]) {
    assert.throws(
      () => vectorise(walk(), { copies }),
      new RegExp(`copies is ${copies}; it must be an integer`),
    );
  }
  refuses(
    () => vectorise(walk(), { copys: 4 } as object),
    'options of vectorise: unknown key "copys" (did you mean "copies"?)',
  );
  refuses(
    () => vectorise(walk as never),
    "vectorise: got a function; it must be a definition",
    "fromParallel",
  );
  const env = vectorise(walk(), { copies: 2 });
  assert.throws(() => env.saveState(2), /copy 2 does not exist; test\/walk has copies 0 to 1/);
  for (const saved of [
    undefined,
    null,
    3,
    {},
    { state: {}, steps: -1 },
    { state: {}, returns: [1] },
    { state: {}, returns: "12" },
    { state: {}, metrics: [1, 2] },
  ]) {
    assert.throws(() => env.loadState(0, saved), /test\/walk: got .* as saved copy/);
  }
});

test("continuous actions reach the rules cut to their bounds, and stay as written in the batch", () => {
  const bounds = [
    { low: [-1, 0], high: [1, Number.POSITIVE_INFINITY] },
    { low: [2], high: [3] },
  ];
  const spec = makeSpec({
    id: "test/reals",
    agents: ["a", "b"],
    observationSizes: [1, 1],
    headSizes: [[], []],
    bounds,
  });
  const heard: number[][] = [];
  const rules = { reset: () => {}, observe: () => {}, saveState: () => null, loadState: () => {} };
  const create = (): EnvironmentInstance => ({
    ...rules,
    step(copy, _, { actions, rewards }) {
      heard.push([...actions.subarray(4 * copy, 4 * copy + 3)]);
      rewards[2 * copy] = 1;
      return StepOutcome.running;
    },
  });
  const env = vectorise({ spec, create }, { copies: 2 });
  const drawn = [-4, -4, 0, 0, 0.5, 1e6, 2.5, 0];
  env.batch.actions.set(drawn);
  env.step();
  assert.equal(heard, [
    [-1, 0, 2],
    [0.5, 1e6, 2.5],
  ]);
  assert.equal([[...env.batch.actions], [...env.batch.rewards]], [drawn, [1, 0, 1, 0]]);
});

test.run();
