/**
 * Layer normalisation (Ba et al. 2016) without gain and bias: every row of X[rows,columns] less its mean, times
 * 1/√(variance + ε); and its derivative. Sums of a row in f32: term i in lane i mod 16, the lanes joined as in `join`.
 */
import { loadUpTo, storeLanes } from "./lanes";

/** The sixteen lanes 0–3, 4–7, 8–11, 12–15 as one sum. */
function join(a: v128, b: v128, c: v128, d: v128): f32 {
  const sum = f32x4.add(f32x4.add(a, c), f32x4.add(b, d));
  const even = f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 2);
  return even + (f32x4.extract_lane(sum, 1) + f32x4.extract_lane(sum, 3));
}

/** Up to four values from index i on of n, +0 beyond the last. */
function valuesAt(x: usize, i: i32, n: i32): v128 {
  return i < n ? loadUpTo(x + ((<usize>i) << 2), n - i) : f32x4.splat(0);
}

function storeUpTo(out: usize, value: v128, count: i32): void {
  if (count < 4) storeLanes(out, value, count);
  else v128.store(out, value);
}

/** out = (x − mean)·scale; scales[rows] = 1/√(mean of (x − mean)² + ε). out may alias x. */
export function layerNormF32(
  x: usize,
  out: usize,
  scales: usize,
  rows: i32,
  columns: i32,
  epsilon: f32,
): void {
  const stride = (<usize>columns) << 2;
  for (let row = 0; row < rows; row++) {
    store<f32>(scales, normalizeRow(x, out, columns, epsilon));
    x += stride;
    out += stride;
    scales += 4;
  }
}

function normalizeRow(x: usize, out: usize, n: i32, epsilon: f32): f32 {
  const mean = sumOf(x, n) / <f32>n;
  const squares = centre(x, out, n, f32x4.splat(mean));
  const scale = <f32>1 / sqrt<f32>(squares / <f32>n + epsilon);
  const factor = f32x4.splat(scale);
  for (let i = 0; i < n; i += 4) {
    const at = out + ((<usize>i) << 2);
    storeUpTo(at, f32x4.mul(factor, loadUpTo(at, n - i)), n - i);
  }
  return scale;
}

function sumOf(x: usize, n: i32): f32 {
  let a = f32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  const whole = n & ~15;
  const end = x + ((<usize>whole) << 2);
  for (; x < end; x += 64) {
    a = f32x4.add(a, v128.load(x));
    b = f32x4.add(b, v128.load(x, 16));
    c = f32x4.add(c, v128.load(x, 32));
    d = f32x4.add(d, v128.load(x, 48));
  }
  const left = n - whole;
  if (left > 0) {
    a = f32x4.add(a, valuesAt(x, 0, left));
    b = f32x4.add(b, valuesAt(x, 4, left));
    c = f32x4.add(c, valuesAt(x, 8, left));
    d = f32x4.add(d, valuesAt(x, 12, left));
  }
  return join(a, b, c, d);
}

function addSquare(sum: v128, x: v128): v128 {
  return f32x4.add(sum, f32x4.mul(x, x));
}

/** out = x − mean. Returns the sum of its squares. */
function centre(x: usize, out: usize, n: i32, mean: v128): f32 {
  let a = f32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  const whole = n & ~15;
  const end = x + ((<usize>whole) << 2);
  for (; x < end; x += 64, out += 64) {
    const x0 = f32x4.sub(v128.load(x), mean);
    const x1 = f32x4.sub(v128.load(x, 16), mean);
    const x2 = f32x4.sub(v128.load(x, 32), mean);
    const x3 = f32x4.sub(v128.load(x, 48), mean);
    v128.store(out, x0);
    v128.store(out, x1, 16);
    v128.store(out, x2, 32);
    v128.store(out, x3, 48);
    a = addSquare(a, x0);
    b = addSquare(b, x1);
    c = addSquare(c, x2);
    d = addSquare(d, x3);
  }
  const left = n - whole;
  for (let i = 0; i < left; i += 4) {
    const at = (<usize>i) << 2;
    storeUpTo(out + at, f32x4.sub(loadUpTo(x + at, left - i), mean), left - i);
  }
  if (left > 0) {
    a = addSquare(a, valuesAt(out, 0, left));
    b = addSquare(b, valuesAt(out, 4, left));
    c = addSquare(c, valuesAt(out, 8, left));
    d = addSquare(d, valuesAt(out, 12, left));
  }
  return join(a, b, c, d);
}

/** out = scale·(g − mean(g) − y·mean(y g)) a row, the derivative times g; it is symmetric. out may alias g. */
export function layerNormGradientF32(
  y: usize,
  scales: usize,
  g: usize,
  out: usize,
  rows: i32,
  columns: i32,
): void {
  const stride = (<usize>columns) << 2;
  for (let row = 0; row < rows; row++) {
    const mean = f32x4.splat(sumOf(g, columns) / <f32>columns);
    const slope = f32x4.splat(dotOf(y, g, columns) / <f32>columns);
    const scale = v128.load_splat<f32>(scales);
    for (let i: usize = 0; i < (<usize>(columns & ~3)) << 2; i += 16) {
      v128.store(out + i, project(v128.load(y + i), v128.load(g + i), mean, slope, scale));
    }
    const end = (<usize>(columns & ~3)) << 2;
    const left = columns & 3;
    if (left > 0) {
      const last = project(loadUpTo(y + end, left), loadUpTo(g + end, left), mean, slope, scale);
      storeLanes(out + end, last, left);
    }
    y += stride;
    g += stride;
    out += stride;
    scales += 4;
  }
}

function project(y: v128, g: v128, mean: v128, slope: v128, scale: v128): v128 {
  return f32x4.mul(scale, f32x4.sub(f32x4.sub(g, mean), f32x4.mul(y, slope)));
}

function addProduct(sum: v128, x: v128, y: v128): v128 {
  return f32x4.add(sum, f32x4.mul(x, y));
}

function dotOf(x: usize, y: usize, n: i32): f32 {
  let a = f32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  const whole = n & ~15;
  const end = x + ((<usize>whole) << 2);
  for (; x < end; x += 64, y += 64) {
    a = addProduct(a, v128.load(x), v128.load(y));
    b = addProduct(b, v128.load(x, 16), v128.load(y, 16));
    c = addProduct(c, v128.load(x, 32), v128.load(y, 32));
    d = addProduct(d, v128.load(x, 48), v128.load(y, 48));
  }
  const left = n - whole;
  if (left > 0) {
    a = addProduct(a, valuesAt(x, 0, left), valuesAt(y, 0, left));
    b = addProduct(b, valuesAt(x, 4, left), valuesAt(y, 4, left));
    c = addProduct(c, valuesAt(x, 8, left), valuesAt(y, 8, left));
    d = addProduct(d, valuesAt(x, 12, left), valuesAt(y, 12, left));
  }
  return join(a, b, c, d);
}
