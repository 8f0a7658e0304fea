/** Composed operations: values, broadcasting, the conventions at kinks, and complaints about shapes. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { grad, jvp, valueAndGrad } from "../../src/autodiff/derivatives.ts";
import { layerNorm } from "../../src/autodiff/layer-norm.ts";
import {
  abs,
  activate,
  add,
  clip,
  divide,
  elu,
  exp,
  greater,
  log,
  maximum,
  minimum,
  multiply,
  negate,
  relu,
  selu,
  sigmoid,
  sqrt,
  square,
  subtract,
  tanh,
  where,
} from "../../src/autodiff/operations.ts";
import { broadcast, concat, mean, reshape, sum, unpack } from "../../src/autodiff/shaping.ts";
import type { Operand } from "../../src/autodiff/tape.ts";
import { broadcastShapes, type Shape, sizeOf } from "../../src/tensor/shape.ts";
import type { NdArray, Tensor } from "../../src/tensor/tensor.ts";
import { allClose, close } from "../support/close.ts";

const vector = (...values: number[]) => Float32Array.from(values);
const counted = (shape: Shape): NdArray => ({
  shape,
  values: Float32Array.from({ length: sizeOf(shape) }, (_, i) => i + 1),
});
/** What f makes of x, and the gradient of its sum. */
const at = (f: (x: Tensor) => Tensor, x: Float32Array | NdArray) => {
  const { value } = jvp(f, x, x);
  return { value, gradient: grad((y: Tensor) => sum(f(y)))(x) };
};

test("operands broadcast as in NumPy, constants of every kind among them", () => {
  const shapes = fc.array(fc.constantFrom(1, 2, 3), { maxLength: 3 });
  const property = fc.property(shapes, shapes, (left, right) => {
    const shape = broadcastShapes(left, right);
    if (shape === undefined) return;
    const [x, y] = [counted(left), counted(right)];
    const wide = (array: NdArray) => at((z) => broadcast(z, shape), array).value.values;
    const expected = wide(x).map((value, i) => value * wide(y)[i]);
    assert.equal(at((z) => multiply(z, y), x).value, { shape, values: expected });
    assert.equal(at((z) => multiply(x, z), y).value, { shape, values: expected });
  });
  fc.assert(property);
  const plus = (y: Operand) => at((x) => add(x, y), counted([2, 2])).value.values;
  assert.equal(plus(10), vector(11, 12, 13, 14));
  assert.equal(plus(vector(10, 20)), vector(11, 22, 13, 24));
  assert.equal(plus({ shape: [2, 1], values: vector(10, 20) }), vector(11, 12, 23, 24));
});

test("sums and means run over all values or along one axis, which they remove", () => {
  const x = counted([2, 3]);
  assert.equal(at((t) => sum(t), x).value, { shape: [], values: vector(21) });
  assert.equal(at((t) => sum(t, 0), x).value, { shape: [3], values: vector(5, 7, 9) });
  assert.equal(at((t) => mean(t, 1), x).value, { shape: [2], values: vector(2, 5) });
  const halves = at((t) => mean(t, 0), x).gradient as NdArray;
  assert.equal(halves.values, new Float32Array(6).fill(0.5));
});

test("concat undoes unpack", () => {
  const shapes = { w: [2, 2], b: [2], gain: [] };
  const round = (x: Tensor) => {
    const { w, b, gain } = unpack(x, shapes);
    return concat([reshape(w, [4]), b, reshape(gain, [1])]);
  };
  const { value, gradient } = at(round, counted([7]));
  assert.equal(value, counted([7]));
  assert.equal((gradient as NdArray).values, new Float32Array(7).fill(1));
  assert.equal(at((x) => concat([x, x]), counted([1, 2])).value.shape, [2, 2]);
});

test("at kinks the stated conventions hold", () => {
  const zero = vector(0);
  const slope = (f: (x: Tensor) => Tensor) => (at(f, zero).gradient as Float32Array)[0];
  assert.is(slope(relu), 0);
  close(slope(selu), 1.7580993408473766, 1e-6, "selu′(0)");
  assert.is(slope(abs), 1);
  assert.is(
    slope((x) => maximum(x, 0)),
    1,
  );
  assert.is(
    slope((x) => maximum(0, x)),
    0,
  );
  assert.is(
    slope((x) => minimum(x, 0)),
    1,
  );
  assert.is(
    slope((x) => clip(x, 0, 1)),
    1,
  );
  assert.is(
    slope((x) => clip(x, -1, 0)),
    1,
  );
  assert.is(
    slope((x) => greater(x, -1)),
    0,
  );
});

