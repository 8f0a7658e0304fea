/**
 * The register tile of the product: 4 rows × 8 columns, summed over `depth` terms in order, from +0.
 * 8 accumulators + 2 vectors of B + 4 values of A + 1 product fit the 16 registers of x64; a larger tile would spill.
 */
import { loadLanes, storeLanes } from "./lanes";

export const TILE_ROWS: i32 = 4;
export const TILE_COLUMNS: i32 = 8;
/** Bytes of a tile that is kept by itself. */
export const TILE_BYTES: usize = TILE_ROWS * TILE_COLUMNS * 4;

/**
 * C[4,8] = or += A[depth,4]ᵀ·B[depth,8] of packed panels. Two terms a turn halve what the loop itself costs, and the
 * test between them keeps the engine from loading the second term's operands before the first is done, which would spill.
 * What is added to a new C is +0, which changes nothing: a sum that began with +0 is never −0.
 */
export function tile(a: usize, b: usize, depth: i32, c: usize, cRow: usize, accumulate: i32): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  const end = b + ((<usize>depth) << 5);
  const last = end - 32;
  for (; b < end; b += 64) {
    let b0 = v128.load(b);
    let b1 = v128.load(b, 16);
    let x0 = v128.load_splat<f32>(a);
    c00 = f32x4.add(c00, f32x4.mul(x0, b0));
    c01 = f32x4.add(c01, f32x4.mul(x0, b1));
    let x1 = v128.load_splat<f32>(a, 4);
    c10 = f32x4.add(c10, f32x4.mul(x1, b0));
    c11 = f32x4.add(c11, f32x4.mul(x1, b1));
    let x2 = v128.load_splat<f32>(a, 8);
    c20 = f32x4.add(c20, f32x4.mul(x2, b0));
    c21 = f32x4.add(c21, f32x4.mul(x2, b1));
    let x3 = v128.load_splat<f32>(a, 12);
    c30 = f32x4.add(c30, f32x4.mul(x3, b0));
    c31 = f32x4.add(c31, f32x4.mul(x3, b1));
    a += 16;
    if (b === last) break;
    b0 = v128.load(b, 32);
    b1 = v128.load(b, 48);
    x0 = v128.load_splat<f32>(a);
    c00 = f32x4.add(c00, f32x4.mul(x0, b0));
    c01 = f32x4.add(c01, f32x4.mul(x0, b1));
    x1 = v128.load_splat<f32>(a, 4);
    c10 = f32x4.add(c10, f32x4.mul(x1, b0));
    c11 = f32x4.add(c11, f32x4.mul(x1, b1));
    x2 = v128.load_splat<f32>(a, 8);
    c20 = f32x4.add(c20, f32x4.mul(x2, b0));
    c21 = f32x4.add(c21, f32x4.mul(x2, b1));
    x3 = v128.load_splat<f32>(a, 12);
    c30 = f32x4.add(c30, f32x4.mul(x3, b0));
    c31 = f32x4.add(c31, f32x4.mul(x3, b1));
    a += 16;
  }
  const keep = i32x4.splat(-accumulate);
  v128.store(c, f32x4.add(v128.and(v128.load(c), keep), c00));
  v128.store(c, f32x4.add(v128.and(v128.load(c, 16), keep), c01), 16);
  c += cRow;
  v128.store(c, f32x4.add(v128.and(v128.load(c), keep), c10));
  v128.store(c, f32x4.add(v128.and(v128.load(c, 16), keep), c11), 16);
  c += cRow;
  v128.store(c, f32x4.add(v128.and(v128.load(c), keep), c20));
  v128.store(c, f32x4.add(v128.and(v128.load(c, 16), keep), c21), 16);
  c += cRow;
  v128.store(c, f32x4.add(v128.and(v128.load(c), keep), c30));
  v128.store(c, f32x4.add(v128.and(v128.load(c, 16), keep), c31), 16);
}

/** C[rows,columns] = or += the corner of a tile that is kept by itself. */
export function storeCorner(
  corner: usize,
  c: usize,
  cRow: usize,
  rows: i32,
  columns: i32,
  accumulate: i32,
): void {
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
