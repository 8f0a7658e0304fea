/** What players of level-based foraging see, how episodes start, and what holds in all play. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { toParallel } from "../../../src/environments/adapters.ts";
import { checkEnvironment } from "../../../src/environments/check.ts";
import { levelBasedForaging } from "../../../src/environments/foraging/level-based.ts";
import { vectorise } from "../../../src/environments/vectorise.ts";
import { Random } from "../../../src/tensor/random.ts";
import { close } from "../../support/close.ts";
import { load, stageField, stay } from "../../support/field.ts";
import { moveRandomly, play, seen } from "../../support/moves.ts";
import { refuses } from "../../support/refuses.ts";

const rows = ["A....", "..3..", ".....", ".B..1", "....."];

test("with full sight all see all food, themselves and the others, in rows and columns of the field", () => {
  const env = stageField(rows, [1, 2]);
  const food = [1, 2, 3, 3, 4, 1];
  const [a, b] = [
    [0, 0, 1],
    [3, 1, 2],
  ];
  assert.equal([...env.batch.observations], [...food, ...a, ...b, ...food, ...b, ...a]);
  assert.equal([...env.batch.state], [...food, ...a, ...b]);
});

test("with less sight rows and columns count from the corner in sight, and what is missing is (−1, −1, 0)", () => {
  const env = stageField(rows, [1, 2], { sight: 2 });
  const none = [-1, -1, 0];
  assert.equal([...env.batch.observations.subarray(0, 12)], [1, 2, 3, ...none, 0, 0, 1, ...none]);
  assert.equal([...env.batch.observations.subarray(12)], [0, 2, 3, ...none, 2, 1, 2, ...none]);
  const near = stageField(["A....", ".B3..", ".....", "....1", "....."], [1, 2], { sight: 2 });
  assert.equal([...near.batch.observations.subarray(12)], [1, 2, 3, ...none, 1, 1, 2, 0, 0, 1]);
});

test("eaten food leaves the list, and the rest moves up", () => {
  const env = stageField([".....", ".A1..", ".....", "..2B.", "....."], [1, 1]);
  play(env, load, stay);
  const [a, b] = [
    [1, 1, 1],
    [3, 3, 1],
  ];
  assert.equal([...env.batch.state], [3, 2, 2, -1, -1, 0, ...a, ...b]);
  assert.equal(env.draw?.(0).shapes.filter((shape) => shape?.kind === "circle").length, 3);
  assert.is(env.draw?.(0).shapes.filter((shape) => shape === null).length, 1);
});

test("players start anywhere, each cell and level equally often", () => {
  const copies = 20_000;
  const env = vectorise(levelBasedForaging({ size: 5, maxLevel: 3, players: 2, food: 1 }), { copies });
  const cells = new Array<number>(25).fill(0);
  const levels = [0, 0, 0];
  for (let c = 0; c < copies; c++) {
    const [, { row, column, level }] = env.saveState(c).state.players;
    cells[5 * row + column]++;
    levels[level - 1]++;
  }
  const tolerance = (p: number) => 4.5 * Math.sqrt((p * (1 - p)) / copies);
  for (const n of cells) close(n / copies, 1 / 25, tolerance(1 / 25), "cell, 4.5 standard errors");
  for (const n of levels) close(n / copies, 1 / 3, tolerance(1 / 3), "level, 4.5 standard errors");
});

test("food lies off the edge, apart, with levels up to the three lowest players' sum, or at it", () => {
  for (const forceCoop of [false, true]) {
    const copies = 1000;
    const env = vectorise(levelBasedForaging({ size: 9, players: 4, food: 4, forceCoop }), { copies });
    const shares: number[] = [];
    for (let c = 0; c < copies; c++) {
      const { players, food, spawned } = env.saveState(c).state;
      const levels = players.map(({ level }) => level).sort();
      const highest = levels[0] + levels[1] + levels[2];
      for (const [i, a] of food.entries()) {
        assert.ok(a.row > 0 && a.row < 8 && a.column > 0 && a.column < 8);
        assert.ok(a.level >= (forceCoop ? highest : 1) && a.level <= highest);
        shares.push((a.level - 1) / (highest - 1));
        for (const b of food.slice(i + 1)) {
          const [dr, dc] = [Math.abs(a.row - b.row), Math.abs(a.column - b.column)];
          assert.ok(dr > 1 || dc > 1);
          assert.ok(dr + dc !== 2 || dr === dc, "not two cells away in a line");
          assert.ok(b.row > a.row || (b.row === a.row && b.column > a.column), "in reading order");
        }
      }
      assert.is(
        spawned,
        food.reduce((sum, { level }) => sum + level, 0),
      );
    }
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    close(
      mean,
      forceCoop ? 1 : 0.5,
      0.025,
      "mean level between lowest and highest; 4 standard errors of uniform",
    );
  }
});

test("in all play cells hold one thing, and returns sum to the part of the food that was eaten", () => {
  const options = fc.record({
    size: fc.integer({ min: 5, max: 7 }),
    players: fc.integer({ min: 1, max: 6 }),
    food: fc.integer({ min: 1, max: 5 }),
    seed: fc.nat(1000),
  });
  fc.assert(
    fc.property(options, ({ seed, ...given }) => {
      const env = vectorise(levelBasedForaging({ ...given, actionMasks: true }), { seed });
      const random = Random.fromSeed(seed);
      let paid = 0;
      for (let step = 0; step < 49; step++) {
        const { mask } = env.batch;
        const before = env.saveState(0).state;
        moveRandomly(env, random);
        const idle = env.batch.actions.every((move, i) => mask[6 * i + move] === 0);
        env.step();
        if (env.batch.terminated[0]) break;
        paid += env.batch.rewards.reduce((sum, reward) => sum + reward, 0);
        const { players, food, spawned } = env.saveState(0).state;
        if (idle) assert.equal(players, before.players);
        const present = [...players, ...food.filter(({ level }) => level > 0)];
        assert.is(new Set(present.map(({ row, column }) => row * 10 + column)).size, present.length);
        const left = food.reduce((sum, { level }) => sum + level, 0);
        close(paid, (spawned - left) / spawned, 1e-6, "sum of rewards");
      }
    }),
    { numRuns: 40 },
  );
});

test("a state saved in the middle of an episode continues to the same bits", () => {
  const env = vectorise(levelBasedForaging({ size: 5, players: 3, episodeLimit: 15 }), {
    copies: 2,
    seed: 4,
  });
  const random = Random.fromSeed("moves");
  const actions = Array.from({ length: 60 }, () => {
    moveRandomly(env, random);
    return env.batch.actions.slice();
  });
  const run = (from: number, to: number) =>
    actions.slice(from, to).map((moves) => {
      env.batch.actions.set(moves);
      env.step();
      return seen(env);
    });
  run(0, 20);
  const saved = [0, 1].map((c) => JSON.stringify(env.saveState(c)));
  const first = run(20, 60);
  assert.ok(first.some(([, , , rewards]) => rewards.some((reward) => reward > 0)));
  for (const [c, text] of saved.entries()) env.loadState(c, JSON.parse(text));
  assert.equal(run(20, 60), first);
});

test("it keeps the contract in every variant", async () => {
  for (const options of [
    { actionMasks: true, sight: 2 },
    { players: 4, food: 3, forceCoop: true },
  ])
    await checkEnvironment(toParallel(levelBasedForaging(options)), { steps: 400, longestEpisode: 50 });
});

test("a field so full of players that no food fits is saved and loaded as any other", () => {
  const env = vectorise(levelBasedForaging({ size: 5, players: 16, food: 2 }), { copies: 2000, seed: 4 });
  const copies = Array.from({ length: env.copies }, (_, copy) => copy);
  const bare = copies.filter((copy) => env.saveState(copy).state.spawned === 0);
  // Sixteen players on 25 cells leave none of the inner nine free with chance 0.0056: 11 of 2000 copies.
  assert.ok(bare.length > 0);
  for (const copy of bare) {
    const saved = env.saveState(copy);
    env.loadState(copy, saved);
    assert.equal(env.saveState(copy), saved);
  }
});

test("wrong options, moves and states are refused by name", () => {
  refuses(() => levelBasedForaging({ size: 4 }), "size is 4", "from 5 to 64");
  refuses(() => levelBasedForaging({ forcecoop: true } as object), 'did you mean "forceCoop"');
  const env = vectorise(levelBasedForaging());
  refuses(() => play(env, 6, 0), "agent 0 chose action 6", "from 0 to 5");
  const { state } = env.saveState(0);
  const clash = { ...state, players: [state.players[0], state.players[0]] };
  refuses(() => env.loadState(0, { state: clash }), "holds two things");
  refuses(() => env.loadState(0, { state: { ...state, food: [] } }), "food", "length 2");
  refuses(() => env.loadState(0, { state: { ...state, spawned: 0 } }), "spawned is 0");
});

test.run();
