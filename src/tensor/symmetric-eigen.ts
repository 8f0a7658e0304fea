/**
 * A = V diag(λ) Vᵀ of a symmetric matrix in f64: Householder tridiagonalisation, then implicit QR steps (Golub & Van
 * Loan, Matrix Computations, §8.3). Error of each λ about n·2⁻⁵³·‖A‖. A kernel in an arena, else its twin: same bits.
 */
import type { Arena } from "../kernels/memory.ts";
import { symmetricEigenRows } from "../kernels/reference/eigen.ts";
import { InvalidInputError } from "../validation/errors.ts";

export interface SymmetricEigen {
  /** [n] ascending. */
  readonly values: Float64Array;
  /** [n,n] row-major; column k is the unit eigenvector of values[k]. */
  readonly vectors: Float64Array;
}

/**
 * @param a [n,n] row-major and symmetric; not changed.
 * @param arena for speed with a large n.
 * @throws InvalidInputError when an entry is not finite.
 */
export function symmetricEigen(a: Float64Array, n: number, arena?: Arena): SymmetricEigen {
  const scale = powerOfTwoAbove(a, n);
  const scaled = a.map((value) => value / scale);
  const { diagonal, rows } = arena ? solveIn(arena, scaled, n) : solve(scaled, n);
  const order = Array.from(diagonal.keys()).sort((i, j) => diagonal[i] - diagonal[j] || i - j);
  const values = new Float64Array(n);
  const vectors = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    const from = order[k] * n;
    values[k] = diagonal[order[k]] * scale;
    for (let i = 0; i < n; i++) vectors[i * n + k] = rows[from + i];
  }
  return { values, vectors };
}

/** Eigenvalues in no order and their eigenvectors as rows. */
interface Unsorted {
  readonly diagonal: Float64Array;
  readonly rows: Float64Array;
}

function solveIn(arena: Arena, a: Float64Array, n: number): Unsorted {
  return arena.scope(() => {
    const matrix = arena.place(a);
    const values = arena.allocate(8 * n);
    const rows = arena.allocate(8 * n * n);
    const scratch = arena.allocate(24 * n);
    requireConvergence(arena.kernels.symmetricEigenF64(matrix, values, rows, n, scratch));
    return { diagonal: arena.f64(values, n).slice(), rows: arena.f64(rows, n * n).slice() };
  });
}

function solve(a: Float64Array, n: number): Unsorted {
  const diagonal = new Float64Array(n);
  const rows = new Float64Array(n * n);
  requireConvergence(symmetricEigenRows(a, diagonal, rows, n));
  return { diagonal, rows };
}

function requireConvergence(converged: number): void {
  if (converged !== 1) throw new Error("symmetricEigen: QR steps do not converge");
}

/** The power of two next above the largest |entry|: exact to divide by, and then no square overflows. */
function powerOfTwoAbove(a: Float64Array, n: number): number {
  let largest = 0;
  for (let i = 0; i < n * n; i++) {
    if (!Number.isFinite(a[i])) {
      throw new InvalidInputError(
        `symmetricEigen: entry [${Math.floor(i / n)}, ${i % n}] is ${a[i]}; all entries must be finite. ` +
          "Look for the step that made it.",
      );
    }
    largest = Math.max(largest, Math.abs(a[i]));
  }
  let scale = 1;
  while (scale < largest && scale < 2 ** 1023) scale *= 2;
  while (largest > 0 && scale > 2 ** -1022 && scale / 2 >= largest) scale /= 2;
  return scale;
}
