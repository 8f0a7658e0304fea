import { test } from "uvu";
import * as assert from "uvu/assert";
import type { AsyncVecEnv, ParallelEnv, PerAgent } from "../../src/environments/environment.ts";
import { type FromParallelOptions, fromParallel } from "../../src/environments/from-parallel.ts";
import { box, discrete } from "../../src/environments/spaces.ts";
import { Random } from "../../src/tensor/random.ts";
import { InvalidInputError, NonFiniteError } from "../../src/validation/errors.ts";
import { type Choice, HonestEnvironment, plainEnvironment } from "../support/honest-environment.ts";
import { replyFaults } from "./faults/replies.ts";

const honest = () => new HonestEnvironment() as ParallelEnv;

/** Chooses for ann, bob (two heads) and cat of every copy; the same at the same step. */
function act(env: AsyncVecEnv, step: number): void {
  for (let copy = 0; copy < env.copies; copy++) {
    env.batch.actions.set([(step + copy) % 2, 0, step % 2, 1, (step + copy) % 2, 0], copy * 6);
  }
}

/** What one copy shows, as plain numbers. */
function shown({ spec, batch }: AsyncVecEnv, copy: number): number[][] {
  const part = (values: ArrayLike<number>, size: number): number[] =>
    Array.prototype.slice.call(values, copy * size, (copy + 1) * size);
  const ended = batch.terminated[copy] + batch.truncated[copy] > 0;
  return [
    part(batch.observations, 15),
    part(batch.state, spec.stateSize),
    part(batch.mask, 3 * spec.maskSize),
    part(batch.rewards, 3),
    part(batch.alive, 3),
    part(batch.terminated, 1),
    part(batch.truncated, 1),
    ...(ended
      ? [part(batch.finalObservations, 15), part(batch.episodeReturns, 3), part(batch.episodeLengths, 1)]
      : []),
  ];
}

test("the specification follows from the spaces", () => {
  const { spec } = fromParallel(honest, { id: "orchard" });
  assert.equal(spec.agents, ["ann", "bob", "cat"]);
  assert.equal(
    [spec.id, spec.observationSize, spec.stateSize, spec.maskSize, spec.actionSize],
    ["orchard", 5, 2, 4, 2],
  );
  assert.equal(spec.observationSizes, [3, 4, 5]);
  assert.equal(spec.headSizes, [[3], [2, 2], [2]]);
  assert.is(spec.action, "discrete");
});

test("episodes are those of the environment played by hand with the derived seeds", () => {
  const env = fromParallel(honest, { copies: 3, seed: 11 });
  env.reset();
  const copy = 2;
  const hand = new HonestEnvironment();
  const stream = Random.fromSeed(11).derive("environment", copy);
  for (let episode = 0, step = 0; episode < 4; episode++) {
    hand.reset({ seed: stream.derive("episode", episode).u32() });
    const sums = [0, 0, 0];
    let last: readonly string[] = [];
    while (hand.agents.length > 0) {
      const acted = hand.agents;
      assert.equal(
        [...env.batch.alive.subarray(6)],
        hand.possibleAgents.map((agent) => Number(acted.includes(agent))),
      );
      assert.equal([...env.batch.state.subarray(4)], Array.from(hand.state?.() ?? []));
      act(env, step);
      env.step();
      const [a, , b0, b1, c] = [(step + copy) % 2, 0, step % 2, 1, (step + copy) % 2];
      const all: PerAgent<Choice> = { ann: a, bob: [b0, b1], cat: c };
      const reply = hand.step(Object.fromEntries(acted.map((agent) => [agent, all[agent]])));
      const rewards = hand.possibleAgents.map((agent) => reply.rewards[agent] ?? 0);
      for (const [i, reward] of rewards.entries()) sums[i] += reward;
      assert.equal([...env.batch.rewards.subarray(6)], rewards.map(Math.fround));
      const from = hand.agents.length > 0 ? env.batch.observations : env.batch.finalObservations;
      assert.equal([...from.subarray(30, 33)], [...(reply.observations.ann as Float32Array)]);
      assert.is(from[35 + (reply.observations.bob as number)], 1);
      last = acted;
      step++;
    }
    const there = hand.possibleAgents.map((agent) => Number(last.includes(agent)));
    assert.equal([...env.batch.finalAlive.subarray(6)], there);
    const legal = Array.from(hand.actionMask?.("ann") ?? []);
    assert.equal([...env.batch.finalMask.subarray(24, 24 + legal.length)], legal);
    assert.equal([...env.batch.episodeReturns.subarray(6)], sums);
    assert.equal(
      [env.batch.terminated[2], env.batch.truncated[2], env.batch.episodeLengths[2]],
      [0, 1, hand.time],
    );
  }
});

