import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Activation, type Kernels, type Pointer } from "../../src/kernels/abi.ts";
import { close, sameBits } from "../support/close.ts";
import { runBoth, runGuarded, wasmArena } from "../support/kernels.ts";

const LAMBDA = 1.0507009873554805;
const LIMIT = LAMBDA * 1.6732632423543772;
const codes = Object.values(Activation);

type Unary = (kernels: Kernels, x: Pointer, out: Pointer, n: number) => void;
type Binary = (kernels: Kernels, x: Pointer, y: Pointer, out: Pointer, n: number) => void;

const unary: Record<string, Unary> = {
  exp: (kernels, ...rest) => kernels.expF32(...rest),
  log: (kernels, ...rest) => kernels.logF32(...rest),
  tanh: (kernels, ...rest) => kernels.tanhF32(...rest),
  sin: (kernels, ...rest) => kernels.sinF32(...rest),
  cos: (kernels, ...rest) => kernels.cosF32(...rest),
  scale: (kernels, ...rest) => kernels.scaleF32(-1.7, ...rest),
};
for (const code of codes) {
  unary[`activation ${code}`] = (kernels, ...rest) => kernels.activateF32(code, ...rest);
}

const binary: Record<string, Binary> = {
  add: (kernels, ...rest) => kernels.addF32(...rest),
  subtract: (kernels, ...rest) => kernels.subtractF32(...rest),
  multiply: (kernels, ...rest) => kernels.multiplyF32(...rest),
  divide: (kernels, ...rest) => kernels.divideF32(...rest),
};
for (const code of codes) {
  binary[`gradient ${code}`] = (kernels, ...rest) => kernels.activationGradientF32(code, ...rest);
}

/** Any f32, special values often; lengths around the vector size and every alignment. */
const values = fc.float32Array({ maxLength: 70 });
const pairs = fc
  .array(fc.tuple(fc.float(), fc.float()), { maxLength: 70 })
  .map((all) => ({ x: Float32Array.from(all, ([x]) => x), y: Float32Array.from(all, ([, y]) => y) }));
const shifts = fc.integer({ min: 0, max: 3 });

const empty = (n: number) => new Float32Array(n).fill(-7);
const evaluate = (kernel: Unary, x: Float32Array, shift = 0) =>
  runBoth({ x, out: empty(x.length) }, (kernels, at) => kernel(kernels, at.x, at.out, x.length), shift).after;
const combine = (kernel: Binary, x: Float32Array, y: Float32Array, shift = 0) =>
  runBoth(
    { x, y, out: empty(x.length) },
    (kernels, at) => kernel(kernels, at.x, at.y, at.out, x.length),
    shift,
  ).after;

for (const [name, kernel] of Object.entries(unary)) {
  test(`${name}: any length and alignment, in place, and the same bits wherever a value stands`, () => {
    fc.assert(
      fc.property(values, shifts, (x, shift) => {
        const after = evaluate(kernel, x, shift);
        sameBits(after.x, x, "x is only read");
        const inPlace = runBoth({ x }, (kernels, at) => kernel(kernels, at.x, at.x, x.length), shift);
        sameBits(inPlace.after.x, after.out, "in place");
        const reversed = evaluate(kernel, x.slice().reverse());
        sameBits(reversed.out.reverse(), after.out, "reversed");
      }),
      { numRuns: 60 },
    );
  });
}

for (const [name, kernel] of Object.entries(binary)) {
  test(`${name}: any length and alignment, in place of either input`, () => {
    fc.assert(
      fc.property(pairs, shifts, ({ x, y }, shift) => {
        const after = combine(kernel, x, y, shift);
        sameBits(after.x, x, "x is only read");
        sameBits(after.y, y, "y is only read");
        const n = x.length;
        const first = runBoth({ x, y }, (kernels, at) => kernel(kernels, at.x, at.y, at.x, n), shift);
        const second = runBoth({ x, y }, (kernels, at) => kernel(kernels, at.x, at.y, at.y, n), shift);
        sameBits(first.after.x, after.out, "in place of x");
        sameBits(second.after.y, after.out, "in place of y");
      }),
      { numRuns: 60 },
    );
  });
}

