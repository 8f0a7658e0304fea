/**
 * C[m,n] = A·B, Aᵀ·B and A·Bᵀ, any sizes, any alignment (Goto & van de Geijn 2008: packed panels, register tiles).
 * Order of every entry: blocks of SUM_BLOCK terms, in a block one term after another from +0, blocks in order;
 * |error| ≤ (SUM_BLOCK + ⌈k/SUM_BLOCK⌉)·2⁻²⁴·Σ|aᵢbᵢ|, with |C| added to the sum when accumulating.
 */
import { activateF32 } from "./elementwise";
import { packPanels } from "./pack";
import { multiplyColumns, multiplyRows, TILE_COLUMNS, TILE_ROWS } from "./tiles";

/** Terms of a partial sum; part of the ABI. */
export const SUM_BLOCK: i32 = 256;
/** Rows of A that stay in cache while all panels of B pass. */
const ROW_BLOCK: i32 = 64;
/** From so many rows of A on B is packed. */
const PACKED_ROWS: i32 = 32;
/** Bytes of a row of a panel, of a strip of A, and of a whole strip. */
const PANEL_ROW: usize = TILE_COLUMNS * 4;
const STRIP_ROW: usize = TILE_ROWS * 4;
const STRIP_BYTES: usize = <usize>SUM_BLOCK * STRIP_ROW;

/** A strip of A and all columns of B, both for one block of the sum. */
export function matmulScratchBytes(k: i32, n: i32): usize {
  const columns = (<usize>n + TILE_COLUMNS - 1) & -TILE_COLUMNS;
  return STRIP_BYTES + ((<usize>min(k, SUM_BLOCK) * columns) << 2);
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
 * A[i,p] lies at a + i·row + p·step, B[p,j] at b + p·bStep + j·bColumn, C[i,j] at c + i·cRow + 4j; either rows or
 * columns of A are adjacent. A bias of 0 is none; with an activation other than the identity the rows of C are adjacent.
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
  // Columns of B that are used where they are.
  const inPlace = m < PACKED_ROWS && bColumn === 4 ? n & -TILE_COLUMNS : 0;
  let start = 0;
  do {
    const depth = min(k - start, SUM_BLOCK);
    const panels = scratch + STRIP_BYTES;
    const packed = b + <usize>start * bStep + ((<usize>inPlace) << 2);
    packPanels(packed, bStep, bColumn, depth, n - inPlace, TILE_COLUMNS, panels);
    const last = start + depth === k;
    for (let i = 0; i < m; i += ROW_BLOCK) {
      const rows = min(m - i, ROW_BLOCK);
      multiplyBlock(
        a + <usize>i * row + <usize>start * step,
        row,
        step,
        b + <usize>start * bStep,
        bStep,
        inPlace,
        scratch,
        depth,
        c + <usize>i * cRow,
        cRow,
        rows,
        n,
        start > 0 ? 1 : accumulate,
        last ? bias : 0,
      );
      if (last && activation !== 0)
        activateF32(activation, c + <usize>i * cRow, c + <usize>i * cRow, rows * n);
    }
    start += depth;
  } while (start < k);
}

/**
 * C[rows,n] = or += A[rows,depth]·B[depth,n], then += bias[n] unless that is 0. The first `inPlace` columns of B are read
 * where they are, the others from the panels behind the strip.
 */
function multiplyBlock(
  a: usize,
  row: usize,
  step: usize,
  b: usize,
  bStep: usize,
  inPlace: i32,
  strip: usize,
  depth: i32,
  c: usize,
  cRow: usize,
  rows: i32,
  n: i32,
  accumulate: i32,
  bias: usize,
): void {
  const whole = step === 4 ? 0 : rows & -TILE_ROWS;
  if (step !== 4 && whole < rows)
    packPanels(a + ((<usize>whole) << 2), step, 4, depth, rows - whole, TILE_ROWS, strip);
  let panel = strip + STRIP_BYTES;
  for (let j = 0; j < n; j += TILE_COLUMNS) {
    const columns = min(n - j, TILE_COLUMNS);
    const from = j < inPlace ? b : panel;
    const skip = j < inPlace ? bStep : PANEL_ROW;
    if (step === 4) {
      multiplyRows(a, row, from, skip, depth, c, cRow, rows, columns, accumulate, bias);
    } else {
      multiplyColumns(a, step, from, skip, depth, c, cRow, whole, columns, accumulate, bias);
      const rest = c + <usize>whole * cRow;
      multiplyColumns(
        strip,
        STRIP_ROW,
        from,
        skip,
        depth,
        rest,
        cRow,
        rows - whole,
        columns,
        accumulate,
        bias,
      );
    }
    b += PANEL_ROW;
    if (j >= inPlace) panel += <usize>depth * PANEL_ROW;
    c += PANEL_ROW;
    if (bias !== 0) bias += PANEL_ROW;
  }
}