test("what where leaves out is not in values and tangents, nor in gradients if its operand is off the pole", () => {
  const [zero, one] = [vector(0, 4), vector(1, 1)];
  const sides = [log, sqrt, (x: Tensor) => divide(1, x), (x: Tensor) => exp(divide(1, x))];
  for (const side of sides) {
    const plain = (x: Tensor) => where(greater(x, 0), side(x), 7);
    const { value, tangent } = jvp(plain, zero, one);
    const [atFour] = (grad((x: Tensor) => sum(side(x)))(vector(4)) as Float32Array).values();
    assert.is(value.values[0], 7);
    assert.equal(tangent.values, vector(0, atFour));
    const safe = (x: Tensor) => where(greater(x, 0), side(where(greater(x, 0), x, 1)), 7);
    assert.equal(at(safe, zero).gradient, vector(0, atFour));
  }
});

test("maximum, minimum, clip and abs take the right branch", () => {
  const x = vector(-2, -0.5, 0.5, 2);
  const check = (f: (x: Tensor) => Tensor, values: Float32Array, slopes: Float32Array) => {
    const { value, gradient } = at(f, x);
    assert.equal(value.values, values);
    assert.equal(gradient, slopes);
  };
  check((t) => maximum(t, -1), vector(-1, -0.5, 0.5, 2), vector(0, 1, 1, 1));
  check((t) => minimum(t, negate(t)), vector(-2, -0.5, -0.5, -2), vector(1, 1, -1, -1));
  check((t) => clip(t, -1, 1), vector(-1, -0.5, 0.5, 1), vector(0, 1, 1, 0));
  check(abs, vector(2, 0.5, 0.5, 2), vector(-1, -1, 1, 1));
  check((t) => activate(t, "identity"), x, vector(1, 1, 1, 1));
});

test("what where leaves out does no harm: √x for x > 0, else 0, has a finite gradient", () => {
  const rooted = (x: Tensor) => {
    const positive = greater(x, 0);
    return where(positive, sqrt(where(positive, x, 1)), 0);
  };
  const { value, gradient } = at(rooted, vector(4, 0, -1));
  assert.equal(value.values, vector(2, 0, 0));
  assert.equal(gradient, vector(0.25, 0, 0));
});

test("maximum and minimum keep the NaN of their first operand", () => {
  const { value } = at((x) => clip(x, -1, 1), vector(Number.NaN, 2));
  assert.equal([...value.values], [Number.NaN, 1]);
});

test("functions of one's own compose: softplus and its derivative, the logistic function", () => {
  const softplus = (x: Tensor) => log(add(exp(x), 1));
  const { value, gradient } = at(softplus, vector(-2, 0, 3));
  allClose(
    value.values,
    [-2, 0, 3].map((x) => Math.log1p(Math.exp(x))),
    1e-6,
  );
  allClose(
    gradient as Float32Array,
    [-2, 0, 3].map((x) => 1 / (1 + Math.exp(-x))),
    1e-6,
  );
  const logistic = (x: Tensor) => divide(1, add(1, exp(negate(x))));
  const half = (x: Tensor) => multiply(0.5, add(1, tanh(multiply(x, 0.5))));
  const { value: worst } = valueAndGrad((x: Tensor) => sum(square(subtract(logistic(x), half(x)))))(
    vector(-2, 0, 3),
  );
  close(worst, 0, 1e-12);
});

test("elu and sigmoid are finite everywhere and have the derivatives of their formulas", () => {
  const x = vector(-200, -2, -1e-6, 0, 0.5, 3, 200);
  const check = (f: (x: Tensor) => Tensor, value: (x: number) => number, slope: (x: number) => number) => {
    const actual = at(f, x);
    // Of values up to 200 in f32.
    allClose(actual.value.values, [...x].map(value), 2e-7 * 200, "value");
    allClose(actual.gradient as Float32Array, [...x].map(slope), 3e-7, "slope");
  };
  const logistic = (z: number) => 1 / (1 + Math.exp(-z));
  check(
    elu,
    (z) => (z > 0 ? z : Math.expm1(z)),
    (z) => (z > 0 ? 1 : Math.exp(z)),
  );
  check(sigmoid, logistic, (z) => logistic(z) * logistic(-z));
  close(at(elu, vector(-1e-6)).value.values[0], -1e-6, 1e-12, "elu near 0");
});

test("layerNorm multiplies by its gain and adds its bias", () => {
  const x = { shape: [2, 2], values: vector(1, 3, -2, 2) };
  const { value } = at((z) => layerNorm(z, { gain: vector(2, 3), bias: vector(0, 1) }), x);
  allClose(value.values, [-2, 4, -2, 4], 2e-5);
  allClose(
    at((z) => layerNorm(z, { epsilon: 3 }), x).value.values,
    [-0.5, 0.5, -2 / 7 ** 0.5, 2 / 7 ** 0.5],
    1e-6,
  );
  assert.throws(() => at((z) => layerNorm(z), vector(1, 2)), /matrix/);
});

test.run();
