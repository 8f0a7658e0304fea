/** Twin of assembly/reduce.ts: the same eight f64 lanes, joined in the same order. */
import { type Kernels, SUM_BLOCK } from "../abi.ts";
import type { Views } from "./views.ts";

export type ReduceKernels = Pick<
  Kernels,
  | "sumF32"
  | "dotF32"
  | "columnSumsF32"
  | "rowSumsF32"
  | "allFiniteF32"
  | "projectF32"
  | "combineF32"
  | "combineStridedF32"
  | "addVectorsF32"
>;

/** Σ term(i) for 0 ≤ i < n; the order is that of the kernels. */
function sumOf(n: number, term: (i: number) => number): number {
  const lanes = new Float64Array(8);
  const whole = n & ~7;
  for (let i = 0; i < whole; i++) lanes[i & 7] += term(i);
  const even = lanes[0] + lanes[4] + (lanes[2] + lanes[6]);
  let sum = even + (lanes[1] + lanes[5] + (lanes[3] + lanes[7]));
  for (let i = whole; i < n; i++) sum += term(i);
  return sum;
}

/** out[columns] += sums of `rows` rows of X, each column in f64 and rounded before it is added; x and out are indices. */
function addColumns(f32: Float32Array, x: number, out: number, rows: number, columns: number): void {
  for (let j = 0; j < columns; j++) {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += f32[x + row * columns + j];
    f32[out + j] += Math.fround(sum);
  }
}

export function reduceReference(views: Views): ReduceKernels {
  const kernels: ReduceKernels = {
    sumF32(x, n) {
      const { f32 } = views;
      return sumOf(n, (i) => f32[(x >>> 2) + i]);
    },
    dotF32(x, y, n) {
      const { f32 } = views;
      return sumOf(n, (i) => f32[(x >>> 2) + i] * f32[(y >>> 2) + i]);
    },
    columnSumsF32(x, out, rows, columns, accumulate) {
      const { f32 } = views;
      if (accumulate === 0) f32.fill(0, out >>> 2, (out >>> 2) + columns);
      for (let row = 0; row < rows; row += SUM_BLOCK) {
        const count = Math.min(rows - row, SUM_BLOCK);
        addColumns(f32, (x >>> 2) + row * columns, out >>> 2, count, columns);
      }
    },
    rowSumsF32(x, out, rows, columns) {
      for (let row = 0; row < rows; row++) {
        views.f32[(out >>> 2) + row] = kernels.sumF32(x + 4 * row * columns, columns);
      }
    },
    allFiniteF32(x, n) {
      return views.f32.subarray(x >>> 2, (x >>> 2) + n).every(Number.isFinite) ? 1 : 0;
    },
    projectF32(vectors, x, out, count, n) {
      for (let k = 0; k < count; k++) {
        views.f64[(out >>> 3) + k] = kernels.dotF32(vectors + 4 * k * n, x, n);
      }
    },
    combineF32(vectors, coefficients, out, count, n) {
      kernels.combineStridedF32(vectors, coefficients, out, count, n, n);
    },
    combineStridedF32(vectors, coefficients, out, count, distance, n) {
      const { f32, f64 } = views;
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let k = 0; k < count; k++)
          sum += f64[(coefficients >>> 3) + k] * f32[(vectors >>> 2) + k * distance + i];
        f32[(out >>> 2) + i] = sum;
      }
    },
    addVectorsF32(vectors, out, count, distance, n, accumulate) {
      const { f32 } = views;
      for (let i = 0; i < n; i++) {
        let sum = accumulate === 0 ? 0 : f32[(out >>> 2) + i];
        for (let k = 0; k < count; k++) sum = Math.fround(sum + f32[(vectors >>> 2) + k * distance + i]);
        f32[(out >>> 2) + i] = sum;
      }
    },
  };
  return kernels;
}
