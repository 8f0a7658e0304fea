/**
 * C[m,n] = A·B, Aᵀ·B and A·Bᵀ, any sizes, any alignment (Goto & van de Geijn 2008: packed panels, register tiles).
 * Order of every entry: blocks of SUM_BLOCK terms, in a block one term after another from +0, blocks in order:
 * |error| ≤ (SUM_BLOCK + k/SUM_BLOCK)·2⁻²⁴·Σ|aᵢbᵢ|.
 */
import { activateF32 } from "./elementwise";
import { loadLanes, storeLanes } from "./lanes";
import { PANEL, packPanels } from "./pack";
import { tile1, tile4 } from "./tiles";

/** Terms of a partial sum; part of the ABI. */
const SUM_BLOCK: i32 = 256;
/** Rows of A that stay in cache while all panels pass. */
const ROW_BLOCK: i32 = 64;

export function matmulScratchBytes(k: i32, n: i32): usize {
  return <usize>min(k, SUM_BLOCK) * ((n + PANEL - 1) & -PANEL) * 4;
}

export function matmulF32(
  a: usize,
  b: usize,
  c: usize,
  m: i32,
  k: i32,
  n: i32,
  accumulate: bool,
  scratch: usize,
): void {
  product(a, (<usize>k) << 2, 4, b, (<usize>n) << 2, 4, c, m, k, n, accumulate, scratch, 0, 0);
}

export function matmulTransposeAF32(
  a: usize,
  b: usize,
  c: usize,
  m: i32,
  k: i32,
  n: i32,
  accumulate: bool,
  scratch: usize,
): void {
  product(a, 4, (<usize>m) << 2, b, (<usize>n) << 2, 4, c, m, k, n, accumulate, scratch, 0, 0);
}

export function matmulTransposeBF32(
  a: usize,
  b: usize,
  c: usize,
  m: i32,
  k: i32,
  n: i32,
  accumulate: bool,
  scratch: usize,
): void {
  product(a, (<usize>k) << 2, 4, b, 4, (<usize>k) << 2, c, m, k, n, accumulate, scratch, 0, 0);
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
  product(x, (<usize>k) << 2, 4, w, (<usize>n) << 2, 4, y, m, k, n, false, scratch, bias, activation);
}

/** A[i,p] lies at a + i·row + p·step, B[p,j] at b + p·bStep + j·bColumn. A bias of 0 means: no bias, no activation. */
function product(
  a: usize,
  row: usize,
  step: usize,
  b: usize,
  bStep: usize,
  bColumn: usize,
  c: usize,
  m: i32,
  k: i32,
  n: i32,
  accumulate: bool,
  scratch: usize,
  bias: usize,
  activation: i32,
): void {
  const cRow = (<usize>n) << 2;
  let start = 0;
  do {
    const depth = min(k - start, SUM_BLOCK);
    packPanels(b + <usize>start * bStep, bStep, bColumn, depth, n, scratch);
    const last = start + depth === k;
    for (let i = 0; i < m; i += ROW_BLOCK) {
      const rows = min(m - i, ROW_BLOCK);
      const target = c + <usize>i * cRow;
      const source = a + <usize>i * row + <usize>start * step;
      multiplyRows(source, row, step, scratch, depth, target, rows, n, accumulate || start > 0);
      if (last && bias !== 0) {
        addBias(target, bias, rows, n);
        activateF32(activation, target, target, rows * n);
      }
    }
    start += depth;
  } while (start < k);
}

/** C[rows,n] = or += A[rows,depth]·panels. */
function multiplyRows(
  a: usize,
  row: usize,
  step: usize,
  panels: usize,
  depth: i32,
  c: usize,
  rows: i32,
  n: i32,
  accumulate: bool,
): void {
  const cRow = (<usize>n) << 2;
  const whole = rows & ~3;
  for (let j = 0; j < n; j += PANEL) {
    const width = min(PANEL, n - j);
    let x = a;
    let y = c + ((<usize>j) << 2);
    for (let i = 0; i < whole; i += 4) {
      tile4(x, row, step, panels, depth, y, cRow, width, accumulate);
      x += 4 * row;
      y += 4 * cRow;
    }
    for (let i = whole; i < rows; i++) {
      tile1(x, step, panels, depth, y, width, accumulate);
      x += row;
      y += cRow;
    }
    panels += <usize>depth * (PANEL * 4);
  }
}

/** Y[rows,n] += bias[n] in every row. */
export function addBias(y: usize, bias: usize, rows: i32, n: i32): void {
  const whole = n & ~3;
  const rest = n & 3;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < whole; j += 4) {
      const offset = (<usize>j) << 2;
      v128.store(y + offset, f32x4.add(v128.load(y + offset), v128.load(bias + offset)));
    }
    const tail = (<usize>whole) << 2;
    storeLanes(y + tail, f32x4.add(loadLanes(y + tail, rest), loadLanes(bias + tail, rest)), rest);
    y += (<usize>n) << 2;
  }
}
