import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { contains, flatten, sample, violation } from "../../src/environments/space-values.ts";
import { box, discrete, flatSize, multiDiscrete, type Space } from "../../src/environments/spaces.ts";
import { Random } from "../../src/tensor/random.ts";
import { close } from "../support/close.ts";

const spaces: fc.Arbitrary<Space> = fc.oneof(
  fc.nat({ max: 6 }).map((n) => discrete(n + 1)),
  fc
    .array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 4 })
    .map((sizes) => multiDiscrete(sizes.map((n) => n + 1))),
  fc
    .array(
      fc.tuple(fc.double({ min: -9, max: 9, noNaN: true }), fc.double({ min: 0, max: 9, noNaN: true })),
      { minLength: 1, maxLength: 4 },
    )
    .map((bounds) =>
      box(
        bounds.map(([low]) => low),
        bounds.map(([low, width]) => low + width),
      ),
    ),
  fc.constantFrom(box(-Infinity, Infinity, [3]), box(2, Infinity, [2]), box(-Infinity, 2, [2])),
);

test("samples belong to their space and are laid flat inside their slot", () => {
  fc.assert(
    fc.property(spaces, fc.nat(), (space, seed) => {
      const value = sample(space, Random.fromSeed(seed));
      assert.is(violation(space, value), undefined);
      const out = new Float32Array(flatSize(space) + 2).fill(7);
      flatten(space, value, out, 1);
      assert.equal([out[0], out.at(-1)], [7, 7]);
      if (space.type === "box") assert.equal([...out.subarray(1, -1)], [...(value as Float32Array)]);
      else
        assert.is(
          out.subarray(1, -1).reduce((a, b) => a + b),
          space.type === "discrete" ? 1 : space.nvec.length,
        );
    }),
    { numRuns: 300 },
  );
});

test("choices are laid flat one-hot, head after head", () => {
  const out = new Float32Array(5).fill(9);
  flatten(multiDiscrete([2, 3]), [1, 0], out, 0);
  assert.equal([...out], [0, 1, 1, 0, 0]);
  flatten(discrete(3), 2, out, 1);
  assert.equal([...out], [0, 0, 0, 1, 0]);
});

test("masks rule choices out, others stay equally likely", () => {
  const random = Random.fromSeed(1);
  const counts = new Float64Array(5);
  for (let i = 0; i < 6000; i++) {
    const [first, second] = sample(multiDiscrete([2, 3]), random, [0, 1, 1, 0, 1]) as Int32Array;
    counts[first]++;
    counts[2 + second]++;
  }
  assert.equal([counts[0], counts[1], counts[3]], [0, 6000, 0]);
  close(counts[2], 3000, 5 * Math.sqrt(1500), "first legal choice");
});

test("what does not belong is located and explained", () => {
  const cases: readonly (readonly [Space, unknown, string, RegExp, boolean?])[] = [
    [discrete(3), 3, "", /is 3; it must be an integer from 0 to 2/],
    [discrete(3), -1, "", /is -1/],
    [discrete(3), 0.5, "", /is 0.5/],
    [discrete(3), Number.NaN, "", /is NaN/, true],
    [discrete(3), [1], "", /is \[1\]/],
    [multiDiscrete([2, 3]), [0, 3], "[1]", /is 3; it must be an integer from 0 to 2/],
    [multiDiscrete([2, 3]), [0], "", /has 1 numbers; the space has 2/],
    [box(0, 1, [2]), 0.5, "", /is 0.5; it must be a flat list of 2 numbers/],
    [box(0, 1, [2]), [[0, 1]], "", /has 1 numbers/],
    [box(0, 1, [2]), [0, "1"], "[1]", /is "1"; it must be a finite number/],
    [box(0, 1, [2]), [Number.NaN, 0], "[0]", /is NaN; it must be a finite number/, true],
    [box(0, Infinity, [2]), [0, Infinity], "[1]", /is Infinity; it must be a finite number/, true],
    [box(0, Infinity, [1]), [1e39], "[0]", /is 1e\+39; it must fit into 32 bits, at most 3.4e38 in size/],
    [box(0, 1, [2]), [0, 1.01], "[1]", /is 1.01; the space allows 0 to 1/],
    [box(0, 1, [2]), undefined, "", /is undefined; it must be a flat list/],
  ];
  for (const [space, value, where, reason, nonFinite = false] of cases) {
    const found = violation(space, value);
    assert.is(found?.where, where, `${found?.reason}`);
    assert.match(found?.reason ?? "", reason);
    assert.is(found?.nonFinite, nonFinite);
    assert.not(contains(space, value));
  }
});

test("bounds are compared in f32, or not at all when asked", () => {
  assert.ok(contains(box(0, 0.1), Float32Array.of(0.1)), "0.1 as f32 is above 0.1 as f64");
  assert.not(contains(box(0, 0.1), [0.1001]));
  assert.is(violation(box(0, 0.1), [5], false), undefined);
  assert.is(violation(box(0, 0.1), [-3.4e38], false), undefined);
  assert.match(violation(box(0, 0.1), [-3.5e38], false)?.reason ?? "", "32 bits");
});

test.run();
