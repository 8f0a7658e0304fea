/** Moving and loading in scenes worked out by hand. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { allClose } from "../../support/close.ts";
import { east, load, north, showField, south, stageField, stay, west } from "../../support/field.ts";
import { play } from "../../support/moves.ts";

/** Plays one step and compares the scene after it. */
function moves(before: readonly string[], actions: readonly number[], after: readonly string[]): void {
  const env = stageField(
    before,
    actions.map(() => 1),
  );
  play(env, ...actions);
  assert.equal(showField(env, before.length), after);
}

test("players go where their action points, not over the edge and not onto food", () => {
  const scene = [".....", ".A...", "..1..", "....B", "....."];
  moves(scene, [north, south], [".A...", ".....", "..1..", ".....", "....B"]);
  moves(scene, [west, north], [".....", "A....", "..1.B", ".....", "....."]);
  moves(scene, [east, east], [".....", "..A..", "..1..", "....B", "....."]);
  moves(scene, [south, west], [".....", ".....", ".A1..", "...B.", "....."]);
  moves(
    [".....", "..A..", ".B1..", ".....", "....."],
    [south, east],
    [".....", "..A..", ".B1..", ".....", "....."],
  );
  moves(
    ["A....", ".....", "..1..", ".....", "....B"],
    [north, south],
    ["A....", ".....", "..1..", ".....", "....B"],
  );
  moves(
    ["A....", ".....", "..1..", ".....", "....B"],
    [west, east],
    ["A....", ".....", "..1..", ".....", "....B"],
  );
});

test("nobody gets a cell that two want, or whose owner stays, and those behind them stay too", () => {
  const still = [".....", ".A.B.", ".....", "...1.", "....."];
  moves(still, [east, west], still);
  const waiting = [".....", ".AB..", ".....", "...1.", "....."];
  moves(waiting, [east, stay], waiting);
  const chain = ["..D..", "A.B..", "..C..", "...1.", "....."];
  moves(chain, [stay, north, north, stay], chain);
  moves(
    ["CA.B.", ".....", ".....", "...1.", "....."],
    [east, west, east],
    ["CA.B.", ".....", ".....", "...1.", "....."],
  );
});

test("a cell that is left in the same step can be entered; two may change places", () => {
  moves(
    ["AB...", ".....", "..1..", ".....", "....."],
    [east, east],
    [".AB..", ".....", "..1..", ".....", "....."],
  );
  moves(
    ["AB...", ".....", "..1..", ".....", "....."],
    [east, west],
    ["BA...", ".....", "..1..", ".....", "....."],
  );
});

test("one who is strong enough eats alone and gets the food's part of all food", () => {
  const env = stageField([".....", ".A2..", ".....", "..1B.", "....."], [2, 1]);
  allClose(play(env, load, stay), [2 / 3, 0], 1e-7);
  assert.equal(showField(env, 5), [".....", ".A...", ".....", "..1B.", "....."]);
  assert.is(env.batch.terminated[0], 0);
  allClose(play(env, stay, load), [0, 1 / 3], 1e-7);
  assert.equal([...env.batch.terminated, ...env.batch.truncated], [1, 0]);
  assert.equal([...env.batch.metrics], [2, 1]);
  allClose(env.batch.episodeReturns, [2 / 3, 1 / 3], 1e-7);
});

test("loaders beside the same food join and share by level; one who only stands there gets nothing", () => {
  const rows = [".....", ".A...", "..4B.", "..C..", "....."];
  const alone = stageField(["..A..", "..4B.", "..C..", ".....", "....."], [1, 2, 2]);
  allClose(play(alone, load, load, stay), [0, 0, 0], 0, "levels 1 + 2 < 4");
  assert.ok(alone.saveState(0).state.food[0].level === 4);
  allClose(play(alone, stay, load, load), [0, 0.5, 0.5], 1e-7);
  const three = stageField(["..A..", "..4B.", "..C..", ".....", "....."], [1, 2, 2]);
  allClose(play(three, load, load, load), [0.2, 0.4, 0.4], 1e-7);
  const apart = stageField(rows, [3, 2, 2]);
  allClose(play(apart, load, load, load), [0, 0.5, 0.5], 1e-7, "A is beside no food");
});

test("players load where they stand before anyone moves, and others may leave meanwhile", () => {
  const env = stageField([".....", ".A1B.", ".....", ".1...", "....."], [1, 1]);
  allClose(play(env, load, east), [0.5, 0], 0);
  const { row, column } = env.saveState(0).state.players[1];
  assert.equal([row, column], [1, 4]);
});

test("loading in vain costs the penalty, but only beside food", () => {
  const env = stageField([".....", ".A3..", ".....", "....B", "....."], [1, 1], { penalty: 0.1 });
  allClose(play(env, load, load), [-0.1, 0], 1e-8);
});

test("shared rewards give everyone the sum", () => {
  const env = stageField([".....", ".A2..", "..B..", ".....", "....."], [1, 1], { rewards: "shared" });
  allClose(play(env, load, load), [1, 1], 1e-7);
  allClose(env.batch.episodeReturns, [1, 1], 1e-7);
});

test("the mask shows what would do something", () => {
  const env = stageField(["A....", ".....", "..1B.", ".....", "....."], [1, 1], { actionMasks: true });
  assert.equal([...env.batch.mask.subarray(0, 6)], [1, 0, 1, 0, 1, 0]);
  assert.equal([...env.batch.mask.subarray(6)], [1, 1, 1, 0, 1, 1]);
});

test.run();
