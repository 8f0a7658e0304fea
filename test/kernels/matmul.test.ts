import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Activation, SUM_BLOCK } from "../../src/kernels/abi.ts";
import { Random } from "../../src/tensor/random.ts";
import { close, sameBits } from "../support/close.ts";
import { runBoth, wasmArena } from "../support/kernels.ts";
import { product, transposed } from "../support/matrices.ts";

const kinds = { NN: "matmulF32", TN: "matmulTransposeAF32", NT: "matmulTransposeBF32" } as const;
type Kind = keyof typeof kinds;
type Shape = readonly [m: number, k: number, n: number];

const random = Random.fromSeed(1).derive("matmul");
const pool = Float32Array.from({ length: 40_000 }, () => random.normal());
const pick = (length: number) => {
  const start = random.integer(pool.length - length + 1);
  return pool.slice(start, start + length);
};
const transposed32 = (x: Float32Array, rows: number, columns: number) =>
  Float32Array.from(transposed(x, rows, columns));

/** C of the kernel `kind` for A[m,k] and B[k,n] given untransposed; twin and guard words are checked on the way. */
function multiply(
  kind: Kind,
  [m, k, n]: Shape,
  a: Float32Array,
  b: Float32Array,
  c: Float32Array,
  accumulate: number,
  shift = 0,
): Float32Array {
  const buffers = {
    a: kind === "TN" ? transposed32(a, m, k) : a,
    b: kind === "NT" ? transposed32(b, k, n) : b,
    c,
    scratch: new Float32Array(wasmArena.kernels.matmulScratchBytes(k, n) / 4),
  };
  const { after } = runBoth(
    buffers,
    (kernels, at) => kernels[kinds[kind]](at.a, at.b, at.c, m, k, n, accumulate, at.scratch),
    shift,
  );
  sameBits(after.a, buffers.a, "A is only read");
  sameBits(after.b, buffers.b, "B is only read");
  return after.c;
}

/** The ABI's order of one entry: blocks of SUM_BLOCK terms from +0, each step rounded to f32. */
function entry(terms: readonly (readonly [number, number])[], old: number, accumulate: number): number {
  let total = old;
  for (let first = 0; first === 0 || first < terms.length; first += SUM_BLOCK) {
    let sum = 0;
    for (const [x, y] of terms.slice(first, first + SUM_BLOCK)) sum = Math.fround(sum + Math.fround(x * y));
    total = first > 0 || accumulate === 1 ? Math.fround(total + sum) : sum;
  }
  return total;
}

/** The ABI's bound on the error of each entry of `old` + A·B. */
function withinBound(c: Float32Array, [m, k, n]: Shape, a: Float32Array, b: Float32Array, old: Float32Array) {
  const exact = product(a, b, m, k, n);
  const sizes = product(a.map(Math.abs), b.map(Math.abs), m, k, n);
  const roundings = SUM_BLOCK + Math.ceil(k / SUM_BLOCK);
  for (let i = 0; i < c.length; i++) {
    const bound = roundings * 2 ** -24 * (Math.abs(old[i]) + sizes[i]);
    close(c[i], exact[i] + old[i], bound, `entry ${i} of ${[m, k, n]}`);
  }
}