test("arithmetic rounds once", () => {
  const exact = {
    add: (x: number, y: number) => x + y,
    subtract: (x: number, y: number) => x - y,
    multiply: (x: number, y: number) => x * y,
    divide: (x: number, y: number) => x / y,
  };
  fc.assert(
    fc.property(pairs, ({ x, y }) => {
      for (const [name, operation] of Object.entries(exact)) {
        const expected = Float32Array.from(x, (value, i) => operation(value, y[i]));
        sameBits(combine(binary[name], x, y).out, expected, name);
      }
      const scaled = Float32Array.from(x, (value) => Math.fround(-1.7) * value);
      sameBits(evaluate(unary.scale, x).out, scaled, "scale");
    }),
    { numRuns: 60 },
  );
});

test("axpy adds the rounded product and only touches y; y may be x", () => {
  fc.assert(
    fc.property(pairs, fc.float(), shifts, ({ x, y }, alpha, shift) => {
      const n = x.length;
      const { after } = runBoth({ x, y }, (kernels, at) => kernels.axpyF32(alpha, at.x, at.y, n), shift);
      sameBits(after.x, x, "x is only read");
      sameBits(
        after.y,
        y.map((value, i) => value + Math.fround(alpha * x[i])),
        "y",
      );
      const own = runBoth({ x }, (kernels, at) => kernels.axpyF32(alpha, at.x, at.x, n), shift);
      sameBits(
        own.after.x,
        x.map((value) => value + Math.fround(alpha * value)),
        "x",
      );
    }),
    { numRuns: 60 },
  );
});

test("fill writes n values and no more", () => {
  for (let n = 0; n < 20; n++) {
    const { after } = runBoth({ out: empty(n) }, (kernels, at) => kernels.fillF32(0.1, at.out, n), n & 3);
    sameBits(after.out, new Float32Array(n).fill(0.1));
  }
});

test("activations and their gradients follow the formulas", () => {
  const x = Float32Array.from({ length: 401 }, (_, i) => (i - 200) / 20);
  const g = x.map((value) => 1.5 - value / 3);
  const formulas = [
    { f: (v: number) => v, slope: () => 1 },
    { f: (v: number) => Math.max(v, 0), slope: (v: number) => (v > 0 ? 1 : 0) },
    { f: Math.tanh, slope: (v: number) => 1 - Math.tanh(v) ** 2 },
    {
      f: (v: number) => (v > 0 ? LAMBDA * v : LIMIT * Math.expm1(v)),
      slope: (v: number) => (v > 0 ? LAMBDA : LIMIT * Math.exp(v)),
    },
  ];
  for (const [code, { f, slope }] of formulas.entries()) {
    const y = evaluate(unary[`activation ${code}`], x).out;
    const gradient = combine(binary[`gradient ${code}`], y, g).out;
    for (const [i, value] of x.entries()) {
      close(y[i], f(value), 3e-7 * Math.abs(f(value)), `activation ${code} at ${value}`);
      close(gradient[i], g[i] * slope(value), 5e-7 * Math.abs(g[i]), `gradient ${code} at ${value}`);
    }
  }
});

test("a vector of two million values keeps its ends", () => {
  const n = 2_000_003;
  const x = Float32Array.from({ length: n }, (_, i) => -i / n);
  const run = (kernels: Kernels, at: { x: Pointer }) => kernels.expF32(at.x, at.x, n);
  const { after } = runGuarded(wasmArena, { x }, run);
  assert.is(after.x[0], 1);
  close(after.x[n - 1], Math.exp(x[n - 1]), 6e-8);
});

test.run();
