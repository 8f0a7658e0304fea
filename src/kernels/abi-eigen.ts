/** Eigenvectors of symmetric matrices, one at a time or several, which threads then share. */
import type { Pointer } from "./abi.ts";

/** What a decomposition of several is given, in the order of its record of f64 numbers; arguments as of one. */
export const eigenFields = ["n", "a", "values", "rows", "scratch", "converged"] as const;
export type EigenTask = Readonly<Record<(typeof eigenFields)[number], number>>;
export const EIGEN_TASK_BYTES = 8 * eigenFields.length;

export interface EigenKernels {
  /**
   * Eigenvalues values[n], in no order, and unit eigenvectors, the rows of rows[n,n], of a symmetric a[n,n] whose largest
   * |entry| is about 1; a is lost. All f64 and 8-byte aligned, scratch 24n bytes. 1, or 0 when it does not converge.
   */
  symmetricEigenF64(a: Pointer, values: Pointer, rows: Pointer, n: number, scratch: Pointer): number;
  /** symmetricEigenF64 for `count` records that stand one after another; `converged` becomes what it returns. */
  symmetricEigensF64(tasks: Pointer, count: number): void;
}
