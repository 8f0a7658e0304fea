/** Plain f64 matrix arithmetic for references in tests: row-major, written for reading, not for speed. */
import type { Random } from "../../src/tensor/random.ts";

/** [rows,columns] of independent standard normal entries. */
export function normalMatrix(random: Random, rows: number, columns: number): Float64Array {
  return Float64Array.from({ length: rows * columns }, () => random.normal());
}

/** C[m,n] = A[m,k]·B[k,n]. */
export function product(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  m: number,
  k: number,
  n: number,
): Float64Array {
  const c = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      for (let l = 0; l < k; l++) c[i * n + j] += a[i * k + l] * b[l * n + j];
    }
  }
  return c;
}

/** [columns,rows] of A[rows,columns]. */
export function transposed(a: ArrayLike<number>, rows: number, columns: number): Float64Array {
  return Float64Array.from(
    { length: rows * columns },
    (_, i) => a[(i % rows) * columns + Math.floor(i / rows)],
  );
}

/** AᵀA[columns,columns] divided by `divisor`. */
export function gram(a: Float64Array, rows: number, columns: number, divisor: number): Float64Array {
  return product(transposed(a, rows, columns), a, columns, rows, columns).map((value) => value / divisor);
}

export function identity(n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
}

export function dot(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}

/** Euclidean length, of a matrix the Frobenius norm. */
export function norm(x: ArrayLike<number>): number {
  return Math.sqrt(dot(x, x));
}

/** x − factor·y. */
export function minus(x: ArrayLike<number>, y: ArrayLike<number>, factor = 1): Float64Array {
  return Float64Array.from(x, (value, i) => value - factor * y[i]);
}

/** xᵀAx. */
export function quadraticForm(a: Float64Array, x: Float64Array): number {
  return dot(x, product(a, x, x.length, x.length, 1));
}
