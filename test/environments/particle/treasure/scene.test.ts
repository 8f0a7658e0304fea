import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Point } from "../../../../src/environments/particle/points.ts";
import { BANK_REACH, TREASURE_REACH } from "../../../../src/environments/particle/treasure/scene.ts";
import { treasureCollection } from "../../../../src/environments/particle/treasure-collection.ts";
import { vectorise } from "../../../../src/environments/vectorise.ts";
import { Random } from "../../../../src/tensor/random.ts";
import { allClose, close } from "../../../support/close.ts";
import { actRandomly } from "../../../support/random-play.ts";
import { against, move, stage, stateNow } from "../../../support/treasure-stage.ts";

/** Beyond the reach of everything. */
const far: Point = [9, 9];
const farther: Point = [-9, 9];
const RIGHT = 2;
const UP = 4;

test("hunters and banks accelerate alike, by 2.25, against the damping", () => {
  const env = stage({ hunters: [{ at: [0, 0] }], banks: [{ at: far }], treasures: [{ at: farther }] });
  move(env, RIGHT, UP);
  allClose(stateNow(env).velocities.flat(), [0.225, 0, 0, 0.225], 1e-15);
  allClose(stateNow(env).positions.flat(), [0.0225, 0, 9, 9.0225], 1e-15);
  move(env, RIGHT, UP);
  allClose(stateNow(env).velocities.flat(), [0.39375, 0, 0, 0.39375], 1e-15);
});

test("nobody is faster than 1, and the direction stays", () => {
  const env = stage({
    hunters: [{ at: [0, 0], v: [3, 4] }],
    banks: [{ at: far, v: [0, -1.3] }],
    treasures: [{ at: farther }],
  });
  move(env);
  allClose(stateNow(env).velocities.flat(), [0.6, 0.8, 0, -0.975], 1e-15);
});

test("in a contact each side is pushed by the ratio of the other's mass to its own", () => {
  // 0.025 deep: f = 100 · 10⁻³ · softplus(25) = 2.5; the bank weighs 2.25 times as much.
  const env = stage({
    hunters: [{ at: [0, 0] }],
    banks: [{ at: [0, 0.1] }, { at: far }, { at: [9, 9.1] }],
    treasures: [{ at: farther }],
  });
  move(env);
  const [hunter, bank, lower, upper] = stateNow(env).velocities;
  allClose(hunter, [0, -2.25 * 2.5 * 0.1], 1e-11);
  allClose(bank, [0, ((1 / 2.25) * 2.5 * 0.1) / 2.25], 1e-11);
  // Two banks, 0.05 deep: equal masses.
  allClose([...lower, ...upper], [0, -0.5 / 2.25, 0, 0.5 / 2.25], 1e-11);
});

test("a treasure is taken after the step in which it is touched, waits a step and comes back", () => {
  const env = stage({
    hunters: [{ at: [0.5, 0.5] }],
    banks: [{ at: far }, { at: farther }],
    treasures: [{ at: [0.5, 0.55], type: 1 }],
  });
  move(env);
  const touched = stateNow(env);
  assert.equal([touched.holding, touched.unsettled], [[null], true]);
  assert.equal(touched.treasures, [{ position: [0.5, 0.55], type: 1, alive: true }]);
  move(env);
  const taken = stateNow(env);
  assert.equal(taken.holding, [1]);
  assert.equal(taken.treasures, [{ position: [0, 0], type: 1, alive: false }]);
  move(env);
  const [{ alive, position }] = stateNow(env).treasures;
  assert.ok(alive);
  assert.ok(position.every((x) => x !== 0 && Math.abs(x) < 0.95));
});

test("reaching ends at the sum of the radii, exactly", () => {
  for (const [distance, taken] of [
    [TREASURE_REACH, false],
    [TREASURE_REACH * (1 - 1e-15), true],
  ] as const) {
    const env = stage({
      hunters: [{ at: [0, 0] }],
      banks: [{ at: far }],
      treasures: [{ at: [distance, 0] }],
    });
    move(env);
    move(env);
    assert.equal(stateNow(env).holding, [taken ? 0 : null]);
  }
});

test("of two hunters on a treasure the first with empty hands takes it", () => {
  const env = stage({
    hunters: [{ at: [0, 0.072], holds: 1 }, { at: [0.068, 0] }, { at: [-0.068, 0] }],
    banks: [{ at: far }, { at: farther }],
    treasures: [{ at: [0, 0] }],
  });
  move(env);
  move(env);
  assert.equal(stateNow(env).holding, [1, 0, null]);
});