test("the dead see zeros, choose only the first action and earn nothing", () => {
  const env = fromParallel(honest);
  env.reset();
  for (let step = 0; step < 3; step++) env.step();
  assert.equal([...env.batch.alive], [1, 1, 0]);
  assert.equal([...env.batch.observations.subarray(10)], [0, 0, 0, 0, 0]);
  assert.equal([...env.batch.mask], [1, 1, 1, 0, 1, 1, 1, 1, 1, 0, 0, 0]);
  assert.is(env.batch.rewards[2], 0);
});

test("a synchronous environment is never waited for, a slow one ends in the same numbers", async () => {
  const slow = (): ParallelEnv => {
    const quick = new HonestEnvironment();
    const later = <T>(value: T) =>
      new Promise<T>((resolve) => setTimeout(() => resolve(value), 2 * Math.random()));
    const { reset, step } = quick;
    quick.reset = ((options: object) => later(reset(options))) as never;
    quick.step = ((actions: PerAgent<Choice>) => later(step(actions))) as never;
    return quick as ParallelEnv;
  };
  const quick = fromParallel(honest, { copies: 4, seed: 2 });
  const delayed = fromParallel(slow, { copies: 4, seed: 2 });
  assert.is(quick.reset(), undefined);
  const pending = delayed.reset();
  assert.instance(pending, Promise);
  await pending;
  for (let step = 0; step < 15; step++) {
    act(quick, step);
    act(delayed, step);
    assert.is(quick.step(), undefined);
    await delayed.step();
    for (let copy = 0; copy < 4; copy++) assert.equal(shown(delayed, copy), shown(quick, copy));
  }
});

test("a copy plays the same whatever the number of copies and shards", () => {
  const play = (options: FromParallelOptions, copy: number) => {
    const env = fromParallel(honest, { seed: "s", ...options });
    env.reset();
    return Array.from({ length: 20 }, () => {
      env.batch.actions.fill(1);
      env.step();
      return shown(env, copy);
    });
  };
  assert.equal(play({ copies: 6 }, 4), play({ copies: 5 }, 4));
  assert.equal(play({ copies: 2, firstCopy: 3 }, 1), play({ copies: 5 }, 4));
  assert.not.equal(play({ copies: 5 }, 3), play({ copies: 5 }, 4));
});

test("a saved copy goes on to the same bits elsewhere, through JSON and whatever seed was there", () => {
  for (let before = 0; before < 9; before++) {
    const env = fromParallel(honest, { copies: 2, seed: 5 });
    env.reset();
    for (let step = 0; step < before; step++) env.step();
    const saved = JSON.parse(JSON.stringify(env.saveState?.(1)));
    const other = fromParallel(honest, { copies: 2, seed: 9 });
    other.reset(0);
    other.loadState?.(1, saved);
    assert.equal([shown(other, 1)[0], shown(other, 1)[2]], [shown(env, 1)[0], shown(env, 1)[2]]);
    for (let step = 0; step < 12; step++) {
      act(env, step);
      act(other, step);
      env.step();
      other.step();
      assert.equal(shown(other, 1), shown(env, 1));
    }
  }
});

test("saving, drawing and masks are offered only by those who can", () => {
  const env = fromParallel(() => plainEnvironment() as ParallelEnv);
  assert.equal(
    [env.saveState, env.loadState, env.draw, env.spec.maskSize],
    [undefined, undefined, undefined, 0],
  );
  assert.equal(fromParallel(honest).draw?.(0).shapes.length, 2);
});

test("an episode limit from outside truncates", () => {
  const env = fromParallel(honest, { episodeLimit: 3 });
  env.reset();
  for (let step = 1; step <= 3; step++) {
    env.step();
    assert.is(env.batch.truncated[0], step === 3 ? 1 : 0);
  }
  assert.is(env.batch.episodeLengths[0], 3);
});

