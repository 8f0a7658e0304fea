/**
 * A = LLᵀ of a symmetric positive definite matrix in f64, and the solves that follow from it.
 * Matrices are row-major; every inner loop runs along rows. Backward error about n·2⁻⁵³·‖A‖.
 */
import { InvalidInputError } from "../validation/errors.ts";

/** The matrix has no Cholesky factor; `pivot` is the row where the remaining diagonal is not positive. */
export class NotPositiveDefiniteError extends InvalidInputError {
  override readonly name: string = "NotPositiveDefiniteError";
  readonly pivot: number;

  constructor(pivot: number, remainder: number, n: number) {
    super(
      `cholesky: the ${n}×${n} matrix is not positive definite: row ${pivot} leaves ${remainder} on the diagonal, ` +
        "which must be above 0 and finite. Add damping to the diagonal or drop dependent directions.",
    );
    this.pivot = pivot;
  }
}

/**
 * The lower factor L[n,n], zeros above the diagonal. Only the lower triangle of `a` is read.
 * @throws NotPositiveDefiniteError naming the pivot.
 */
export function cholesky(a: Float64Array, n: number): Float64Array {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let j = 0; j < i; j++) {
      l[row + j] = (a[row + j] - rowProduct(l, row, j * n, j)) / l[j * n + j];
    }
    const remainder = a[row + i] - rowProduct(l, row, row, i);
    if (!(remainder > 0 && remainder < Infinity)) throw new NotPositiveDefiniteError(i, remainder, n);
    l[row + i] = Math.sqrt(remainder);
  }
  return l;
}

/** Σ over the first `count` columns of two rows of l. */
function rowProduct(l: Float64Array, rowA: number, rowB: number, count: number): number {
  let sum = 0;
  for (let k = 0; k < count; k++) sum += l[rowA + k] * l[rowB + k];
  return sum;
}

/** X of L·X = B, B[n,columns]. */
export function solveLower(l: Float64Array, n: number, b: Float64Array, columns = 1): Float64Array {
  const x = b.slice();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) subtractRow(x, i * columns, x, k * columns, columns, l[i * n + k]);
    divideRow(x, i * columns, columns, l[i * n + i]);
  }
  return x;
}

/** X of Lᵀ·X = B, B[n,columns]. */
export function solveLowerTransposed(l: Float64Array, n: number, b: Float64Array, columns = 1): Float64Array {
  const x = b.slice();
  for (let i = n - 1; i >= 0; i--) {
    divideRow(x, i * columns, columns, l[i * n + i]);
    for (let k = 0; k < i; k++) subtractRow(x, k * columns, x, i * columns, columns, l[i * n + k]);
  }
  return x;
}

/** X of L·Lᵀ·X = B, B[n,columns]. */
export function choleskySolve(l: Float64Array, n: number, b: Float64Array, columns = 1): Float64Array {
  return solveLowerTransposed(l, n, solveLower(l, n, b, columns), columns);
}

/** A⁻¹[n,n] = L⁻ᵀL⁻¹, exactly symmetric. */
export function choleskyInverse(l: Float64Array, n: number): Float64Array {
  const m = invertLower(l, n);
  const inverse = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    for (let i = 0; i <= k; i++) subtractRow(inverse, i * n, m, k * n, i + 1, -m[k * n + i]);
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) inverse[j * n + i] = inverse[i * n + j];
  return inverse;
}

/** L⁻¹[n,n], lower triangular: row i is (eᵢ − Σₖ lᵢₖ row k) / lᵢᵢ. */
function invertLower(l: Float64Array, n: number): Float64Array {
  const m = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    m[i * n + i] = 1;
    for (let k = 0; k < i; k++) subtractRow(m, i * n, m, k * n, k + 1, l[i * n + k]);
    divideRow(m, i * n, i + 1, l[i * n + i]);
  }
  return m;
}

/** target[to…] −= factor · source[from…]. */
function subtractRow(
  target: Float64Array,
  to: number,
  source: Float64Array,
  from: number,
  count: number,
  factor: number,
): void {
  for (let j = 0; j < count; j++) target[to + j] -= factor * source[from + j];
}

function divideRow(x: Float64Array, start: number, count: number, divisor: number): void {
  for (let j = 0; j < count; j++) x[start + j] /= divisor;
}
