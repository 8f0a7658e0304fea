import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Point } from "../../../../src/environments/particle/points.ts";
import { allClose } from "../../../support/close.ts";
import { against, type Cast, move, stage, stateNow } from "../../../support/treasure-stage.ts";

/** Of numbers below 100 in f32. */
const TOLERANCE = 4e-6;
const far: Point = [9, 9];

test("banks pay for the ways that are left: to treasures, to banks, to customers or to the centre", () => {
  const env = stage({
    hunters: [{ at: [0, 0] }, { at: [1, 0], holds: 0 }],
    banks: [{ at: [0, 1] }, { at: [3, 0] }],
    treasures: [{ at: [0, 0.2], alive: false }, { at: [0, -0.5], type: 1 }, { at: [2, 2] }],
  });
  const ways = 0.5 + Math.SQRT2;
  const expected = [0, 0, -0.1 * Math.SQRT2 - 0.1 * ways, -0.1 * 2.5 - 0.1 * ways];
  allClose(move(env), expected, TOLERANCE);
});

test("a bank's nearest customer counts, not its farthest or those of others", () => {
  const env = stage({
    hunters: [
      { at: [0, 0], holds: 0 },
      { at: [2, 0], holds: 0 },
      { at: [4, 0.5], holds: 1 },
    ],
    banks: [{ at: [4, 0] }, { at: [4, 3] }],
    treasures: [{ at: far }],
  });
  const ways = 4 + 2 + 2.5;
  allClose(move(env).slice(3), [-0.1 * (2 + ways), -0.1 * (2.5 + ways)], TOLERANCE);
});

test("each bank gets every collection once a hunter, and every deposit once more", () => {
  // Two hunters on one treasure; a third on the bank of what it holds, a fourth on another bank.
  const env = stage({
    hunters: [
      { at: [0, 0.06] },
      { at: [0, -0.06] },
      { at: [3, 0.12], v: [0, -against(0.12)], holds: 0 },
      { at: [3, -0.12], v: [0, against(0.12)], holds: 1 },
    ],
    banks: [{ at: [3, 0] }, { at: [6, 0] }],
    treasures: [{ at: [0, 0] }, { at: [0, 5] }],
  });
  const rewards = move(env);
  const { positions } = stateNow(env);
  const way = (a: number, b: Point) => Math.hypot(positions[a][0] - b[0], positions[a][1] - b[1]);
  const ways = way(0, [0, 0]) + way(1, [0, 0]) + way(2, positions[4]) + way(3, positions[5]);
  const events = 4 * 5 * 2 + (4 + 1) * 5 * 1;
  const bank = (customer: number, b: number) => -0.1 * (ways + way(customer, positions[b])) + events;
  allClose(rewards, [0, 0, 0, 0, bank(2, 4), bank(3, 5)], TOLERANCE);
  assert.equal([...env.batch.metrics], [2, 1, 0]);
});

test("hunters lose 5 for every other hunter that they touch, and nothing for banks", () => {
  // The speed is what the push of the contact takes away: f = 100 · 0.02.
  const speed = (100 * 0.02 * 0.1) / 0.75;
  const env = stage({
    hunters: [{ at: [-0.04, 0], v: [speed, 0] }, { at: [0.04, 0], v: [-speed, 0] }, { at: [2, 0] }],
    banks: [{ at: [2, 0.12] }],
    treasures: [{ at: far }],
  });
  assert.equal(move(env).slice(0, 3), [-5, -5, 0]);
  assert.equal([...env.batch.metrics], [0, 0, 1]);
});

test("what hunters hold before anything is settled decides", () => {
  const env = stage({
    hunters: [{ at: [0, 0] }],
    banks: [{ at: [3, 0] }],
    treasures: [{ at: [0, 0.05] }, { at: [0, 2] }],
  });
  allClose(move(env), [0, -0.1 * 3 - 0.1 * 0.05 + 5], TOLERANCE, "touched with empty hands");
  allClose(move(env), [0, -0.1 * 3 - 0.1 * 3], TOLERANCE, "on the way to the bank");
});

test("a hunter costs nothing while no treasure is alive, and deposits count all the same", () => {
  const gone = { at: [0, 0], alive: false } as const;
  const env = stage({
    hunters: [{ at: [0, 0] }, { at: [1, 0] }, { at: [5, 0.12], v: [0, -against(0.12)], holds: 0 }],
    banks: [{ at: [5, 0] }],
    treasures: [gone, gone, gone],
  });
  const [, , , bank] = move(env);
  const { positions } = stateNow(env);
  const way = Math.hypot(positions[2][0] - positions[3][0], positions[2][1] - positions[3][1]);
  allClose([bank], [-0.1 * way - 0.1 * way + 4 * 5], TOLERANCE);
  assert.ok(
    stateNow(env).treasures.every(({ alive }) => !alive),
    "they come back when the step is settled",
  );
});

test("central rewards give hunter 0 the sum of all shares", () => {
  const speed = (100 * 0.02 * 0.1) / 0.75;
  const cast: Cast = {
    hunters: [
      { at: [-0.04, 0], v: [speed, 0] },
      { at: [0.04, 0], v: [-speed, 0] },
    ],
    banks: [{ at: [2, 0] }, { at: [2, 1] }],
    treasures: [{ at: [0, 0.03] }],
  };
  const shares = move(stage(cast));
  const central = stage(cast, { rewards: "central" });
  const [first, ...others] = move(central);
  allClose([first], [shares.reduce((sum, share) => sum + share, 0)], 1e-5);
  assert.ok(shares[0] === -5 && shares[1] === -5 && shares[2] > 15);
  assert.equal(others, [0, 0, 0]);
});

test("metrics belong to one episode, also after saving and loading", () => {
  const cast: Cast = {
    hunters: [{ at: [0, 0] }],
    banks: [{ at: far }],
    treasures: [{ at: [0, 0.01] }],
  };
  const env = stage(cast, { episodeLimit: 3 });
  move(env);
  assert.equal([...env.batch.metrics], [1, 0, 0]);
  const saved = JSON.parse(JSON.stringify(env.saveState(0)));
  assert.equal(saved.metrics, [1, 0, 0]);
  const other = stage(cast, { episodeLimit: 3 });
  other.loadState(0, saved);
  move(other);
  move(other);
  assert.equal([other.batch.truncated[0], [...other.batch.metrics]], [1, [1, 0, 0]], "the last episode's");
  other.loadState(0, { state: { ...stateNow(other), unsettled: true } });
  assert.equal([...other.batch.metrics], [0, 0, 0]);
});

test.run();