test("a copy saved under a longer limit from outside ends at its next step", () => {
  const long = fromParallel(honest, { episodeLimit: 9 });
  long.reset();
  for (let step = 0; step < 3; step++) long.step();
  const env = fromParallel(honest, { episodeLimit: 2 });
  env.reset();
  env.loadState?.(0, long.saveState?.(0));
  env.step();
  assert.equal([env.batch.terminated[0], env.batch.truncated[0], env.batch.episodeLengths[0]], [0, 1, 4]);
});

test("continuous actions arrive as one list an agent, cut to its bounds, and stay as written in the batch", () => {
  const heard: unknown[] = [];
  const pull = { a: box(-1, 1, [2]), b: box([-3], [4]) };
  const make = (): ParallelEnv => ({
    possibleAgents: ["a", "b"],
    agents: ["a", "b"],
    observationSpace: () => discrete(1),
    actionSpace: (agent) => pull[agent as "a" | "b"],
    reset: () => ({ observations: { a: 0, b: 0 } }),
    step: (actions) => {
      heard.push(actions);
      const ends = { a: true, b: true };
      return { observations: { a: 0, b: 0 }, rewards: { a: 1, b: 2 }, terminations: ends, truncations: ends };
    },
  });
  const env = fromParallel(make);
  assert.equal(
    [env.spec.action, env.spec.actionSizes, [...(env.spec.low ?? [])]],
    ["continuous", [2, 1], [-1, -1, -3, 0]],
  );
  assert.equal([...(env.spec.high ?? [])], [1, 1, 4, 0]);
  env.reset();
  for (const drawn of [
    [0.25, 0.5, 2, 9],
    [1.5, -7, -3.5, 9],
  ]) {
    env.batch.actions.set(drawn);
    env.step();
    assert.equal([...env.batch.actions], drawn);
  }
  assert.equal(heard, [
    { a: Float32Array.of(0.25, 0.5), b: Float32Array.of(2) },
    { a: Float32Array.of(1, -1), b: Float32Array.of(-3) },
  ]);
  assert.equal([env.batch.terminated[0], env.batch.truncated[0]], [1, 0], "terminated wins");
});

test("faulty replies are refused with copy, step, agent and field", () => {
  const overlooked = ["observation above its range", "info of a stranger", "infos a string"];
  for (const [name, spoil, message, nonFinite] of replyFaults) {
    const make = () => {
      const environment = new HonestEnvironment();
      spoil(environment);
      return environment as ParallelEnv;
    };
    let caught: unknown;
    try {
      const env = fromParallel(make, { firstCopy: 7, id: "orchard" });
      env.reset();
      for (let step = 0; step < 4; step++) env.step();
    } catch (error) {
      caught = error;
    }
    if (overlooked.includes(name)) {
      assert.is(caught, undefined, name);
      continue;
    }
    assert.instance(caught, nonFinite ? NonFiniteError : InvalidInputError, name);
    assert.match((caught as Error).message, message);
    assert.match((caught as Error).message, /^orchard(, copy 7, (reset|step 3|step 1))?: /);
  }
});

test("unusable options and makers are refused by name", () => {
  const one = honest();
  const odd = () => {
    const environment = new HonestEnvironment();
    if (made++ > 0) environment.actionSpace = () => discrete(2);
    return environment as ParallelEnv;
  };
  let made = 0;
  assert.throws(
    () => fromParallel(honest, { copy: 3 } as object),
    /unknown key "copy" \(did you mean "copies"\?\)/,
  );
  assert.throws(
    () => fromParallel(honest, { copies: 0 }),
    /copies is 0; it must be an integer of at least 1/,
  );
  assert.throws(() => fromParallel(() => one, { copies: 2 }), /make\(\) returned the same object twice/);
  assert.throws(() => fromParallel(odd, { copies: 2 }), /two copies have different agents or spaces/);
  assert.throws(() => fromParallel(one as never), /make is .*; it must be a function/);
  for (const [make, message] of [
    [() => undefined, /^environment: make\(\) returned undefined; it must be an environment/],
    [async () => one, /^environment: make\(\) returned a promise; only its reset and step/],
    [
      () => Object.assign(honest(), { reset: undefined }),
      /^environment: reset is missing; it must be a function/,
    ],
    [
      () => Object.assign(honest(), { possibleAgents: "ann" }),
      /^environment: possibleAgents is "ann"; it must be/,
    ],
  ] as const) {
    assert.throws(() => fromParallel(make as never, { copies: 2 }), message);
  }
});

test.run();
