/** Flat vectors and named tensors. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { flatten, layoutOf, unflatten } from "../../src/nn/parameters.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";
import { sameBits } from "../support/close.ts";

const layout = layoutOf([
  { name: "policy/layers.0.weight", shape: [2, 3] },
  { name: "policy/layers.0.bias", shape: [3] },
  { name: "scale", shape: [] },
]);

const complains =
  (...words: readonly string[]) =>
  (error: unknown) =>
    error instanceof InvalidInputError && words.every((word) => error.message.includes(word));

test("tensors lie one after another; a scalar takes one place", () => {
  assert.is(layout.size, 10);
  assert.equal(
    layout.entries.map(({ offset }) => offset),
    [0, 6, 9],
  );
});

test("unflatten names the pieces and copies them", () => {
  const flat = Float32Array.from({ length: 10 }, (_, i) => i);
  const tensors = unflatten(layout, flat);
  assert.equal(tensors["policy/layers.0.bias"], { shape: [3], values: Float32Array.of(6, 7, 8) });
  tensors.scale.values[0] = -1;
  assert.is(flat[9], 9);
});

test("flatten undoes unflatten to the bit, whatever else the record holds", () => {
  const vector = fc.float32Array({ minLength: 10, maxLength: 10 });
  fc.assert(
    fc.property(vector, (flat) => {
      const record = { other: { shape: [1], values: Float32Array.of(1) }, ...unflatten(layout, flat) };
      sameBits(flatten(layout, record), flat);
    }),
  );
});

test("a missing tensor, another shape and another length are named", () => {
  const tensors = unflatten(layout, new Float32Array(10));
  const { scale, ...rest } = tensors;
  assert.throws(() => flatten(layout, rest), complains('"scale"', "missing"));
  const turned = { ...tensors, "policy/layers.0.weight": { shape: [3, 2], values: new Float32Array(6) } };
  assert.throws(() => flatten(layout, turned), complains("policy/layers.0.weight", "[3,2]", "[2,3]"));
  const short = { ...tensors, scale: { shape: scale.shape, values: new Float32Array(0) } };
  assert.throws(() => flatten(layout, short), complains('"scale"', "0 values"));
  assert.throws(() => unflatten(layout, new Float32Array(9)), complains("9 values", "10"));
});

test("a name that occurs twice is refused", () => {
  const twice = [
    { name: "a", shape: [1] },
    { name: "a", shape: [2] },
  ];
  assert.throws(() => layoutOf(twice), complains('"a" occurs twice'));
});

test.run();
