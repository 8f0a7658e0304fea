/**
 * The register tile of the product: 4 rows × 8 columns, summed over `depth` terms in order, from +0.
 * 8 accumulators + 2 vectors of B + 4 values of A + 1 product fill the 15 registers that V8 has on x64; a larger tile
 * would spill. A term is 16 additions and multiplications and 6 loads. Two adders and two multipliers take 4 turns for
 * it, in which a processor begins 24 instructions, so that only two are left for everything else.
 */
import { loadLanes, loadUpTo, storeLanes } from "./lanes";

export const TILE_ROWS: i32 = 4;
export const TILE_COLUMNS: i32 = 8;
/** Bytes of a row of a tile that is kept by itself, and of all of it. */
const CORNER_ROW: usize = TILE_COLUMNS * 4;
export const TILE_BYTES: usize = <usize>TILE_ROWS * CORNER_ROW;

/** sum + x·y. */
function addProduct(sum: v128, x: v128, y: v128): v128 {
  return f32x4.add(sum, f32x4.mul(x, y));
}

/**
 * C[rows,columns] = or += A[rows,depth]·B[depth,columns], then += bias[columns] unless that is 0: packed strips of A, one
 * after another, against one panel of B. A tile that sticks out of C is made in `corner`.
 *
 * Why it is written like this, for V8: four terms a turn share what the loop costs. The tests between them keep the
 * next term's operands from being loaded before this term is done, which would spill. Pointers move at the start of a
 * turn, since a sum can be an address at once, but a value of the last turn has to be copied. Values of A are read at
 * no other offsets than 0 to 12, which become four base registers; each other offset would be added in every turn.
 */
export function multiplyPanel(
  a: usize,
  panel: usize,
  depth: i32,
  c: usize,
  cRow: usize,
  rows: i32,
  columns: i32,
  accumulate: i32,
  bias: usize,
  corner: usize,
): void {
  const zero = f32x4.splat(0);
  const left = bias === 0 ? zero : loadUpTo(bias, columns);
  const right = bias === 0 || columns <= 4 ? zero : loadUpTo(bias + 16, columns - 4);
  a -= 16;
  for (; rows > 0; rows -= TILE_ROWS) {
    let c00 = zero;
    let c01 = zero;
    let c10 = zero;
    let c11 = zero;
    let c20 = zero;
    let c21 = zero;
    let c30 = zero;
    let c31 = zero;
    let b = panel - 128;
    const last = a + ((<usize>depth) << 4);
    if (depth > 0) {
      do {
        b += 128;
        a += 16;
        let b0 = v128.load(b);
        let b1 = v128.load(b, 16);
        let x0 = v128.load_splat<f32>(a);
        let x1 = v128.load_splat<f32>(a, 4);
        let x2 = v128.load_splat<f32>(a, 8);
        let x3 = v128.load_splat<f32>(a, 12);
        c00 = addProduct(c00, x0, b0);
        c01 = addProduct(c01, x0, b1);
        c10 = addProduct(c10, x1, b0);
        c11 = addProduct(c11, x1, b1);
        c20 = addProduct(c20, x2, b0);
        c21 = addProduct(c21, x2, b1);
        c30 = addProduct(c30, x3, b0);
        c31 = addProduct(c31, x3, b1);
        if (a === last) break;
        a += 16;
        b0 = v128.load(b, 32);
        b1 = v128.load(b, 48);
        x0 = v128.load_splat<f32>(a);
        x1 = v128.load_splat<f32>(a, 4);
        x2 = v128.load_splat<f32>(a, 8);
        x3 = v128.load_splat<f32>(a, 12);
        c00 = addProduct(c00, x0, b0);
        c01 = addProduct(c01, x0, b1);
        c10 = addProduct(c10, x1, b0);
        c11 = addProduct(c11, x1, b1);
        c20 = addProduct(c20, x2, b0);
        c21 = addProduct(c21, x2, b1);
        c30 = addProduct(c30, x3, b0);
        c31 = addProduct(c31, x3, b1);
        if (a === last) break;
        a += 16;
        b0 = v128.load(b, 64);
        b1 = v128.load(b, 80);
        x0 = v128.load_splat<f32>(a);
        x1 = v128.load_splat<f32>(a, 4);
        x2 = v128.load_splat<f32>(a, 8);
        x3 = v128.load_splat<f32>(a, 12);
        c00 = addProduct(c00, x0, b0);
        c01 = addProduct(c01, x0, b1);
        c10 = addProduct(c10, x1, b0);
        c11 = addProduct(c11, x1, b1);
        c20 = addProduct(c20, x2, b0);
        c21 = addProduct(c21, x2, b1);
        c30 = addProduct(c30, x3, b0);
        c31 = addProduct(c31, x3, b1);
        if (a === last) break;
        a += 16;
        b0 = v128.load(b, 96);
        b1 = v128.load(b, 112);
        x0 = v128.load_splat<f32>(a);
        x1 = v128.load_splat<f32>(a, 4);
        x2 = v128.load_splat<f32>(a, 8);
        x3 = v128.load_splat<f32>(a, 12);
        c00 = addProduct(c00, x0, b0);
        c01 = addProduct(c01, x0, b1);
        c10 = addProduct(c10, x1, b0);
        c11 = addProduct(c11, x1, b1);
        c20 = addProduct(c20, x2, b0);
        c21 = addProduct(c21, x2, b1);
        c30 = addProduct(c30, x3, b0);
        c31 = addProduct(c31, x3, b1);
      } while (a !== last);
    }
    const whole = columns === TILE_COLUMNS && rows >= TILE_ROWS;
    const count = min(rows, TILE_ROWS);
    const to = whole ? c : corner;
    const toRow = whole ? cRow : CORNER_ROW;
    if (!whole && accumulate !== 0) copyCorner(c, cRow, corner, CORNER_ROW, count, columns);
    storeRow(to, c00, c01, accumulate, left, right);
    storeRow(to + toRow, c10, c11, accumulate, left, right);
    storeRow(to + 2 * toRow, c20, c21, accumulate, left, right);
    storeRow(to + 3 * toRow, c30, c31, accumulate, left, right);
    if (!whole) copyCorner(corner, CORNER_ROW, c, cRow, count, columns);
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

/** The part of a tile that lies in C, into the corner or back. */
function copyCorner(from: usize, fromRow: usize, to: usize, toRow: usize, rows: i32, columns: i32): void {
  const rest = columns & 3;
  for (let i = 0; i < rows; i++) {
    if (columns >= 4) v128.store(to, v128.load(from));
    if (columns === TILE_COLUMNS) v128.store(to, v128.load(from, 16), 16);
    const tail = (<usize>(columns - rest)) << 2;
    storeLanes(to + tail, loadLanes(from + tail, rest), rest);
    from += fromRow;
    to += toRow;
  }
}
