/**
 * A = V diag(λ) Vᵀ of a symmetric matrix in f64: Householder tridiagonalisation, then implicit QR steps (Golub & Van
 * Loan, Matrix Computations, §8.3). Error of each λ about n·2⁻⁵³·‖A‖. A kernel in an arena, else its twin: same bits.
 */
import { type EigenTask, eigenFields } from "../kernels/abi-eigen.ts";
import type { Arena } from "../kernels/memory.ts";
import { symmetricEigenRows } from "../kernels/reference/eigen.ts";
import { InvalidInputError } from "../validation/errors.ts";

export interface SymmetricEigen {
  /** [n] ascending. */
  readonly values: Float64Array;
  /** [n,n] row-major; column k is the unit eigenvector of values[k]. */
  readonly vectors: Float64Array;
}

/** A symmetric matrix. */
export interface Symmetric {
  /** [n,n] row-major; not changed. */
  readonly a: Float64Array;
  readonly n: number;
}

/**
 * @param a [n,n] row-major and symmetric; not changed.
 * @param arena for speed with a large n.
 * @throws InvalidInputError when an entry is not finite.
 */
export function symmetricEigen(a: Float64Array, n: number, arena?: Arena): SymmetricEigen {
  if (arena) return symmetricEigens([{ a, n }], arena)[0];
  const { scale, scaled } = normalise({ a, n });
  return sort(solve(scaled, n), n, scale);
}

/** The same of several matrices, which threads share. @throws InvalidInputError when an entry is not finite */
export function symmetricEigens(matrices: readonly Symmetric[], arena: Arena): SymmetricEigen[] {
  const scales = matrices.map(normalise);
  return arena.scope(() => {
    const tasks = matrices.map(({ n }, i): EigenTask => {
      const [values, rows, scratch] = [n, n * n, 3 * n].map((size) => arena.allocate(8 * size));
      return { n, a: arena.place(scales[i].scaled), values, rows, scratch, converged: 0 };
    });
    const numbers = tasks.flatMap((task) => eigenFields.map((field) => task[field]));
    const records = arena.place(Float64Array.from(numbers));
    arena.kernels.symmetricEigensF64(records, tasks.length);
    const done = arena.f64(records, numbers.length);
    return tasks.map(({ n, values, rows }, i) => {
      requireConvergence(done[(i + 1) * eigenFields.length - 1]);
      return sort({ diagonal: arena.f64(values, n), rows: arena.f64(rows, n * n) }, n, scales[i].scale);
    });
  });
}

/** The matrix over a power of two. */
function normalise({ a, n }: Symmetric): { readonly scale: number; readonly scaled: Float64Array } {
  const scale = powerOfTwoAbove(a, n);
  return { scale, scaled: a.map((value) => value / scale) };
}

/** Eigenvalues in no order and their eigenvectors as rows. */
interface Unsorted {
  readonly diagonal: Float64Array;
  readonly rows: Float64Array;
}

function sort({ diagonal, rows }: Unsorted, n: number, scale: number): SymmetricEigen {
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
