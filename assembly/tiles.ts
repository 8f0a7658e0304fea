/**
 * The register tile of the product: 4 rows × 8 columns, summed over `depth` terms in order, from +0.
 * 8 accumulators + 2 vectors of B + 4 values of A + 1 product fill the 15 registers that V8 has on x64; a larger tile
 * would spill. A term is 16 additions and multiplications and 6 loads. Two adders and two multipliers take 4 turns for
 * it, in which a processor begins 24 to 32 instructions.
 *
 * A is read where it stands: a strip of it, four rows or four columns, stays in the first cache while it meets all
 * panels of B. B is a packed panel, or eight columns of the matrix itself where packing them would not pay.
 */
import { loadUpTo, storeUpTo } from "./lanes";

export const TILE_ROWS: i32 = 4;
export const TILE_COLUMNS: i32 = 8;

/** sum + x·y. */
function addProduct(sum: v128, x: v128, y: v128): v128 {
  return f32x4.add(sum, f32x4.mul(x, y));
}

/**
 * C[rows,columns] = or += A[rows,depth]·B[depth,columns], then += bias[columns] unless that is 0. Rows of A are `row`
 * bytes apart, those of B `bStep`. Rows that a last tile has too many are the last one again and are not stored.
 *
 * Why it is written like this, for V8: four terms a turn share what the loop costs. The tests between them keep the
 * next term's operands from being loaded before this term is done, which would spill. Values of A are read at no other
 * offsets than 0 to 12, which become four base registers; each other offset would be added in every turn.
 */
export function multiplyRows(
  a: usize,
  row: usize,
  panel: usize,
  bStep: usize,
  depth: i32,
  c: usize,
  cRow: usize,
  rows: i32,
  columns: i32,
  accumulate: i32,
  bias: usize,
): void {
  const zero = f32x4.splat(0);
  const left = bias === 0 ? zero : loadUpTo(bias, min(columns, 4));
  const right = bias === 0 || columns <= 4 ? zero : loadUpTo(bias + 16, columns - 4);
  for (; rows > 0; rows -= TILE_ROWS) {
    let c00 = zero;
    let c01 = zero;
    let c10 = zero;
    let c11 = zero;
    let c20 = zero;
    let c21 = zero;
    let c30 = zero;
    let c31 = zero;
    let a0 = a - 16;
    let a1 = rows > 1 ? a0 + row : a0;
    let a2 = rows > 2 ? a1 + row : a1;
    let a3 = rows > 3 ? a2 + row : a2;
    let b = panel - bStep;
    let terms = depth;
    if (terms > 0) {
      do {
        a0 += 16;
        a1 += 16;
        a2 += 16;
        a3 += 16;
        b += bStep;
        let b0 = v128.load(b);
        let b1 = v128.load(b, 16);
        let x0 = v128.load_splat<f32>(a0);
        let x1 = v128.load_splat<f32>(a1);
        let x2 = v128.load_splat<f32>(a2);
        let x3 = v128.load_splat<f32>(a3);
        c00 = addProduct(c00, x0, b0);
        c01 = addProduct(c01, x0, b1);
        c10 = addProduct(c10, x1, b0);
        c11 = addProduct(c11, x1, b1);
        c20 = addProduct(c20, x2, b0);
        c21 = addProduct(c21, x2, b1);
        c30 = addProduct(c30, x3, b0);
        c31 = addProduct(c31, x3, b1);
        if (terms === 1) break;
        b += bStep;
        b0 = v128.load(b);
        b1 = v128.load(b, 16);
        x0 = v128.load_splat<f32>(a0, 4);
        x1 = v128.load_splat<f32>(a1, 4);
        x2 = v128.load_splat<f32>(a2, 4);
        x3 = v128.load_splat<f32>(a3, 4);
        c00 = addProduct(c00, x0, b0);
        c01 = addProduct(c01, x0, b1);
        c10 = addProduct(c10, x1, b0);
        c11 = addProduct(c11, x1, b1);
        c20 = addProduct(c20, x2, b0);
        c21 = addProduct(c21, x2, b1);
        c30 = addProduct(c30, x3, b0);
        c31 = addProduct(c31, x3, b1);
        if (terms === 2) break;
        b += bStep;
        b0 = v128.load(b);
        b1 = v128.load(b, 16);
        x0 = v128.load_splat<f32>(a0, 8);
        x1 = v128.load_splat<f32>(a1, 8);
        x2 = v128.load_splat<f32>(a2, 8);
        x3 = v128.load_splat<f32>(a3, 8);
        c00 = addProduct(c00, x0, b0);
        c01 = addProduct(c01, x0, b1);
        c10 = addProduct(c10, x1, b0);
        c11 = addProduct(c11, x1, b1);
        c20 = addProduct(c20, x2, b0);
        c21 = addProduct(c21, x2, b1);
        c30 = addProduct(c30, x3, b0);
        c31 = addProduct(c31, x3, b1);
        if (terms === 3) break;
        b += bStep;
        b0 = v128.load(b);
        b1 = v128.load(b, 16);
        x0 = v128.load_splat<f32>(a0, 12);
        x1 = v128.load_splat<f32>(a1, 12);
        x2 = v128.load_splat<f32>(a2, 12);
        x3 = v128.load_splat<f32>(a3, 12);
        c00 = addProduct(c00, x0, b0);
        c01 = addProduct(c01, x0, b1);
        c10 = addProduct(c10, x1, b0);
        c11 = addProduct(c11, x1, b1);
        c20 = addProduct(c20, x2, b0);
        c21 = addProduct(c21, x2, b1);
        c30 = addProduct(c30, x3, b0);
        c31 = addProduct(c31, x3, b1);
        terms -= 4;
      } while (terms > 0);
    }
    if (columns === TILE_COLUMNS && rows >= TILE_ROWS) {
      storeRow(c, c00, c01, accumulate, left, right);
      storeRow(c + cRow, c10, c11, accumulate, left, right);
      storeRow(c + 2 * cRow, c20, c21, accumulate, left, right);
      storeRow(c + 3 * cRow, c30, c31, accumulate, left, right);
    } else {
      storePart(c, c00, c01, columns, accumulate, left, right);
      if (rows > 1) storePart(c + cRow, c10, c11, columns, accumulate, left, right);
      if (rows > 2) storePart(c + 2 * cRow, c20, c21, columns, accumulate, left, right);
      if (rows > 3) storePart(c + 3 * cRow, c30, c31, columns, accumulate, left, right);
    }
    a += row * TILE_ROWS;
    c += cRow * TILE_ROWS;
  }
}