test("a hunter on two treasures takes the first and leaves the second", () => {
  const env = stage({
    hunters: [{ at: [0.5, 0] }],
    banks: [{ at: far }, { at: farther }],
    treasures: [
      { at: [0.55, 0], type: 1 },
      { at: [0.5, 0], type: 0 },
    ],
  });
  move(env);
  move(env);
  const { holding, treasures } = stateNow(env);
  assert.equal([holding, treasures.map(({ alive }) => alive)], [[1], [false, true]]);
});

test("a hunter drops what it holds at the bank of its type and at no other", () => {
  const outside = BANK_REACH + 1e-9;
  for (const [x, holds, keeps] of [
    [-0.12, 0, false],
    [-outside, 0, true],
    [-0.12, 1, true],
  ] as const) {
    const env = stage({
      hunters: [{ at: [x, 0], v: [against(-x), 0], holds }],
      banks: [{ at: [0, 0] }, { at: far }],
      treasures: [{ at: farther }],
    });
    move(env);
    assert.equal(stateNow(env).holding, [holds], "until the step is settled");
    move(env);
    assert.equal(stateNow(env).holding, [keeps ? holds : null]);
  }
});

test("a treasure that is taken at its bank is dropped at once", () => {
  const env = stage({
    hunters: [{ at: [0, 0], v: [against(0.12), 0] }],
    banks: [{ at: [0.12, 0] }],
    treasures: [{ at: [0, 0] }],
  });
  const rewards = [move(env), move(env)].map(([, bank]) => bank);
  assert.equal(stateNow(env).holding, [null]);
  close(rewards[0], 5, 0.1, "collected");
  close(rewards[1], 0, 0.1, "never deposited");
});

test("nothing is settled at the start of an episode, also when a hunter starts on a treasure", () => {
  const env = stage({ hunters: [{ at: [0, 0] }], banks: [{ at: far }], treasures: [{ at: [0.01, 0] }] });
  assert.is(stateNow(env).unsettled, false);
  assert.ok(move(env)[1] > 3, "still there to be collected");
  env.reset();
  assert.is(stateNow(env).unsettled, false);
});

test("starts and returns are uniform: agents in [−1, 1)², treasures in [−0.95, 0.95)² of any type", () => {
  const copies = 3000;
  const env = vectorise(treasureCollection({ hunters: 1, banks: 3, treasures: 2 }), { copies, seed: 8 });
  const moments = (values: readonly number[], half: number, what: string) => {
    const n = values.length;
    assert.ok(values.every((x) => x >= -half && x < half));
    close(
      values.reduce((sum, x) => sum + x / n, 0),
      0,
      5 * half * Math.sqrt(1 / 3 / n),
      `${what}: mean`,
    );
    const square = values.reduce((sum, x) => sum + (x * x) / n, 0);
    close(square, half ** 2 / 3, 5 * half ** 2 * Math.sqrt(4 / 45 / n), `${what}: mean square`);
  };
  const check = (what: string) => {
    const all = Array.from({ length: copies }, (_, copy) => env.saveState(copy).state.treasures).flat();
    moments(
      all.flatMap(({ position }) => position),
      0.95,
      what,
    );
    for (const type of [0, 1, 2]) {
      const share = all.filter((treasure) => treasure.type === type).length / all.length;
      close(share, 1 / 3, 5 * Math.sqrt(2 / 9 / all.length), `${what}: type ${type}`);
    }
  };
  const starts = Array.from({ length: copies }, (_, copy) => env.saveState(copy).state);
  moments(
    starts.flatMap(({ positions }) => positions.flat()),
    1,
    "agents",
  );
  assert.ok(
    starts.every(({ velocities, holding }) => !velocities.flat().some(Boolean) && holding[0] === null),
  );
  check("start");
  const gone = { position: [0, 0], type: 0, alive: false } as const;
  for (const [copy, state] of starts.entries())
    env.loadState(copy, { state: { ...state, treasures: [gone, gone], unsettled: true } });
  env.step();
  check("return");
});

test("a copy's treasures come back by its own stream, whatever the other copies do", () => {
  const definition = treasureCollection({ hunters: 4, banks: 2, episodeLimit: 60 });
  const many = vectorise(definition, { copies: 3, seed: 6 });
  const alone = vectorise(definition, { copies: 1, seed: 6, firstCopy: 2 });
  const random = Random.fromSeed("streams");
  for (let step = 0; step < 300; step++) {
    actRandomly(many, random);
    alone.batch.actions.set(many.batch.actions.subarray(12));
    many.step();
    alone.step();
    assert.equal(alone.saveState(0), many.saveState(2));
  }
});

test.run();
