/** Shapes and how they broadcast. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  broadcastShapes,
  formatShape,
  repetitions,
  requireShape,
  type Shape,
  sizeOf,
} from "../../src/tensor/shape.ts";
import { refuses } from "../support/refuses.ts";

const shapes = fc.array(fc.constantFrom(0, 1, 2, 3), { maxLength: 4 });

test("sizes multiply, and a scalar holds one value", () => {
  assert.is(sizeOf([]), 1);
  assert.is(sizeOf([2, 3, 4]), 24);
  assert.is(sizeOf([5, 0]), 0);
});

test("broadcasting aligns the last axes as NumPy does", () => {
  const known: [Shape, Shape, Shape | undefined][] = [
    [[], [2, 3], [2, 3]],
    [[3], [2, 3], [2, 3]],
    [[2, 1], [3], [2, 3]],
    [
      [4, 1, 2],
      [3, 1],
      [4, 3, 2],
    ],
    [[1], [0], [0]],
    [[2], [2, 3], undefined],
    [[2, 3], [3, 2], undefined],
  ];
  for (const [a, b, expected] of known) {
    assert.equal(broadcastShapes(a, b), expected, `${formatShape(a)} and ${formatShape(b)}`);
    assert.equal(broadcastShapes(b, a), expected, `${formatShape(b)} and ${formatShape(a)}`);
  }
});

test("repetitions account for every value of the larger shape", () => {
  fc.assert(
    fc.property(shapes, shapes, (small, other) => {
      const large = broadcastShapes(small, other);
      if (large === undefined) return;
      let size = sizeOf(small);
      for (const { outer, count, inner } of repetitions("test", small, large)) {
        assert.is(outer * inner, size, `${formatShape(small)} in ${formatShape(large)}`);
        size *= count;
      }
      assert.is(size, sizeOf(large));
    }),
  );
});

test("neighbouring repeated axes make one repetition", () => {
  assert.equal(repetitions("test", [3], [4, 5, 3]), [{ outer: 1, count: 20, inner: 3 }]);
  assert.equal(repetitions("test", [4, 1, 3, 1], [4, 5, 3, 2]), [
    { outer: 4, count: 5, inner: 3 },
    { outer: 60, count: 2, inner: 1 },
  ]);
  assert.equal(repetitions("test", [2, 3], [2, 3]), []);
});

test("what does not fit is refused with both shapes", () => {
  refuses(() => repetitions("sumTo", [2], [3, 4]), "sumTo", "[2]", "[3, 4]");
  refuses(() => repetitions("broadcast", [3, 4], [4]), "broadcast", "[3, 4]", "[4]");
  refuses(() => requireShape("weights", [2, 3], 5), "weights", "[2, 3]", "6", "5");
  refuses(() => requireShape("weights", [2.5], 5), "weights", "integers ≥ 0");
  requireShape("weights", [0, 3], 0);
});

test.run();
