/**
 * A = Σ λₖ vₖvₖᵀ of a symmetric matrix in f64: Householder tridiagonalisation, then implicit QR steps with Wilkinson's
 * shift (Golub & Van Loan, Matrix Computations, §8.3). Error of each λ about n·2⁻⁵³·‖A‖.
 * Sums run over rows of A, so that every inner loop goes along a row, two columns at a time.
 */

const EPSILON: f64 = 2.220446049250313e-16;
/** 2⁻⁹⁰⁰: sums of squares below count as 0, since their reciprocals overflow. */
const TINY: f64 = 1.1830521861667747e-271;
/** QR steps allowed in all, per eigenvalue; about two are usual. */
const STEPS_PER_VALUE: i32 = 60;

function get(x: usize, i: i32): f64 {
  return load<f64>(x + ((<usize>i) << 3));
}

function set(x: usize, i: i32, value: f64): void {
  store<f64>(x + ((<usize>i) << 3), value);
}

/** y += alpha·x, n values. */
function addScaled(y: usize, x: usize, alpha: f64, n: i32): void {
  const factor = f64x2.splat(alpha);
  for (const end = y + ((<usize>(n & ~1)) << 3); y < end; y += 16, x += 16) {
    v128.store(y, f64x2.add(v128.load(y), f64x2.mul(factor, v128.load(x))));
  }
  if ((n & 1) !== 0) store<f64>(y, load<f64>(y) + alpha * load<f64>(x));
}

/** y −= alpha·x + beta·z. */
function subtractBoth(y: usize, x: usize, alpha: f64, z: usize, beta: f64, n: i32): void {
  const a = f64x2.splat(alpha);
  const b = f64x2.splat(beta);
  for (const end = y + ((<usize>(n & ~1)) << 3); y < end; y += 16, x += 16, z += 16) {
    const sum = f64x2.add(f64x2.mul(a, v128.load(x)), f64x2.mul(b, v128.load(z)));
    v128.store(y, f64x2.sub(v128.load(y), sum));
  }
  if ((n & 1) !== 0) store<f64>(y, load<f64>(y) - (alpha * load<f64>(x) + beta * load<f64>(z)));
}

/** (x, y) ← (c·x + s·y, c·y − s·x). */
function rotate(x: usize, y: usize, cosine: f64, sine: f64, n: i32): void {
  const c = f64x2.splat(cosine);
  const s = f64x2.splat(sine);
  for (const end = x + ((<usize>(n & ~1)) << 3); x < end; x += 16, y += 16) {
    const upper = v128.load(x);
    const lower = v128.load(y);
    v128.store(x, f64x2.add(f64x2.mul(c, upper), f64x2.mul(s, lower)));
    v128.store(y, f64x2.sub(f64x2.mul(c, lower), f64x2.mul(s, upper)));
  }
  if ((n & 1) === 0) return;
  const upper = load<f64>(x);
  const lower = load<f64>(y);
  store<f64>(x, cosine * upper + sine * lower);
  store<f64>(y, cosine * lower - sine * upper);
}

/** Eigenvalues in values[n], in no order, and eigenvectors in the rows of rows[n,n]; 0 when it does not converge. */
export function symmetricEigenF64(a: usize, values: usize, rows: usize, n: i32, scratch: usize): i32 {
  const bytes = (<usize>n) << 3;
  const offDiagonal = scratch;
  const betas = scratch + bytes;
  const work = betas + bytes;
  for (let k = 0; k < n - 1; k++) {
    const row = a + <usize>k * bytes;
    set(values, k, get(row, k));
    const beta = makeReflector(row, k + 1, n, offDiagonal + ((<usize>k) << 3));
    set(betas, k, beta);
    if (beta !== 0) reflectTrailing(a, n, k, beta, work);
  }
  if (n > 0) set(values, n - 1, get(a, n * n - 1));
  accumulate(a, betas, work, rows, n);
  return diagonalise(values, offDiagonal, rows, n);
}

const TASK_BYTES: usize = 6 * 8;

/** Decomposes the matrices of `count` records of f64 numbers, in the order of `eigenFields` in abi-eigen.ts. */
export function symmetricEigensF64(tasks: usize, count: i32): void {
  for (; count > 0; count--, tasks += TASK_BYTES) {
    const n = <i32>get(tasks, 0);
    const a = <usize>get(tasks, 1);
    const values = <usize>get(tasks, 2);
    const rows = <usize>get(tasks, 3);
    set(tasks, 5, symmetricEigenF64(a, values, rows, n, <usize>get(tasks, 4)));
  }
}

/** Turns x = row[from … n) into v with (I − βvvᵀ)x = αe₁; writes α, returns β (0 when x is αe₁). */
function makeReflector(row: usize, from: i32, n: i32, alphaAt: usize): f64 {
  const head = get(row, from);
  let tail: f64 = 0;
  for (let j = from + 1; j < n; j++) tail += get(row, j) * get(row, j);
  if (tail < TINY) {
    store<f64>(alphaAt, head);
    return 0;
  }
  const size = sqrt<f64>(head * head + tail);
  const alpha = head > 0 ? -size : size;
  const v0 = head - alpha;
  store<f64>(alphaAt, alpha);
  set(row, from, v0);
  return 2 / (v0 * v0 + tail);
}

