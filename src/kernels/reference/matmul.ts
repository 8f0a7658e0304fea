/** Twin of assembly/matmul.ts: the same products entry by entry, in blocks of SUM_BLOCK terms, rounded to f32 each step. */
import { type Kernels, SUM_BLOCK } from "../abi.ts";
import type { Views } from "./views.ts";

export type MatmulKernels = Pick<
  Kernels,
  | "matmulScratchBytes"
  | "matmulF32"
  | "matmulTransposeAF32"
  | "matmulTransposeATileF32"
  | "matmulTransposeBF32"
  | "denseF32"
>;

/** Where a matrix starts and how far apart its rows and columns are, in values. */
interface Strided {
  readonly start: number;
  readonly row: number;
  readonly column: number;
}

/** C[m,n] = or += A[m,k]·B[k,n]; the columns of C are adjacent. */
function product(
  f32: Float32Array,
  a: Strided,
  b: Strided,
  c: Strided,
  [m, k, n]: readonly [number, number, number],
  accumulate: number,
): void {
  const sums = new Float32Array(n);
  for (let i = 0; i < m; i++) {
    const out = f32.subarray(c.start + i * c.row, c.start + i * c.row + n);
    let first = 0;
    do {
      const end = Math.min(first + SUM_BLOCK, k);
      sums.fill(0);
      for (let p = first; p < end; p++) {
        const x = f32[a.start + i * a.row + p * a.column];
        const source = b.start + p * b.row;
        for (let j = 0; j < n; j++) sums[j] += Math.fround(x * f32[source + j * b.column]);
      }
      const keep = first > 0 || accumulate === 1;
      for (let j = 0; j < n; j++) out[j] = keep ? out[j] + sums[j] : sums[j];
      first = end;
    } while (first < k);
  }
}

/** Twins need no scratch, but ask for as much as the kernels, so that both run the same programs in the same memory. */
export function matmulScratchBytes(k: number, n: number): number {
  return 16 * SUM_BLOCK + 32 * Math.min(k, SUM_BLOCK) * Math.ceil(n / 8);
}

export function matmulReference(views: Views, activateF32: Kernels["activateF32"]): MatmulKernels {
  const strided = (pointer: number, row: number, column: number) => ({ start: pointer >>> 2, row, column });
  const kernels: MatmulKernels = {
    matmulScratchBytes,
    matmulF32(a, b, c, m, k, n, accumulate) {
      const out = strided(c, n, 1);
      product(views.f32, strided(a, k, 1), strided(b, n, 1), out, [m, k, n], accumulate);
    },
    matmulTransposeAF32(a, b, c, m, k, n, accumulate, scratch) {
      kernels.matmulTransposeATileF32(a, b, c, m, k, n, accumulate, scratch, 0, m, 0, n);
    },
    matmulTransposeATileF32(a, b, c, m, k, n, accumulate, _, row, rows, column, columns) {
      const left = strided(a + 4 * row, 1, m);
      const right = strided(b + 4 * column, n, 1);
      const out = strided(c + 4 * (row * n + column), n, 1);
      product(views.f32, left, right, out, [rows, k, columns], accumulate);
    },
    matmulTransposeBF32(a, b, c, m, k, n, accumulate) {
      const out = strided(c, n, 1);
      product(views.f32, strided(a, k, 1), strided(b, 1, k), out, [m, k, n], accumulate);
    },
    denseF32(x, w, bias, y, m, k, n, activation, scratch) {
      kernels.matmulF32(x, w, y, m, k, n, 0, scratch);
      addBias(views.f32, y >>> 2, bias >>> 2, m, n);
      activateF32(activation, y, y, m * n);
    },
  };
  return kernels;
}

/** Y[rows,n] += bias[n] in every row; y and bias are indices. */
export function addBias(f32: Float32Array, y: number, bias: number, rows: number, n: number): void {
  for (let i = 0; i < rows; i++) for (let j = 0; j < n; j++) f32[y + i * n + j] += f32[bias + j];
}
