/**
 * The register tile of the product: 4 rows × 8 columns, summed over `depth` terms in order, from +0.
 * 8 accumulators + 2 vectors of B + 4 values of A + 1 product fill the 15 registers that V8 has on x64; a larger tile
 * would spill. A term is 16 additions and multiplications and 6 loads. Two adders and two multipliers take 4 turns for
 * it, in which a processor begins 24 instructions, so that only two are left for everything else.
 */
import { loadLanes, storeLanes } from "./lanes";

export const TILE_ROWS: i32 = 4;
export const TILE_COLUMNS: i32 = 8;
/** Bytes of a tile that is kept by itself. */
export const TILE_BYTES: usize = TILE_ROWS * TILE_COLUMNS * 4;

/** sum + x·y. */
function addProduct(sum: v128, x: v128, y: v128): v128 {
  return f32x4.add(sum, f32x4.mul(x, y));
}

/**
 * C[rows,columns] = or += A[rows,depth]·B[depth,columns]: packed strips of A, one after another, against one panel of
 * B. A tile that sticks out of C goes to `corner` first.
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
  corner: usize,
): void {
  a -= 16;
  for (; rows > 0; rows -= TILE_ROWS) {
    let c00 = f32x4.splat(0);
    let c01 = c00;
    let c10 = c00;
    let c11 = c00;
    let c20 = c00;
    let c21 = c00;
    let c30 = c00;
    let c31 = c00;
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
    const to = whole ? c : corner;
    const toRow = whole ? cRow : TILE_COLUMNS * 4;
    const more = whole ? accumulate : 0;
    storeRow(to, c00, c01, more);
    storeRow(to + toRow, c10, c11, more);
    storeRow(to + 2 * toRow, c20, c21, more);
    storeRow(to + 3 * toRow, c30, c31, more);
    if (!whole) storeCorner(corner, c, cRow, min(rows, TILE_ROWS), columns, accumulate);
    c += cRow * TILE_ROWS;
  }
}

function storeRow(c: usize, left: v128, right: v128, accumulate: i32): void {
  if (accumulate !== 0) {
    left = f32x4.add(v128.load(c), left);
    right = f32x4.add(v128.load(c, 16), right);
  }
  v128.store(c, left);
  v128.store(c, right, 16);
}

/**
 * C[rows,columns] = or += the corner of a tile that is kept by itself. What is added to a new C is +0, which changes
 * nothing: a sum that began with +0 is never −0.
 */
function storeCorner(corner: usize, c: usize, cRow: usize, rows: i32, columns: i32, accumulate: i32): void {
  const keep = i32x4.splat(-accumulate);
  const rest = columns & 3;
  for (let i = 0; i < rows; i++) {
    let from = corner;
    let to = c;
    for (let j = 4; j <= columns; j += 4) {
      v128.store(to, f32x4.add(v128.and(v128.load(to), keep), v128.load(from)));
      from += 16;
      to += 16;
    }
    storeLanes(to, f32x4.add(v128.and(loadLanes(to, rest), keep), loadLanes(from, rest)), rest);
    corner += TILE_COLUMNS * 4;
    c += cRow;
  }
}
