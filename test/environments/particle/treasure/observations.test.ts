import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Point } from "../../../../src/environments/particle/points.ts";
import { treasureCollection } from "../../../../src/environments/particle/treasure-collection.ts";
import { move, seen, stage, stateNow, stateOf } from "../../../support/treasure-stage.ts";

const rounded = (values: readonly number[]) => values.map(Math.fround);

test("sizes follow from hunters, banks and treasures", () => {
  for (const [hunters, banks, ofHunters, ofBanks] of [
    [6, 2, 86, 84],
    [10, 2, 134, 132],
    [9, 3, 162, 159],
    [1, 1, 14, 13],
  ]) {
    const { spec } = treasureCollection({ hunters, banks });
    const sizes = [...new Array(hunters).fill(ofHunters), ...new Array(banks).fill(ofBanks)];
    assert.equal([...spec.observationSizes], sizes);
    assert.equal([spec.observationSize, spec.stateSize], [ofHunters, ofHunters]);
  }
  const { spec } = treasureCollection({ hunters: 2, banks: 1, treasures: 5 });
  assert.equal([...spec.observationSizes], [32, 32, 31]);
});

test("agents see themselves, then the others and the treasures from near to far", () => {
  const env = stage({
    hunters: [
      { at: [0.1, 0.2], v: [0.3, 0.4], holds: 1 },
      { at: [1.1, 0.2], v: [-0.5, 0] },
    ],
    banks: [{ at: [0.1, 2.2], v: [0, 0.6] }, { at: [0.6, 0.2] }],
    treasures: [
      { at: [0.1, 3.2], type: 1 },
      { at: [0.4, 0.6], type: 0 },
    ],
  });
  const own = [0.1, 0.2, 0.3, 0.4, 0, 1];
  const bank1 = [0.6 - 0.1, 0, 0, 0, 0, 1, 0, 0];
  const hunter1 = [1.1 - 0.1, 0, -0.5, 0, 0, 0, 0, 0];
  const bank0 = [0, 2.2 - 0.2, 0, 0.6, 1, 0, 0, 0];
  const treasures = [0.4 - 0.1, 0.6 - 0.2, 1, 0, 0, 3.2 - 0.2, 0, 1];
  assert.equal(seen(env, 0), rounded([...own, ...bank1, ...hunter1, ...bank0, ...treasures]));
  const hunter0 = [0.1 - 0.6, 0, 0.3, 0.4, 0, 0, 0, 1];
  const other = [1.1 - 0.6, 0, -0.5, 0, 0, 0, 0, 0];
  const zero = [0.1 - 0.6, 2.2 - 0.2, 0, 0.6, 1, 0, 0, 0];
  const dots = [0.4 - 0.6, 0.6 - 0.2, 1, 0, 0.1 - 0.6, 3.2 - 0.2, 0, 1];
  assert.equal(seen(env, 3), rounded([0.6, 0.2, 0, 0, ...hunter0, ...other, ...zero, ...dots]), "a bank");
  assert.equal([...env.batch.observations.subarray(3 * 38 + 36)], [0, 0], "padding");
  assert.equal([...env.batch.state], seen(env, 0), "the central state");
});

test("by number, everyone sees the others in their order, and the treasures as before", () => {
  const cast = {
    hunters: [{ at: [0, 0] as const }, { at: [3, 0] as const }, { at: [1, 0] as const }],
    banks: [{ at: [2, 0] as const }],
    treasures: [{ at: [0, 5] as const }, { at: [0, 4] as const }],
  };
  const env = stage(cast, { agentOrder: "number" });
  const ways = (agent: number, own: number) => [0, 1, 2].map((k) => seen(env, agent)[own + 6 * k]);
  assert.equal(ways(0, 5), [3, 1, 2]);
  assert.equal(ways(2, 5), [-1, 2, 1]);
  assert.equal(ways(3, 4), [-2, 1, -1], "a bank");
  assert.equal([seen(env, 0)[24], seen(env, 0)[27]], [4, 5], "treasures");
});

test("numbers are rounded once, from f64 differences", () => {
  const [x, y] = [100.123456789, 103.987654321];
  const env = stage({ hunters: [{ at: [x, 0] }], banks: [{ at: [y, 0] }], treasures: [{ at: [-y, 0] }] });
  assert.is(seen(env, 0)[5], Math.fround(y - x));
  assert.is(seen(env, 0)[11], Math.fround(-y - x));
  assert.is.not(Math.fround(y - x), Math.fround(Math.fround(y) - Math.fround(x)));
});

test("of things at the same distance the first comes first, whatever the order was before", () => {
  const around: readonly Point[] = [
    [1, 0],
    [0, 1],
    [-1, 0],
    [0, -1],
  ];
  const cast = (places: readonly Point[]) => ({
    hunters: [{ at: [0, 0] as const }, ...places.slice(0, 3).map((at) => ({ at }))],
    banks: [{ at: places[3] }],
    treasures: places.map((at) => ({ at })),
  });
  const env = stage(cast(around.map(([x, y], i): Point => [x * (4 - i), y * (4 - i)])));
  const offsets = (first: number, size: number) =>
    around.map((_, k) => seen(env, 0).slice(first + k * size, first + k * size + 2));
  assert.equal(offsets(5, 6), [
    [0, -1],
    [-2, 0],
    [0, 3],
    [4, 0],
  ]);
  env.loadState(0, { state: stateOf(cast(around)) });
  assert.equal(offsets(5, 6), around, "agents");
  assert.equal(offsets(29, 3), around, "treasures");
});

test("a treasure that was taken is seen once at the origin, with its old type, and pays nobody", () => {
  const env = stage({
    hunters: [{ at: [0.5, 0] }],
    banks: [{ at: [0, 9] }, { at: [9, 0] }],
    treasures: [{ at: [0.5, 0.01], type: 1 }],
  });
  const treasure = () => seen(env, 0).slice(-4);
  move(env);
  assert.equal([seen(env, 0)[5], treasure()], [0, rounded([0, 0.01, 0, 1])], "touched");
  const rewards = move(env);
  assert.equal([seen(env, 0)[5], treasure()], [1, [-0.5, 0, 0, 1]], "taken");
  assert.ok(rewards[1] < 0);
  move(env);
  const [{ position, type }] = stateNow(env).treasures;
  const [x, y] = stateNow(env).positions[0];
  const hot = [0, 0];
  hot[type] = 1;
  assert.equal(treasure(), rounded([position[0] - x, position[1] - y, ...hot]), "back");
  assert.not.equal(position, [0, 0]);
});

test.run();
