import { createHash } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  cooperativeNavigation,
  type NavigationState,
} from "../../../src/environments/particle/cooperative-navigation.ts";
import { type SavedCopy, vectorise } from "../../../src/environments/vectorise.ts";
import { Random } from "../../../src/tensor/random.ts";
import { allClose, close } from "../../support/close.ts";
import { makeScene, observeScene, stepScene, type Vector } from "../../support/particle-twin.ts";
import { actRandomly } from "../../support/random-play.ts";

test("sizes follow from agents and landmarks", () => {
  for (const [agents, landmarks, size] of [
    [1, 1, 6],
    [3, 3, 14],
    [6, 6, 26],
    [2, 5, 16],
    [4, 1, 12],
  ]) {
    const { spec } = cooperativeNavigation({ agents, landmarks });
    assert.equal(spec.observationSizes, new Array(agents).fill(size));
    assert.equal(spec.headSizes, new Array(agents).fill([5]));
    assert.is(
      vectorise(cooperativeNavigation({ agents, landmarks })).batch.state.length,
      4 * agents + 2 * landmarks,
    );
  }
  assert.is(cooperativeNavigation().spec.episodeLimit, 100);
  assert.is(cooperativeNavigation({ agents: 6 }).spec.observationSize, 26);
});

test("steps agree with the formulas from scenes with and without contacts", () => {
  const random = Random.fromSeed("scenes");
  for (const [agents, landmarks, spread] of [
    [1, 1, 1],
    [3, 3, 1],
    [3, 2, 0.2],
    [6, 6, 0.5],
    [2, 4, 0.05],
  ]) {
    const draw = (n: number, size: number) =>
      Array.from({ length: n }, (): Vector => [random.uniform(-size, size), random.uniform(-size, size)]);
    const state: NavigationState = {
      positions: draw(agents, spread),
      velocities: draw(agents, 1),
      landmarks: draw(landmarks, 1),
    };
    const scene = makeScene(
      structuredClone(state.positions) as Vector[],
      structuredClone(state.velocities) as Vector[],
      structuredClone(state.landmarks) as Vector[],
    );
    const env = vectorise(cooperativeNavigation({ agents, landmarks }), { copies: 2 });
    env.loadState(1, { state } satisfies SavedCopy<NavigationState>);
    const row = agents * env.spec.observationSize;
    allClose(env.batch.observations.subarray(row), observeScene(scene), 1e-6, "first observation");
    for (let step = 0; step < 50; step++) {
      actRandomly(env, random);
      env.step();
      const rewards = stepScene(scene, [...env.batch.actions.subarray(agents)]);
      allClose(env.batch.rewards.subarray(agents), rewards, 1e-5, `reward at step ${step}`);
      allClose(
        env.batch.observations.subarray(row),
        observeScene(scene),
        1e-5,
        `observation at step ${step}`,
      );
    }
  }
});

test("the central state is what agent 0 observes and the velocities of the others", () => {
  for (const [agents, size] of [
    [1, 6],
    [3, 18],
    [6, 36],
  ]) {
    const env = vectorise(cooperativeNavigation({ agents }), { copies: 2, seed: 4 });
    actRandomly(env, Random.fromSeed("central"));
    env.step();
    const { observations, state } = env.batch;
    const own = env.spec.observationSize;
    const others = env.saveState(1).state.velocities.slice(1).flat();
    assert.equal(
      [...state.subarray(size)],
      [...observations.subarray(agents * own, (agents + 1) * own), ...others.map(Math.fround)],
    );
    assert.is(env.spec.stateSize, size);
  }
});

test("with central rewards agent 0 gets what all get together, and nothing else changes", () => {
  const own = vectorise(cooperativeNavigation({ agents: 4 }), { copies: 3, seed: 2 });
  const central = vectorise(cooperativeNavigation({ agents: 4, rewards: "central" }), { copies: 3, seed: 2 });
  const random = Random.fromSeed("central");
  let collisions = 0;
  for (let step = 0; step < 200; step++) {
    actRandomly(own, random);
    central.batch.actions.set(own.batch.actions);
    own.step();
    central.step();
    assert.equal([...central.batch.observations], [...own.batch.observations]);
    for (let copy = 0; copy < 3; copy++) {
      const [first, ...others] = central.batch.rewards.subarray(4 * copy, 4 * copy + 4);
      const shares = own.batch.rewards.subarray(4 * copy, 4 * copy + 4);
      close(
        first,
        shares.reduce((a, b) => a + b, 0),
        1e-5,
        `step ${step}`,
      );
      assert.equal(others, [0, 0, 0]);
      collisions -= shares[1];
    }
  }
  assert.ok(collisions > 0);
});

