import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { SUM_BLOCK } from "../../src/kernels/abi.ts";
import { Random } from "../../src/tensor/random.ts";
import { close, sameBits } from "../support/close.ts";
import { runBoth } from "../support/kernels.ts";

const EPSILON = 2 ** -53;
const random = Random.fromSeed(1).derive("reduce");
const normals = (n: number) => Float32Array.from({ length: n }, () => random.normal());
const shifts = fc.integer({ min: 0, max: 3 });
const lengths = [...Array(70).keys(), 256, 1000, 30_001];

/** Σ term and Σ|term| with Kahan's compensation: an error below one rounding of the result. */
function exactSum(n: number, term: (i: number) => number): { sum: number; size: number } {
  let [sum, lost, size] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const next = term(i) - lost;
    lost = sum + next - sum - next;
    sum += next;
    size += Math.abs(term(i));
  }
  return { sum, size };
}

/** The documented order: eight lanes, joined, then the last n & 7 terms. */
function orderedSum(n: number, term: (i: number) => number): number {
  const lanes = new Float64Array(8);
  for (let i = 0; i < (n & ~7); i++) lanes[i % 8] += term(i);
  const [a, b, c, d, e, f, g, h] = lanes;
  let sum = a + e + (c + g) + (b + f + (d + h));
  for (let i = n & ~7; i < n; i++) sum += term(i);
  return sum;
}

test("sum and dot: documented order, error at most n·2^-53·Σ|terms|", () => {
  for (const n of lengths) {
    const [x, y] = [normals(n), normals(n)];
    const product = (i: number) => x[i] * y[i];
    const total = runBoth({ x }, (kernels, at) => kernels.sumF32(at.x, n), n & 3).result;
    const dot = runBoth({ x, y }, (kernels, at) => kernels.dotF32(at.x, at.y, n), n & 3).result;
    assert.is(
      total,
      orderedSum(n, (i) => x[i]),
    );
    assert.is(dot, orderedSum(n, product));
    const { sum, size } = exactSum(n, product);
    close(dot, sum, n * EPSILON * size, `dot of ${n}`);
  }
});

test("sum and dot of any values: equal bits of module and twin", () => {
  fc.assert(
    fc.property(fc.float32Array({ maxLength: 70 }), shifts, (x, shift) => {
      runBoth({ x }, (kernels, at) => kernels.sumF32(at.x, x.length), shift);
      runBoth({ x }, (kernels, at) => kernels.dotF32(at.x, at.x, x.length), shift);
    }),
  );
});

test("dot keeps what f32 would lose", () => {
  const x = Float32Array.of(1e8, 1, -1e8, 1, 3e-8);
  const ones = new Float32Array(5).fill(1);
  const { result } = runBoth({ x, ones }, (kernels, at) => kernels.dotF32(at.x, at.ones, 5));
  close(result, 2 + 3e-8, 1e-8);
});

test("column sums: blocks of rows in f64, rounded and added in order", () => {
  for (const [rows, columns] of [
    [0, 3],
    [1, 1],
    [3, 0],
    [5, 7],
    [256, 8],
    [257, 15],
    [1000, 18],
    [300, 33],
  ]) {
    const x = normals(rows * columns);
    const old = normals(columns);
    for (const accumulate of [0, 1]) {
      const expected = accumulate ? old.slice() : new Float32Array(columns);
      for (let row = 0; row < rows; row += SUM_BLOCK) {
        for (let j = 0; j < columns; j++) {
          let sum = 0;
          for (let i = row; i < Math.min(row + SUM_BLOCK, rows); i++) sum += x[i * columns + j];
          expected[j] += Math.fround(sum);
        }
      }
      const { after } = runBoth({ x, out: old }, (kernels, at) => {
        kernels.columnSumsF32(at.x, at.out, rows, columns, accumulate);
      });
      sameBits(after.out, expected, `${rows}×${columns}, accumulate ${accumulate}`);
    }
  }
});

test("column sums err by at most (rows/256 + 2)·2^-24·Σ|x|", () => {
  const [rows, columns] = [5000, 3];
  const x = normals(rows * columns);
  const { out } = runBoth({ x, out: normals(columns) }, (kernels, at) => {
    kernels.columnSumsF32(at.x, at.out, rows, columns, 0);
  }).after;
  for (let j = 0; j < columns; j++) {
    const { sum, size } = exactSum(rows, (i) => x[i * columns + j]);
    close(out[j], sum, (rows / 256 + 2) * 2 ** -24 * size);
  }
});

test("row sums are rounded sums", () => {
  for (const [rows, columns] of [
    [0, 4],
    [4, 0],
    [3, 5],
    [70, 15],
    [2, 300],
  ]) {
    const x = normals(rows * columns);
    const { out } = runBoth({ x, out: normals(rows) }, (kernels, at) => {
      kernels.rowSumsF32(at.x, at.out, rows, columns);
    }).after;
    const expected = Float32Array.from({ length: rows }, (_, row) =>
      orderedSum(columns, (j) => x[row * columns + j]),
    );
    sameBits(out, expected, `${rows}×${columns}`);
  }
});

test("allFinite finds one NaN or infinity at any place, and nothing outside", () => {
  const finite = (x: Float32Array, shift: number) =>
    runBoth({ x }, (kernels, at) => kernels.allFiniteF32(at.x, x.length), shift).result;
  for (let n = 0; n < 40; n++) {
    assert.is(finite(new Float32Array(n).fill(3.4e38), n & 3), 1, `${n} finite values`);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      if (n === 0) continue;
      const x = new Float32Array(n);
      x[random.integer(n)] = bad;
      assert.is(finite(x, n & 3), 0, `${bad} among ${n}`);
    }
  }
});

test("project gives the bits of dot for every vector, combine sums in f64 in the order of k", () => {
  for (const [count, n] of [
    [0, 5],
    [1, 0],
    [1, 17],
    [2, 8],
    [3, 70],
    [4, 7],
    [5, 64],
    [7, 33],
  ]) {
    const [vectors, x] = [normals(count * n), normals(n)];
    const vector = (k: number) => vectors.subarray(k * n, (k + 1) * n);
    const buffers = { vectors, x, out: new Float64Array(count).fill(9) };
    const projected = runBoth(buffers, (kernels, at) => {
      kernels.projectF32(at.vectors, at.x, at.out, count, n);
    }).after.out;
    for (let k = 0; k < count; k++) {
      assert.is(
        projected[k],
        orderedSum(n, (i) => vector(k)[i] * x[i]),
      );
    }
    const combined = runBoth({ vectors, projected, out: normals(n) }, (kernels, at) => {
      kernels.combineF32(at.vectors, at.projected, at.out, count, n);
    }).after.out;
    const expected = Float32Array.from({ length: n }, (_, i) => {
      let sum = 0;
      for (let k = 0; k < count; k++) sum += projected[k] * vector(k)[i];
      return sum;
    });
    sameBits(combined, expected, `${count} of ${n}`);
  }
});

test.run();
