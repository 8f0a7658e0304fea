/** grad, valueAndGrad, jvp, vjp and hvp as users call them: structures, nesting, scope and complaints. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { grad, hvp, jvp, valueAndGrad, vjp } from "../../src/autodiff/derivatives.ts";
import { dense, matmul } from "../../src/autodiff/linear.ts";
import {
  add,
  constant,
  exp,
  multiply,
  scale,
  sin,
  square,
  stopGradient,
} from "../../src/autodiff/operations.ts";
import { mean, reshape, slice, sum } from "../../src/autodiff/shaping.ts";
import { createArena } from "../../src/kernels/arena.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { allClose, close } from "../support/close.ts";
import { refuses } from "../support/refuses.ts";

const vector = (...values: number[]) => Float32Array.from(values);
const sumOfSquares = (x: Tensor) => sum(square(x));
const cubes = (x: Tensor) => sum(multiply(square(x), x));

test("a gradient has the structure of its point: number, vector, array with shape, records and lists", () => {
  assert.is(grad(sumOfSquares)(3), 6);
  assert.equal(grad(sumOfSquares)(vector(1, 2)), vector(2, 4));
  const matrix = { shape: [1, 2], values: vector(1, 2) };
  assert.equal(grad(sumOfSquares)(matrix), { shape: [1, 2], values: vector(2, 4) });
  const network = { layers: [{ w: matrix, b: vector(3, 4) }], gain: 5 };
  const f = ({ layers, gain }: { layers: readonly { w: Tensor; b: Tensor }[]; gain: Tensor }) =>
    multiply(gain, sum(multiply(layers[0].w, layers[0].b)));
  const gradient = grad(f)(network);
  const bias: Float32Array = gradient.layers[0].b;
  assert.equal(bias, vector(5, 10));
  assert.equal(gradient, {
    layers: [{ w: { shape: [1, 2], values: vector(15, 20) }, b: vector(5, 10) }],
    gain: 11,
  });
});

test("the value comes along as a number", () => {
  const { value, gradient } = valueAndGrad((x: Tensor) => mean(exp(x)))(vector(0, 1));
  close(value, (1 + Math.E) / 2, 1e-6);
  allClose(gradient, [0.5, Math.E / 2], 1e-6);
});

test("jvp and vjp take functions of any shape", () => {
  const f = ({ x, w }: { x: Tensor; w: Tensor }) => matmul(w, x);
  const point = {
    x: { shape: [2, 1], values: vector(1, -1) },
    w: { shape: [3, 2], values: vector(1, 2, 3, 4, 5, 6) },
  };
  const direction = { x: { shape: [2, 1], values: vector(1, 0) }, w: point.w };
  const forward = jvp(f, point, direction);
  assert.equal(forward.value, { shape: [3, 1], values: vector(-1, -1, -1) });
  assert.equal(forward.tangent, { shape: [3, 1], values: vector(0, 2, 4) });
  const backward = vjp(f, point, vector(1, 0, 2));
  assert.equal(backward.value, forward.value);
  assert.equal(backward.gradient.x.values, vector(11, 14));
  assert.equal(backward.gradient.w.values, vector(1, -1, 0, 0, 2, -2));
});

test("hvp multiplies by the Hessian: of Σx³ it is diag(6x)", () => {
  assert.equal(hvp(cubes, vector(1, 2, -1), vector(1, 1, 2)), vector(6, 12, -12));
  const mixed = hvp(({ x, y }) => multiply(square(x), y), { x: 3, y: 5 }, { x: 1, y: 2 });
  assert.equal(mixed, { x: 22, y: 6 });
});

test("hvp is the derivative of the gradient", () => {
  const f = (x: Tensor) => sum(multiply(sin(x), exp(scale(x, 0.5))));
  const x = vector(0.3, -1.2, 2);
  const v = vector(1, -0.5, 0.25);
  const nested = jvp((y) => grad(f)(y), x, v).tangent.values;
  allClose(hvp(f, x, v), nested, 0, "forward over reverse");
  const overReverse = grad((y: Tensor) => sum(multiply(grad(f)(y), v)))(x);
  allClose(hvp(f, x, v), overReverse, 1e-6, "reverse over reverse");
  const fixedPoint = jvp((y) => hvp(f, x, y), v, v).tangent.values;
  allClose(hvp(f, x, v), fixedPoint, 1e-6, "linear in the direction");
  const overForward = grad((y: Tensor) => jvp(f, y, constant(y, v)).tangent)(x);
  allClose(hvp(f, x, v), overForward, 1e-6, "reverse over forward");
});

test("derivatives nest to any depth: sin⁗ = sin", () => {
  let f = (x: Tensor) => sin(x);
  for (let order = 0; order < 4; order++) f = grad(f) as (x: Tensor) => Tensor;
  const { value } = jvp(f, 0.7, 0);
  close(value.values[0], Math.sin(0.7), 1e-6);
});

test("an inner derivative is by its own use of a tensor only: d/dx x·(d/dy xy at y = x) = 2x", () => {
  const f = (x: Tensor) => multiply(x, grad((y: Tensor) => multiply(x, y))(x));
  assert.is(grad(f)(3), 6);
});

test("inside, valueAndGrad, vjp and hvp give tensors", () => {
  const f = (x: Tensor) => {
    const { value, gradient } = valueAndGrad(cubes)(x);
    const curvature = hvp(cubes, x, gradient);
    const back = vjp(square, x, curvature).gradient;
    return add(value, sum(back));
  };
  // x³ + 2x·6x·3x² = x³ + 36x⁴
  close(grad(f)(0.5), 3 * 0.25 + 144 * 0.125, 1e-5);
});

test("inputs without influence get zeros, and stopGradient removes influence", () => {
  const f = ({ x }: { x: Tensor; y: Tensor }) => sum(multiply(x, stopGradient(x)));
  assert.equal(grad(f)({ x: vector(2, 3), y: vector(1) }), { x: vector(2, 3), y: vector(0) });
  assert.is(grad((x: Tensor) => constant(x, 3))(1), 0);
  assert.is(jvp((x) => constant(x, 3), 1, 1).tangent.values[0], 0);
  assert.equal(grad(sum)({ shape: [2, 0], values: vector() }), { shape: [2, 0], values: vector() });
});

test("a layer without rows passes zeros back", () => {
  const w = { shape: [2, 3], values: new Float32Array(6).fill(1) };
  const x = { shape: [0, 2], values: vector() };
  const gradient = grad((p: { w: Tensor; b: Tensor }) => sum(dense(x, p.w, p.b, "selu")))({
    w,
    b: vector(1, 1, 1),
  });
  assert.equal(gradient, { w: { shape: [2, 3], values: new Float32Array(6) }, b: new Float32Array(3) });
});

test("the arena is empty again after a call, also when the function throws", () => {
  const arena = createArena();
  const before = arena.used;
  grad(sumOfSquares, { arena })(new Float32Array(1000));
  assert.ok(arena.highWater > before + 4000);
  assert.is(arena.used, before);
  const failing = (x: Tensor): Tensor => {
    square(x);
    throw new Error("mine");
  };
  assert.throws(() => grad(failing, { arena })(vector(1)), /mine/);
  assert.is(arena.used, before);
});

test("a tensor that outlives its call is refused", () => {
  let kept: Tensor | undefined;
  grad((x: Tensor) => {
    kept = exp(x);
    return sum(kept);
  })(vector(1, 2, 3));
  const stale = kept as Tensor;
  refuses(() => exp(stale), "exp", "[3]", "has ended", "return");
  refuses(() => stale.read(), "read", "has ended");
  refuses(() => grad(sumOfSquares)(stale), "has ended");
  refuses(() => grad((x: Tensor) => sum(add(x, stale)))(vector(1, 2, 3)), "add", "has ended");
});

test("an outer tensor in an inner call at plain arrays is refused, not forgotten", () => {
  const inner = (x: Tensor) => grad((y: Tensor) => sum(multiply(x, y)))(vector(1, 2));
  refuses(
    () => grad((x: Tensor) => sum(multiply(x, inner(x))))(vector(1, 2)),
    "outer derivative call",
    "constant",
  );
  const lifted = (x: Tensor) => grad((y: Tensor) => sum(multiply(x, y)))(constant(x, vector(1, 2)));
  assert.equal(grad((x: Tensor) => sum(multiply(x, lifted(x))))(vector(1, 2)), vector(2, 4));
  const arena = createArena();
  const elsewhere = (x: Tensor) => grad((y: Tensor) => sum(multiply(x, y)), { arena })(vector(1, 2));
  refuses(() => grad((x: Tensor) => sum(multiply(x, elsewhere(x))))(vector(1, 2)), "different arenas");
});

test("a plain inner derivative may serve as a constant", () => {
  const f = (x: Tensor) => sum(multiply(x, grad(cubes)(vector(1, 2))));
  assert.equal(grad(f)(vector(0, 0)), vector(3, 12));
});

test("wrong results and wrong arguments are explained", () => {
  refuses(() => grad(square)(vector(1, 2)), "grad", "[2]", "scalar");
  refuses(() => hvp(square, vector(1, 2), vector(1, 1)), "hvp", "[2]", "scalar");
  refuses(() => grad((async (x: Tensor) => sum(x)) as never)(1), "grad", "return a tensor");
  refuses(() => grad(sumOfSquares)("x" as never), "grad", '"x"', "Float32Array");
  refuses(
    () => grad(({ w }: { w: Tensor }) => sum(w))({ w: { shape: [2], values: vector(1) } }),
    "grad: w",
    "[2]",
  );
  refuses(() => jvp(square, vector(1, 2), vector(1)), "tangent", "[1]", "[2]");
  refuses(() => jvp(({ a }) => a, { a: 1 }, { b: 1 } as never), "tangent", "[b]", "[a]");
  refuses(() => hvp(({ a }) => a, { a: 1 }, { a: vector(1) }), "direction a", "[1]", "[]");
  refuses(() => vjp(square, vector(1, 2), vector(1)), "vjp", "[1]", "[2]");
  refuses(
    () => grad((x: Tensor) => sum(slice(reshape(x, [2, 2]), 1, 3)))(vector(1, 2, 3, 4)),
    "slice",
    "1 to 3",
    "[2, 2]",
  );
  refuses(() => add(1, 2), "add", "none of 1, 2 is a tensor");
});

test.run();
