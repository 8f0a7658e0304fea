import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  box,
  discrete,
  flatSize,
  headSizes,
  multiDiscrete,
  requireSpace,
  type Space,
} from "../../src/environments/spaces.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";

test("constructors give plain data with Gymnasium's names", () => {
  assert.equal(box(-1, 1, [2, 3]), { type: "box", shape: [2, 3], low: -1, high: 1 });
  assert.equal(box([0, -1], 5), { type: "box", shape: [2], low: [0, -1], high: 5 });
  assert.equal(box(0, Float32Array.of(1, 2, 3)).shape, [3]);
  assert.equal(box(0, 1).shape, [1]);
  assert.equal(discrete(5), { type: "discrete", n: 5 });
  assert.equal(multiDiscrete([2, 3]), { type: "multi_discrete", nvec: [2, 3] });
  assert.is(box(-Infinity, Infinity, [4]).high, Infinity);
});

test("flat sizes count entries of boxes and choices of the others", () => {
  assert.is(flatSize(box(0, 1, [2, 3])), 6);
  assert.is(flatSize(discrete(5)), 5);
  assert.is(flatSize(multiDiscrete([2, 3, 4])), 9);
  assert.equal(
    [headSizes(box(0, 1)), headSizes(discrete(5)), headSizes(multiDiscrete([2, 3]))],
    [[], [5], [2, 3]],
  );
});

test("impossible spaces are refused with the reason", () => {
  const cases: readonly (readonly [() => Space, RegExp])[] = [
    [() => discrete(0), /discrete n is 0; it must be an integer from 1/],
    [() => discrete(2.5), /discrete n is 2.5/],
    [() => discrete(Number.NaN), /discrete n is NaN/],
    [() => multiDiscrete([]), /nvec is \[\]; it must be a list/],
    [() => multiDiscrete([3, -1]), /nvec is \[3,-1\]/],
    [() => box(0, 1, [0]), /box shape is \[0\]/],
    [() => box(0, 1, [3.5]), /box shape is \[3.5\]/],
    [() => box(Number.NaN, 1), /box low is NaN; it must be a number or 1 numbers, none NaN/],
    [() => box([0, 1], 1, [3]), /box low is \[0,1\]; it must be a number or 3 numbers/],
    [() => box(0, [1, Number.NaN]), /box high is/],
    [() => box([0, 3], [1, 2]), /box low\[1\] is 3, above high\[1\] = 2/],
    [
      () => requireSpace({ type: "dict" } as unknown as Space, "space of a"),
      /space of a: got .*; it must be made by box\(\)/,
    ],
    [() => requireSpace(undefined as unknown as Space), /space: got undefined/],
  ];
  for (const [make, message] of cases) {
    assert.throws(
      make,
      (error: unknown) => error instanceof InvalidInputError && message.test(error.message),
    );
  }
});

test.run();
