/**
 * C[m,n] = A·B, Aᵀ·B and A·Bᵀ, any sizes, any alignment (Goto & van de Geijn 2008: packed panels, register tiles).
 * Order of every entry: blocks of SUM_BLOCK terms, in a block one term after another from +0, blocks in order;
 * |error| ≤ (SUM_BLOCK + ⌈k/SUM_BLOCK⌉)·2⁻²⁴·Σ|aᵢbᵢ|, with |C| added to the sum when accumulating.
 */
import { activateF32 } from "./elementwise";
import { packPanels } from "./pack";
import { multiplyPanel, TILE_BYTES, TILE_COLUMNS, TILE_ROWS } from "./tiles";

/** Terms of a partial sum; part of the ABI. */
export const SUM_BLOCK: i32 = 256;
/** Rows of A that stay in cache while all panels of B pass. */
const ROW_BLOCK: i32 = 64;

/** One tile, ROW_BLOCK rows of A and all columns of B, both for one block of the sum. */
export function matmulScratchBytes(k: i32, n: i32): usize {
  const columns = (<usize>n + TILE_COLUMNS - 1) & -TILE_COLUMNS;
  return TILE_BYTES + ((<usize>min(k, SUM_BLOCK) * (columns + ROW_BLOCK)) << 2);
}

export function matmulF32(
  a: usize,
  b: usize,
  c: usize,
  m: i32,
  k: i32,
  n: i32,
  accumulate: i32,
  scratch: usize,
): void {
  const row = (<usize>n) << 2;
  product(a, (<usize>k) << 2, 4, b, row, 4, c, row, m, k, n, accumulate, scratch, 0, 0);
}

export function matmulTransposeAF32(
  a: usize,
  b: usize,
  c: usize,
  m: i32,
  k: i32,
  n: i32,
  accumulate: i32,
  scratch: usize,
): void {
  matmulTransposeATileF32(a, b, c, m, k, n, accumulate, scratch, 0, m, 0, n);
}

/** A tile of C: its rows take columns of A, its columns those of B. */
export function matmulTransposeATileF32(
  a: usize,
  b: usize,
  c: usize,
  m: i32,
  k: i32,
  n: i32,
  accumulate: i32,
  scratch: usize,
  row: i32,
  rows: i32,
  column: i32,
  columns: i32,
): void {
  a += (<usize>row) << 2;
  b += (<usize>column) << 2;
  c += (<usize>row * n + column) << 2;
  const cRow = (<usize>n) << 2;
  product(a, 4, (<usize>m) << 2, b, cRow, 4, c, cRow, rows, k, columns, accumulate, scratch, 0, 0);
}

export function matmulTransposeBF32(
  a: usize,
  b: usize,
  c: usize,
  m: i32,
  k: i32,
  n: i32,
  accumulate: i32,
  scratch: usize,
): void {
  product(
    a,
    (<usize>k) << 2,
    4,
    b,
    4,
    (<usize>k) << 2,
    c,
    (<usize>n) << 2,
    m,
    k,
    n,
    accumulate,
    scratch,
    0,
    0,
  );
}

export function denseF32(
  x: usize,
  w: usize,
  bias: usize,
  y: usize,
  m: i32,
  k: i32,
  n: i32,
  activation: i32,
  scratch: usize,
): void {
  const row = (<usize>n) << 2;
  product(x, (<usize>k) << 2, 4, w, row, 4, y, row, m, k, n, 0, scratch, bias, activation);
}

/** Y[m,n] = or += X[m,k]·W[k,n], then += bias[n] in every row. */
export function affineF32(
  x: usize,
  w: usize,
  bias: usize,
  y: usize,
  m: i32,
  k: i32,
  n: i32,
  accumulate: i32,
  scratch: usize,
): void {
  const row = (<usize>n) << 2;
  product(x, (<usize>k) << 2, 4, w, row, 4, y, row, m, k, n, accumulate, scratch, bias, 0);
}

/**
 * A[i,p] lies at a + i·row + p·step, B[p,j] at b + p·bStep + j·bColumn, C[i,j] at c + i·cRow + 4j. A bias of 0 is none;
 * with an activation other than the identity the rows of C are adjacent.
 */
function product(
  a: usize,
  row: usize,
  step: usize,
  b: usize,
  bStep: usize,
  bColumn: usize,
  c: usize,
  cRow: usize,
  m: i32,
  k: i32,
  n: i32,
  accumulate: i32,
  scratch: usize,
  bias: usize,
  activation: i32,
): void {
  let start = 0;
  do {
    const depth = min(k - start, SUM_BLOCK);
    const strips = scratch + TILE_BYTES;
    const panels = strips + <usize>depth * (ROW_BLOCK * 4);
    packPanels(b + <usize>start * bStep, bStep, bColumn, depth, n, TILE_COLUMNS, panels);
    const last = start + depth === k;
    for (let i = 0; i < m; i += ROW_BLOCK) {
      const rows = min(m - i, ROW_BLOCK);
      const source = a + <usize>i * row + <usize>start * step;
      const target = c + <usize>i * cRow;
      packPanels(source, step, row, depth, rows, TILE_ROWS, strips);
      const more = start > 0 ? 1 : accumulate;
      multiplyBlock(strips, panels, depth, target, cRow, rows, n, more, last ? bias : 0, scratch);
      if (last && activation !== 0) activateF32(activation, target, target, rows * n);
    }
    start += depth;
  } while (start < k);
}

/** C[rows,n] = or += A[rows,depth]·B[depth,n] of packed panels, then += bias[n] unless that is 0. */
function multiplyBlock(
  strips: usize,
  panels: usize,
  depth: i32,
  c: usize,
  cRow: usize,
  rows: i32,
  n: i32,
  accumulate: i32,
  bias: usize,
  corner: usize,
): void {
  for (let j = 0; j < n; j += TILE_COLUMNS) {
    const columns = min(n - j, TILE_COLUMNS);
    multiplyPanel(strips, panels, depth, c, cRow, rows, columns, accumulate, bias, corner);
    panels += <usize>depth * (TILE_COLUMNS * 4);
    c += TILE_COLUMNS * 4;
    if (bias !== 0) bias += TILE_COLUMNS * 4;
  }
}
