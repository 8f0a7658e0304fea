/**
 * Register tiles of the product: up to 4 rows × one panel of 8 columns, summed over `depth` in order, from +0.
 * A[i,p] lies at a + i·row + p·step bytes. 8 accumulators + 2 panel vectors + 1 of A + 1 temporary fit the 16 registers
 * of x64; more would spill, and an unrolled loop over p makes the optimiser hold too many loads at once.
 */
import { loadLanes, storeLanes } from "./lanes";
import { PANEL } from "./pack";

/** C[4,width] = or += A[4,depth]·panel. */
export function tile4(
  a: usize,
  row: usize,
  step: usize,
  panel: usize,
  depth: i32,
  c: usize,
  cRow: usize,
  width: i32,
  accumulate: bool,
): void {
  let a1 = a + row;
  let a2 = a1 + row;
  let a3 = a2 + row;
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  for (const end = panel + <usize>depth * (PANEL * 4); panel < end; panel += PANEL * 4) {
    const b0 = v128.load(panel);
    const b1 = v128.load(panel, 16);
    const x0 = v128.load_splat<f32>(a);
    c00 = f32x4.add(c00, f32x4.mul(x0, b0));
    c01 = f32x4.add(c01, f32x4.mul(x0, b1));
    const x1 = v128.load_splat<f32>(a1);
    c10 = f32x4.add(c10, f32x4.mul(x1, b0));
    c11 = f32x4.add(c11, f32x4.mul(x1, b1));
    const x2 = v128.load_splat<f32>(a2);
    c20 = f32x4.add(c20, f32x4.mul(x2, b0));
    c21 = f32x4.add(c21, f32x4.mul(x2, b1));
    const x3 = v128.load_splat<f32>(a3);
    c30 = f32x4.add(c30, f32x4.mul(x3, b0));
    c31 = f32x4.add(c31, f32x4.mul(x3, b1));
    a += step;
    a1 += step;
    a2 += step;
    a3 += step;
  }
  storeRow(c, c00, c01, width, accumulate);
  storeRow(c + cRow, c10, c11, width, accumulate);
  storeRow(c + 2 * cRow, c20, c21, width, accumulate);
  storeRow(c + 3 * cRow, c30, c31, width, accumulate);
}

/** C[1,width] = or += A[1,depth]·panel. */
export function tile1(
  a: usize,
  step: usize,
  panel: usize,
  depth: i32,
  c: usize,
  width: i32,
  accumulate: bool,
): void {
  let c0 = f32x4.splat(0);
  let c1 = f32x4.splat(0);
  for (const end = panel + <usize>depth * (PANEL * 4); panel < end; panel += PANEL * 4) {
    const x = v128.load_splat<f32>(a);
    c0 = f32x4.add(c0, f32x4.mul(x, v128.load(panel)));
    c1 = f32x4.add(c1, f32x4.mul(x, v128.load(panel, 16)));
    a += step;
  }
  storeRow(c, c0, c1, width, accumulate);
}

/** The first `width` of 8 sums go to memory, or are added to what is there. */
function storeRow(c: usize, low: v128, high: v128, width: i32, accumulate: bool): void {
  if (width >= 4) {
    v128.store(c, accumulate ? f32x4.add(v128.load(c), low) : low);
    if (width === PANEL) {
      v128.store(c, accumulate ? f32x4.add(v128.load(c, 16), high) : high, 16);
      return;
    }
    c += 16;
    low = high;
  }
  const count = width & 3;
  storeLanes(c, accumulate ? f32x4.add(loadLanes(c, count), low) : low, count);
}
