/**
 * Sums of f32 values accumulated in f64, where the product of two f32 is exact. Lane j adds up the terms i ≡ j (mod 8)
 * of the first n & ~7; the lanes are joined as ((l₀+l₄)+(l₂+l₆)) + ((l₁+l₅)+(l₃+l₇)); the last n & 7 follow in order.
 * Error ≤ n·2⁻⁵³·Σ|terms|.
 */
import { loadLanes } from "./lanes";

/** Rows of a block of column sums: SUM_BLOCK in abi.ts. */
const BLOCK_ROWS: i32 = 256;

/** Two f32 as f64. */
function load2(pointer: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load_zero<u64>(pointer));
}

function load1(pointer: usize): f64 {
  return <f64>load<f32>(pointer);
}

/** sum + x·y. */
function addProduct(sum: v128, x: v128, y: usize): v128 {
  return f64x2.add(sum, f64x2.mul(x, load2(y)));
}

/** The eight lanes 01, 23, 45, 67 as one sum. */
function join(a: v128, b: v128, c: v128, d: v128): f64 {
  const sum = f64x2.add(f64x2.add(a, c), f64x2.add(b, d));
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

export function sumF32(x: usize, n: i32): f64 {
  let a = f64x2.splat(0);
  let b = a;
  let c = a;
  let d = a;
  const end = x + ((<usize>n) << 2);
  for (const stop = x + ((<usize>(n & ~7)) << 2); x < stop; x += 32) {
    a = f64x2.add(a, load2(x));
    b = f64x2.add(b, load2(x + 8));
    c = f64x2.add(c, load2(x + 16));
    d = f64x2.add(d, load2(x + 24));
  }
  let sum = join(a, b, c, d);
  for (; x < end; x += 4) sum += load1(x);
  return sum;
}

export function dotF32(x: usize, y: usize, n: i32): f64 {
  let a = f64x2.splat(0);
  let b = a;
  let c = a;
  let d = a;
  const end = x + ((<usize>n) << 2);
  for (const stop = x + ((<usize>(n & ~7)) << 2); x < stop; x += 32, y += 32) {
    a = addProduct(a, load2(x), y);
    b = addProduct(b, load2(x + 8), y + 8);
    c = addProduct(c, load2(x + 16), y + 16);
    d = addProduct(d, load2(x + 24), y + 24);
  }
  let sum = join(a, b, c, d);
  for (; x < end; x += 4, y += 4) sum += load1(x) * load1(y);
  return sum;
}

/** out[0 … 7] += f64 sums of eight columns. */
function addColumns8(x: usize, out: usize, rows: i32, stride: usize): void {
  let a = f64x2.splat(0);
  let b = a;
  let c = a;
  let d = a;
  for (let row = 0; row < rows; row++, x += stride) {
    a = f64x2.add(a, load2(x));
    b = f64x2.add(b, load2(x + 8));
    c = f64x2.add(c, load2(x + 16));
    d = f64x2.add(d, load2(x + 24));
  }
  const low = v128.shuffle<u64>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 2);
  const high = v128.shuffle<u64>(f32x4.demote_f64x2_zero(c), f32x4.demote_f64x2_zero(d), 0, 2);
  v128.store(out, f32x4.add(v128.load(out), low));
  v128.store(out + 16, f32x4.add(v128.load(out + 16), high));
}

function addColumn(x: usize, out: usize, rows: i32, stride: usize): void {
  let sum: f64 = 0;
  for (let row = 0; row < rows; row++, x += stride) sum += load1(x);
  store<f32>(out, load<f32>(out) + <f32>sum);
}

/**
 * out[columns] (+)= column sums of X[rows,columns]: each block of 256 rows in f64, rounded to f32 and added in order.
 * Error ≤ (rows/256 + 2)·2⁻²⁴·Σ|x|.
 */
export function columnSumsF32(x: usize, out: usize, rows: i32, columns: i32, accumulate: i32): void {
  const stride = (<usize>columns) << 2;
  if (accumulate === 0) memory.fill(out, 0, stride);
  const wide = (<usize>(columns & ~7)) << 2;
  for (let row = 0; row < rows; row += BLOCK_ROWS) {
    const count = min(rows - row, BLOCK_ROWS);
    for (let j: usize = 0; j < wide; j += 32) addColumns8(x + j, out + j, count, stride);
    for (let j = wide; j < stride; j += 4) addColumn(x + j, out + j, count, stride);
    x += stride * BLOCK_ROWS;
  }
}

/** out[rows] = sums of the rows of X[rows,columns], each like sumF32 and rounded to f32. */
export function rowSumsF32(x: usize, out: usize, rows: i32, columns: i32): void {
  for (let row = 0; row < rows; row++) {
    store<f32>(out + ((<usize>row) << 2), <f32>sumF32(x + ((<usize>row * columns) << 2), columns));
  }
}

/** 1 when x − x = 0 for all values: it is NaN for NaN and ±∞. */
export function allFiniteF32(x: usize, n: i32): i32 {
  const zero = f32x4.splat(0);
  const tail = loadLanes(x + ((<usize>(n & ~3)) << 2), n & 3);
  let bad = f32x4.ne(f32x4.sub(tail, tail), zero);
  for (const end = x + ((<usize>(n & ~3)) << 2); x < end; x += 16) {
    const value = v128.load(x);
    bad = v128.or(bad, f32x4.ne(f32x4.sub(value, value), zero));
  }
  return v128.any_true(bad) ? 0 : 1;
}

