import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Kernels, Pointer } from "../../src/kernels/abi.ts";
import { close } from "../support/close.ts";
import { runBoth } from "../support/kernels.ts";

type Unary = (kernels: Kernels) => (x: Pointer, out: Pointer, n: number) => void;

const functions: Record<string, Unary> = {
  exp: (kernels) => kernels.expF32,
  log: (kernels) => kernels.logF32,
  tanh: (kernels) => kernels.tanhF32,
  sin: (kernels) => kernels.sinF32,
  cos: (kernels) => kernels.cosF32,
  selu: (kernels) => (x, out, n) => kernels.activateF32(3, x, out, n),
};

/** f of every value, with equal bits from module and twin. */
function evaluate(name: string, x: Float32Array): Float32Array {
  const buffers = { x, out: new Float32Array(x.length) };
  return runBoth(buffers, (kernels, at) => functions[name](kernels)(at.x, at.out, x.length)).after.out;
}

/** Bit patterns from the golden-ratio walk, which spreads any number of points evenly over an interval of patterns. */
function walk(count: number, from: number, to: number): Float32Array {
  const pattern = new Uint32Array(count);
  for (let i = 0; i < count; i++)
    pattern[i] = from + ((Math.imul(i, 0x9e3779b1) >>> 0) / 2 ** 32) * (to - from);
  return new Float32Array(pattern.buffer);
}

/** The pattern of a positive number. */
function patternOf(x: number): number {
  return new Uint32Array(Float32Array.of(x).buffer)[0];
}

/** |actual − exact| in units of the last place of an f32 at the exact value. */
function ulps(actual: number, exact: number): number {
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(exact))), -126);
  return Math.abs(actual - exact) / 2 ** (exponent - 23);
}

/** Largest error over positive (and, when `both`, negative) arguments between the two. */
function worst(name: string, exact: (x: number) => number, from: number, to: number, sign: 1 | -1): number {
  const x = walk(150_000, patternOf(from), patternOf(to)).map((value) => sign * value);
  const y = evaluate(name, x);
  return x.reduce((largest, value, i) => Math.max(largest, ulps(y[i], exact(value))), 0);
}

test("module and twin give the same bits for any bits", () => {
  for (const name of Object.keys(functions)) evaluate(name, walk(300_000, 0, 2 ** 32));
});

test("exp errs by at most 0.94 ulp, subnormal results included", () => {
  assert.ok(worst("exp", Math.exp, 2 ** -30, 88.7228, 1) <= 0.94);
  assert.ok(worst("exp", Math.exp, 2 ** -30, 87.3, -1) <= 0.94);
  assert.ok(worst("exp", Math.exp, 87.3, 104.5, -1) <= 0.94);
});

test("log errs by at most 0.83 ulp, also near 1 and for subnormal arguments", () => {
  assert.ok(worst("log", Math.log, 2 ** -126, 3.4e38, 1) <= 0.83);
  assert.ok(worst("log", Math.log, 0.6, 1.6, 1) <= 0.83);
  assert.ok(worst("log", Math.log, 2 ** -149, 2 ** -126, 1) <= 0.83);
});

test("tanh errs by at most 1.6 ulp", () => {
  assert.ok(worst("tanh", Math.tanh, 2 ** -149, 20, 1) <= 1.6);
  assert.ok(worst("tanh", Math.tanh, 0.3, 2, -1) <= 1.6);
});

test("SELU errs by at most 2 ulp", () => {
  const selu = (x: number) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x));
  assert.ok(worst("selu", selu, 2 ** -126, 1e30, 1) <= 2);
  assert.ok(worst("selu", selu, 2 ** -126, 60, -1) <= 2);
  assert.ok(worst("selu", selu, 0.01, 2, -1) <= 2);
});

test("sin and cos err by at most 0.51 ulp up to 2^20", () => {
  assert.ok(worst("sin", Math.sin, 2 ** -126, 2 ** 20, 1) <= 0.51);
  assert.ok(worst("sin", Math.sin, 1, 2 ** 20, -1) <= 0.51);
  assert.ok(worst("cos", Math.cos, 2 ** -126, 2 ** 20, 1) <= 0.51);
  assert.ok(worst("cos", Math.cos, 1, 2 ** 20, -1) <= 0.51);
});

test("sin and cos beyond 2^20 are those of an argument changed by at most 2^-53 of itself", () => {
  const x = walk(20_000, patternOf(2 ** 20), patternOf(2 ** 40));
  const [sin, cos] = [evaluate("sin", x), evaluate("cos", x)];
  for (const [i, value] of x.entries()) {
    close(sin[i], Math.sin(value), 2 ** -24 + value * 2 ** -53, `sin ${value}`);
    close(cos[i], Math.cos(value), 2 ** -24 + value * 2 ** -53, `cos ${value}`);
  }
  const huge = evaluate("sin", walk(20_000, patternOf(2 ** 40), patternOf(3.4e38)));
  assert.ok(huge.every((value) => Math.abs(value) <= 1));
});

test("special values", () => {
  const { POSITIVE_INFINITY: infinity, NaN: nan } = Number;
  const x = Float32Array.of(0, -0, infinity, -infinity, nan, 1, 89, -104, 3.4028235e38, -1e-45);
  const expected: Record<string, readonly number[]> = {
    exp: [1, 1, infinity, 0, nan, Math.fround(Math.E), infinity, 2 ** -149, infinity, 1],
    log: [-infinity, -infinity, infinity, nan, nan, 0],
    tanh: [0, -0, 1, -1, nan, Math.fround(Math.tanh(1)), 1, -1, 1, -1e-45],
    sin: [0, -0, nan, nan, nan],
    cos: [1, 1, nan, nan, nan],
    selu: [0, 0, infinity, Math.fround(-1.7580993408473766), nan, Math.fround(1.0507009873554805)],
  };
  expected.exp = expected.exp.map((value, i) => (i === 7 ? Math.fround(Math.exp(-104)) : value));
  for (const [name, values] of Object.entries(expected)) {
    const y = evaluate(name, x);
    for (const [i, value] of values.entries()) {
      assert.ok(Object.is(y[i], Math.fround(value)), `${name}(${x[i]}): got ${y[i]}, expected ${value}`);
    }
  }
});

test.run();