test("episodes start at rest, uniform over the square, and end after the limit", () => {
  const env = vectorise(cooperativeNavigation({ episodeLimit: 7 }), { copies: 2000, seed: 6 });
  let sum = 0;
  let square = 0;
  for (let copy = 0; copy < 2000; copy++) {
    const { state } = env.saveState(copy);
    assert.equal(state.velocities, [
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    for (const x of [...state.positions, ...state.landmarks].flat()) {
      assert.ok(x >= -1 && x < 1);
      sum += x / 24_000;
      square += (x * x) / 24_000;
    }
  }
  close(sum, 0, 5 * Math.sqrt(1 / 3 / 24_000), "mean");
  close(square, 1 / 3, 5 * Math.sqrt(4 / 45 / 24_000), "second moment");
  for (let step = 1; step <= 7; step++) {
    env.step();
    assert.is(
      env.batch.truncated.reduce((a, b) => a + b, 0),
      step === 7 ? 2000 : 0,
    );
  }
});

test("any step can be replayed from a saved state to the same bits", () => {
  const definition = cooperativeNavigation({ agents: 4, landmarks: 3, episodeLimit: 30 });
  const env = vectorise(definition, { copies: 2, seed: 9 });
  const random = Random.fromSeed("replay");
  for (let step = 0; step < 17; step++) {
    actRandomly(env, random);
    env.step();
  }
  const saved = JSON.parse(JSON.stringify(env.saveState(1)));
  const other = vectorise(definition);
  other.loadState(0, saved);
  for (let step = 0; step < 40; step++) {
    actRandomly(env, random);
    other.batch.actions.set(env.batch.actions.subarray(4));
    env.step();
    other.step();
    assert.equal(
      [...other.batch.observations],
      [...env.batch.observations.subarray(env.batch.observations.length / 2)],
    );
    assert.equal([...other.batch.rewards], [...env.batch.rewards.subarray(4)]);
  }
});

test("the bits of 20,000 steps are what they were", () => {
  const env = vectorise(cooperativeNavigation(), { copies: 20, seed: 1 });
  const random = Random.fromSeed("golden");
  const hash = createHash("sha256");
  for (let step = 0; step < 1000; step++) {
    actRandomly(env, random);
    env.step();
    hash
      .update(new Uint8Array(env.batch.observations.buffer))
      .update(new Uint8Array(env.batch.rewards.buffer));
  }
  assert.is(hash.digest("hex"), "9168c7afb79402d09d8279463530a9c4325437618082eec61d9a8fabc70a42c1");
});

test("the drawing shows every landmark and agent inside its view", () => {
  const env = vectorise(cooperativeNavigation({ agents: 2, landmarks: 3 }));
  const points = (n: number, x: number): Vector[] => Array.from({ length: n }, (_, i) => [x, i]);
  env.loadState(0, {
    state: { positions: points(2, -4), velocities: points(2, 0), landmarks: points(3, 1) },
  });
  const drawing = env.draw?.(0);
  assert.equal(drawing?.view, [-4.15, -4.15, 4.15, 4.15]);
  assert.equal(
    drawing?.shapes.map((shape) => shape?.kind === "circle" && [shape.x, shape.y, shape.label]),
    [
      [1, 0, undefined],
      [1, 1, undefined],
      [1, 2, undefined],
      [-4, 0, "0"],
      [-4, 1, "1"],
    ],
  );
});

test("wrong options, actions and states are refused by name", () => {
  assert.throws(
    () => cooperativeNavigation({ agents: 0 }),
    /agents is 0; it must be an integer from 1 to 256/,
  );
  assert.throws(
    () => cooperativeNavigation({ landmark: 2 } as object),
    /unknown key "landmark" \(did you mean "landmarks"\?\)/,
  );
  const env = vectorise(cooperativeNavigation({ agents: 2 }));
  env.batch.actions[1] = 7;
  assert.throws(() => env.step(), /agent 1 chose action 7; it must be an integer from 0 to 4/);
  const state = {
    positions: [
      [0, 0],
      [1, 1],
    ],
    velocities: [
      [0, 0],
      [1, Number.NaN],
    ],
    landmarks: [[0, 0]],
  };
  assert.throws(
    () => env.loadState(0, { state }),
    /velocities\[1\]\[1\] is NaN; it must be a finite number; landmarks is .*; it must be a list of length 2/,
  );
});

test.run();