/** out[0] = ⟨v, x⟩ and out[1] = ⟨w, x⟩ in one pass over x; the bits are those of dotF32. */
function project2(v: usize, w: usize, x: usize, out: usize, n: i32): void {
  let a = f64x2.splat(0);
  let b = a;
  let c = a;
  let d = a;
  let e = a;
  let f = a;
  let g = a;
  let h = a;
  const end = x + ((<usize>n) << 2);
  for (const stop = x + ((<usize>(n & ~7)) << 2); x < stop; x += 32, v += 32, w += 32) {
    const first = load2(x);
    a = addProduct(a, first, v);
    e = addProduct(e, first, w);
    const second = load2(x + 8);
    b = addProduct(b, second, v + 8);
    f = addProduct(f, second, w + 8);
    const third = load2(x + 16);
    c = addProduct(c, third, v + 16);
    g = addProduct(g, third, w + 16);
    const fourth = load2(x + 24);
    d = addProduct(d, fourth, v + 24);
    h = addProduct(h, fourth, w + 24);
  }
  let sumV = join(a, b, c, d);
  let sumW = join(e, f, g, h);
  for (; x < end; x += 4, v += 4, w += 4) {
    sumV += load1(x) * load1(v);
    sumW += load1(x) * load1(w);
  }
  store<f64>(out, sumV);
  store<f64>(out, sumW, 8);
}

export function projectF32(vectors: usize, x: usize, out: usize, count: i32, n: i32): void {
  const stride = (<usize>n) << 2;
  for (; count >= 2; count -= 2) {
    project2(vectors, vectors + stride, x, out, n);
    vectors += stride * 2;
    out += 16;
  }
  if (count === 1) store<f64>(out, dotF32(vectors, x, n));
}

/** out[n] = Σₖ coefficients[k]·vector k: every product and sum in f64 in the order of k, one rounding to f32. */
export function combineF32(vectors: usize, coefficients: usize, out: usize, count: i32, n: i32): void {
  combineStridedF32(vectors, coefficients, out, count, n, n);
}

/** The same where vectors begin `distance` values apart. */
export function combineStridedF32(
  vectors: usize,
  coefficients: usize,
  out: usize,
  count: i32,
  distance: i32,
  n: i32,
): void {
  const stride = (<usize>distance) << 2;
  const end = (<usize>n) << 2;
  const wide = (<usize>(n & ~7)) << 2;
  for (let i: usize = 0; i < wide; i += 32) combine8(vectors + i, coefficients, out + i, count, stride);
  for (let i = wide; i < end; i += 4) {
    let sum: f64 = 0;
    for (let k = 0; k < count; k++)
      sum += load<f64>(coefficients + ((<usize>k) << 3)) * load1(vectors + i + stride * k);
    store<f32>(out + i, <f32>sum);
  }
}

function combine8(v: usize, coefficients: usize, out: usize, count: i32, stride: usize): void {
  let a = f64x2.splat(0);
  let b = a;
  let c = a;
  let d = a;
  for (const end = coefficients + ((<usize>count) << 3); coefficients < end; coefficients += 8, v += stride) {
    const factor = v128.load_splat<u64>(coefficients);
    a = addProduct(a, factor, v);
    b = addProduct(b, factor, v + 8);
    c = addProduct(c, factor, v + 16);
    d = addProduct(d, factor, v + 24);
  }
  v128.store(out, v128.shuffle<u64>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 2));
  v128.store(out + 16, v128.shuffle<u64>(f32x4.demote_f64x2_zero(c), f32x4.demote_f64x2_zero(d), 0, 2));
}

/** out[n] = or += f32 vectors in order, of which one begins every `distance` values; count ≥ 1. */
export function addVectorsF32(
  vectors: usize,
  out: usize,
  count: i32,
  distance: i32,
  n: i32,
  accumulate: i32,
): void {
  const stride = (<usize>distance) << 2;
  const keep = i32x4.splat(-accumulate);
  const end = (<usize>n) << 2;
  const wide = (<usize>(n & ~15)) << 2;
  for (let i: usize = 0; i < wide; i += 64) add16(vectors + i, out + i, count, stride, keep);
  for (let i = wide; i < end; i += 4) {
    let sum: f32 = accumulate === 0 ? 0 : load<f32>(out + i);
    for (let k = 0; k < count; k++) sum += load<f32>(vectors + i + stride * k);
    store<f32>(out + i, sum);
  }
}

/** One cache line of every vector. */
function add16(v: usize, out: usize, count: i32, stride: usize, keep: v128): void {
  let a = f32x4.add(v128.and(v128.load(out), keep), v128.load(v));
  let b = f32x4.add(v128.and(v128.load(out, 16), keep), v128.load(v, 16));
  let c = f32x4.add(v128.and(v128.load(out, 32), keep), v128.load(v, 32));
  let d = f32x4.add(v128.and(v128.load(out, 48), keep), v128.load(v, 48));
  for (let k = 1; k < count; k++) {
    v += stride;
    a = f32x4.add(a, v128.load(v));
    b = f32x4.add(b, v128.load(v, 16));
    c = f32x4.add(c, v128.load(v, 32));
    d = f32x4.add(d, v128.load(v, 48));
  }
  v128.store(out, a);
  v128.store(out, b, 16);
  v128.store(out, c, 32);
  v128.store(out, d, 48);
}