for (const kind of Object.keys(kinds) as Kind[]) {
  test(`${kind}: every ragged shape, bit for bit as the twin and within the bound of f64`, () => {
    for (const m of [0, 1, 2, 3, 4, 5, 8, 15, 67]) {
      for (const n of [0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 31]) {
        for (const k of [0, 1, 2, 3, 4, 5, 18, 257]) {
          const accumulate = random.integer(2);
          const [a, b, c] = [pick(m * k), pick(k * n), pick(m * n)];
          const out = multiply(kind, [m, k, n], a, b, c, accumulate, random.integer(4));
          withinBound(out, [m, k, n], a, b, accumulate ? c : new Float32Array(m * n));
        }
      }
    }
  });

  test(`${kind}: blocks of the sum, at and around multiples of ${SUM_BLOCK}`, () => {
    for (const k of [255, 256, 257, 511, 512, 513, 1025]) {
      for (const accumulate of [0, 1]) {
        const [m, n] = [5, 11];
        const [a, b, c] = [pick(m * k), pick(k * n), pick(m * n)];
        const out = multiply(kind, [m, k, n], a, b, c, accumulate);
        withinBound(out, [m, k, n], a, b, accumulate ? c : new Float32Array(m * n));
        const terms = Array.from({ length: k }, (_, p) => [a[3 * k + p], b[p * n + 7]] as const);
        assert.is(out[3 * n + 7], entry(terms, c[3 * n + 7], accumulate));
      }
    }
  });

  test(`${kind}: whole numbers multiply exactly at any shape`, () => {
    const size = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constantFrom(63, 64, 65, 130));
    const depth = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(256, 300, 600));
    fc.assert(
      fc.property(size, depth, size, fc.integer(), (m, k, n, seed) => {
        const stream = Random.fromSeed(seed >>> 0);
        const whole = (length: number) => Float32Array.from({ length }, () => stream.integer(21) - 10);
        const [a, b] = [whole(m * k), whole(k * n)];
        const out = multiply(kind, [m, k, n], a, b, new Float32Array(m * n).fill(Number.NaN), 0);
        assert.ok(product(a, b, m, k, n).every((value, i) => value === out[i]));
      }),
      { numRuns: 60 },
    );
  });

  test(`${kind}: zeros, subnormals, infinities and NaN go through every term in order`, () => {
    const special = fc.constantFrom(
      0,
      -0,
      1e-45,
      -1e-40,
      1.5,
      -2,
      3e38,
      Number.POSITIVE_INFINITY,
      Number.NaN,
    );
    const matrix = fc.array(special, { minLength: 24, maxLength: 24 });
    fc.assert(
      fc.property(matrix, matrix, special, fc.integer({ min: 0, max: 1 }), (x, y, old, accumulate) => {
        const [m, k, n] = [6, 4, 6];
        const [a, b] = [Float32Array.from(x), Float32Array.from(y)];
        const c = new Float32Array(m * n).fill(old);
        const out = multiply(kind, [m, k, n], a, b, c, accumulate);
        const expected = c.map((value, i) => {
          const [row, column] = [Math.floor(i / n), i % n];
          const terms = Array.from({ length: k }, (_, p) => [a[row * k + p], b[p * n + column]] as const);
          return entry(terms, value, accumulate);
        });
        sameBits(out, expected);
      }),
      { numRuns: 300 },
    );
  });

  test(`${kind}: a row alone has the bits it has among others`, () => {
    const [m, k, n] = [70, 37, 19];
    const [a, b] = [pick(m * k), pick(k * n)];
    const all = multiply(kind, [m, k, n], a, b, new Float32Array(m * n), 0);
    for (const row of [0, 3, 63, 64, 68, 69]) {
      const alone = multiply(kind, [1, k, n], a.slice(row * k, (row + 1) * k), b, new Float32Array(n), 0);
      sameBits(alone, all.slice(row * n, (row + 1) * n), `row ${row}`);
    }
  });
}

const functions = {
  identity: (x: number) => x,
  relu: (x: number) => Math.max(x, 0),
  tanh: Math.tanh,
  selu: (x: number) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x)),
};

for (const [name, reference] of Object.entries(functions)) {
  test(`dense: ${name} of product and bias, as the twin and within 1e-5 of f64`, () => {
    for (const [m, k, n] of [
      [0, 3, 2],
      [1, 1, 1],
      [3, 0, 5],
      [5, 18, 15],
      [66, 300, 33],
      [4, 7, 0],
    ]) {
      const buffers = {
        x: pick(m * k),
        w: pick(k * n).map((value) => value / Math.sqrt(k + 1)),
        bias: pick(n),
        y: pick(m * n),
        scratch: new Float32Array(wasmArena.kernels.matmulScratchBytes(k, n) / 4),
      };
      const code = Activation[name as keyof typeof Activation];
      const { after } = runBoth(
        buffers,
        (kernels, at) => kernels.denseF32(at.x, at.w, at.bias, at.y, m, k, n, code, at.scratch),
        random.integer(4),
      );
      const sums = product(buffers.x, buffers.w, m, k, n);
      for (let i = 0; i < m * n; i++) {
        const expected = reference(sums[i] + buffers.bias[i % n]);
        close(after.y[i], expected, 1e-5 * (1 + Math.abs(expected)), `entry ${i} of ${[m, k, n]}`);
      }
    }
  });
}

test.run();