/**
 * The same with the columns of A adjacent and its rows `aStep` bytes apart: C[rows,columns] = or += Aᵀ·B for A[depth,rows].
 * Four columns are read of every strip, also of a last one of which fewer are stored.
 */
export function multiplyColumns(
  a: usize,
  aStep: usize,
  panel: usize,
  bStep: usize,
  depth: i32,
  c: usize,
  cRow: usize,
  rows: i32,
  columns: i32,
  accumulate: i32,
  bias: usize,
): void {
  const zero = f32x4.splat(0);
  const left = bias === 0 ? zero : loadUpTo(bias, min(columns, 4));
  const right = bias === 0 || columns <= 4 ? zero : loadUpTo(bias + 16, columns - 4);
  for (; rows > 0; rows -= TILE_ROWS) {
    let c00 = zero;
    let c01 = zero;
    let c10 = zero;
    let c11 = zero;
    let c20 = zero;
    let c21 = zero;
    let c30 = zero;
    let c31 = zero;
    let x = a - aStep;
    let b = panel - bStep;
    let terms = depth;
    if (terms > 0) {
      do {
        x += aStep;
        b += bStep;
        let b0 = v128.load(b);
        let b1 = v128.load(b, 16);
        let x0 = v128.load_splat<f32>(x);
        let x1 = v128.load_splat<f32>(x, 4);
        let x2 = v128.load_splat<f32>(x, 8);
        let x3 = v128.load_splat<f32>(x, 12);
        c00 = addProduct(c00, x0, b0);
        c01 = addProduct(c01, x0, b1);
        c10 = addProduct(c10, x1, b0);
        c11 = addProduct(c11, x1, b1);
        c20 = addProduct(c20, x2, b0);
        c21 = addProduct(c21, x2, b1);
        c30 = addProduct(c30, x3, b0);
        c31 = addProduct(c31, x3, b1);
        if (terms === 1) break;
        x += aStep;
        b += bStep;
        b0 = v128.load(b);
        b1 = v128.load(b, 16);
        x0 = v128.load_splat<f32>(x);
        x1 = v128.load_splat<f32>(x, 4);
        x2 = v128.load_splat<f32>(x, 8);
        x3 = v128.load_splat<f32>(x, 12);
        c00 = addProduct(c00, x0, b0);
        c01 = addProduct(c01, x0, b1);
        c10 = addProduct(c10, x1, b0);
        c11 = addProduct(c11, x1, b1);
        c20 = addProduct(c20, x2, b0);
        c21 = addProduct(c21, x2, b1);
        c30 = addProduct(c30, x3, b0);
        c31 = addProduct(c31, x3, b1);
        if (terms === 2) break;
        x += aStep;
        b += bStep;
        b0 = v128.load(b);
        b1 = v128.load(b, 16);
        x0 = v128.load_splat<f32>(x);
        x1 = v128.load_splat<f32>(x, 4);
        x2 = v128.load_splat<f32>(x, 8);
        x3 = v128.load_splat<f32>(x, 12);
        c00 = addProduct(c00, x0, b0);
        c01 = addProduct(c01, x0, b1);
        c10 = addProduct(c10, x1, b0);
        c11 = addProduct(c11, x1, b1);
        c20 = addProduct(c20, x2, b0);
        c21 = addProduct(c21, x2, b1);
        c30 = addProduct(c30, x3, b0);
        c31 = addProduct(c31, x3, b1);
        if (terms === 3) break;
        x += aStep;
        b += bStep;
        b0 = v128.load(b);
        b1 = v128.load(b, 16);
        x0 = v128.load_splat<f32>(x);
        x1 = v128.load_splat<f32>(x, 4);
        x2 = v128.load_splat<f32>(x, 8);
        x3 = v128.load_splat<f32>(x, 12);
        c00 = addProduct(c00, x0, b0);
        c01 = addProduct(c01, x0, b1);
        c10 = addProduct(c10, x1, b0);
        c11 = addProduct(c11, x1, b1);
        c20 = addProduct(c20, x2, b0);
        c21 = addProduct(c21, x2, b1);
        c30 = addProduct(c30, x3, b0);
        c31 = addProduct(c31, x3, b1);
        terms -= 4;
      } while (terms > 0);
    }
    if (columns === TILE_COLUMNS && rows >= TILE_ROWS) {
      storeRow(c, c00, c01, accumulate, left, right);
      storeRow(c + cRow, c10, c11, accumulate, left, right);
      storeRow(c + 2 * cRow, c20, c21, accumulate, left, right);
      storeRow(c + 3 * cRow, c30, c31, accumulate, left, right);
    } else {
      storePart(c, c00, c01, columns, accumulate, left, right);
      if (rows > 1) storePart(c + cRow, c10, c11, columns, accumulate, left, right);
      if (rows > 2) storePart(c + 2 * cRow, c20, c21, columns, accumulate, left, right);
      if (rows > 3) storePart(c + 3 * cRow, c30, c31, columns, accumulate, left, right);
    }
    a += 4 * TILE_ROWS;
    c += cRow * TILE_ROWS;
  }
}

/** A bias of +0 changes nothing: a sum that began with +0 is never −0. */
function storeRow(c: usize, c0: v128, c1: v128, accumulate: i32, left: v128, right: v128): void {
  if (accumulate !== 0) {
    c0 = f32x4.add(v128.load(c), c0);
    c1 = f32x4.add(v128.load(c, 16), c1);
  }
  v128.store(c, f32x4.add(c0, left));
  v128.store(c, f32x4.add(c1, right), 16);
}

/** The same for 1 to 8 columns. */
function storePart(
  c: usize,
  c0: v128,
  c1: v128,
  columns: i32,
  accumulate: i32,
  left: v128,
  right: v128,
): void {
  const count = min(columns, 4);
  if (accumulate !== 0) c0 = f32x4.add(loadUpTo(c, count), c0);
  storeUpTo(c, f32x4.add(c0, left), count);
  if (columns <= 4) return;
  if (accumulate !== 0) c1 = f32x4.add(loadUpTo(c + 16, columns - 4), c1);
  storeUpTo(c + 16, f32x4.add(c1, right), columns - 4);
}