/** A′ ← (I − βvvᵀ)A′(I − βvvᵀ) = A′ − vwᵀ − wvᵀ on the trailing block, with p = βA′v and w = p − ½β(pᵀv)v. */
function reflectTrailing(a: usize, n: i32, k: i32, beta: f64, work: usize): void {
  const bytes = (<usize>n) << 3;
  const first = k + 1;
  const count = n - first;
  const skip = (<usize>first) << 3;
  const v = a + <usize>k * bytes + skip;
  const w = work + skip;
  memory.fill(w, 0, (<usize>count) << 3);
  for (let j = 0; j < count; j++) addScaled(w, a + <usize>(first + j) * bytes + skip, get(v, j), count);
  let overlap: f64 = 0;
  for (let i = 0; i < count; i++) {
    const p = beta * get(w, i);
    set(w, i, p);
    overlap += p * get(v, i);
  }
  addScaled(w, v, -(0.5 * beta * overlap), count);
  for (let i = 0; i < count; i++) {
    subtractBoth(a + <usize>(first + i) * bytes + skip, w, get(v, i), v, get(w, i), count);
  }
}

/** rows = Qᵀ = Hₙ₋₂ … H₀, from the innermost reflector out, so that each touches only the trailing block. */
function accumulate(a: usize, betas: usize, work: usize, rows: usize, n: i32): void {
  const bytes = (<usize>n) << 3;
  memory.fill(rows, 0, <usize>n * bytes);
  for (let i = 0; i < n; i++) set(rows, i * n + i, 1);
  for (let k = n - 2; k >= 0; k--) {
    const beta = get(betas, k);
    if (beta === 0) continue;
    const first = k + 1;
    const count = n - first;
    const skip = (<usize>first) << 3;
    const v = a + <usize>k * bytes + skip;
    const w = work + skip;
    memory.fill(w, 0, (<usize>count) << 3);
    for (let j = 0; j < count; j++) addScaled(w, rows + <usize>(first + j) * bytes + skip, get(v, j), count);
    for (let i = 0; i < count; i++) set(w, i, beta * get(w, i));
    for (let j = 0; j < count; j++) addScaled(rows + <usize>(first + j) * bytes + skip, w, -get(v, j), count);
  }
  transpose(rows, n);
}

/** In place. */
function transpose(x: usize, n: i32): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const value = get(x, i * n + j);
      set(x, i * n + j, get(x, j * n + i));
      set(x, j * n + i, value);
    }
  }
}

function isNegligible(d: usize, e: usize, k: i32): bool {
  return abs(get(e, k)) <= EPSILON * (abs(get(d, k)) + abs(get(d, k + 1)) + EPSILON);
}

/** Chases T to diagonal form from the bottom, rotating the rows of `rows` along. */
function diagonalise(d: usize, e: usize, rows: usize, n: i32): i32 {
  let last = n - 1;
  for (let step = 0; last > 0; step++) {
    if (step > STEPS_PER_VALUE * n) return 0;
    if (isNegligible(d, e, last - 1)) {
      last--;
      continue;
    }
    let first = last - 1;
    while (first > 0 && !isNegligible(d, e, first - 1)) first--;
    implicitStep(d, e, first, last, rows, n);
  }
  return 1;
}

/** One QR step with Wilkinson's shift on the block first…last: a bulge is made at the top and chased out. */
function implicitStep(d: usize, e: usize, first: i32, last: i32, rows: usize, n: i32): void {
  const bytes = (<usize>n) << 3;
  const half = 0.5 * (get(d, last - 1) - get(d, last));
  const coupling = get(e, last - 1) * get(e, last - 1);
  const root = sqrt<f64>(half * half + coupling);
  const denominator = half + (half < 0 ? -root : root);
  let x = get(d, first) - (denominator === 0 ? get(d, last) : get(d, last) - coupling / denominator);
  let z = get(e, first);
  for (let k = first; k < last; k++) {
    const r = sqrt<f64>(x * x + z * z);
    const c = r === 0 ? 1 : x / r;
    const s = r === 0 ? 0 : z / r;
    if (k > first) set(e, k - 1, r);
    const w = s * (get(d, k + 1) - get(d, k)) + 2 * c * get(e, k);
    set(d, k, get(d, k) + s * w);
    set(d, k + 1, get(d, k + 1) - s * w);
    set(e, k, c * w - get(e, k));
    x = get(e, k);
    if (k < last - 1) {
      z = s * get(e, k + 1);
      set(e, k + 1, get(e, k + 1) * c);
    }
    const row = rows + <usize>k * bytes;
    rotate(row, row + bytes, c, s, n);
  }
}
