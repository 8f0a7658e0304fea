/**
 * PA = LU of a square matrix in f64 with partial pivoting (Golub & Van Loan, Matrix Computations, §3.4), and the solve
 * that follows from it. Matrices are row-major. Backward error about n·2⁻⁵³·‖A‖ for the matrices met in practice.
 */
import { InvalidInputError } from "../validation/errors.ts";

export interface Lu {
  readonly n: number;
  /** [n,n]: U on and above the diagonal, L below it, whose own diagonal of ones is not kept. */
  readonly factors: Float64Array;
  /** [n]: row i of PA is row order[i] of A. */
  readonly order: Int32Array;
}

/** @param a [n,n]; not changed. @throws InvalidInputError for a matrix that is singular or not finite */
export function lu(a: Float64Array, n: number): Lu {
  const factors = a.slice();
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let k = 0; k < n; k++) {
    const pivot = largestBelow(factors, n, k);
    const value = factors[pivot * n + k];
    if (!(Math.abs(value) > 0 && Math.abs(value) < Number.POSITIVE_INFINITY)) {
      throw new InvalidInputError(
        `lu: column ${k} of the ${n}×${n} matrix has no usable pivot (${value}); it is singular or not finite`,
      );
    }
    if (pivot !== k) swapRows(factors, order, n, k, pivot);
    for (let i = k + 1; i < n; i++) {
      const factor = factors[i * n + k] / factors[k * n + k];
      factors[i * n + k] = factor;
      for (let j = k + 1; j < n; j++) factors[i * n + j] -= factor * factors[k * n + j];
    }
  }
  return { n, factors, order };
}

/** x of A·x = b. @param b [n]; not changed */
export function luSolve({ n, factors, order }: Lu, b: Float64Array): Float64Array {
  const x = Float64Array.from(order, (row) => b[row]);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) x[i] -= factors[i * n + j] * x[j];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) x[i] -= factors[i * n + j] * x[j];
    x[i] /= factors[i * n + i];
  }
  return x;
}

/** The row from k on with the largest entry in column k; a NaN wins, so that it is found out. */
function largestBelow(a: Float64Array, n: number, k: number): number {
  let best = k;
  for (let i = k + 1; i < n; i++) {
    if (!(Math.abs(a[i * n + k]) <= Math.abs(a[best * n + k]))) best = i;
  }
  return best;
}

function swapRows(a: Float64Array, order: Int32Array, n: number, i: number, j: number): void {
  [order[i], order[j]] = [order[j], order[i]];
  for (let k = 0; k < n; k++) [a[i * n + k], a[j * n + k]] = [a[j * n + k], a[i * n + k]];
}
