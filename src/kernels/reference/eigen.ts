/** Twin of assembly/eigen.ts: the same sums over rows in the same order. */
import { EIGEN_TASK_BYTES, type EigenKernels } from "../abi-eigen.ts";
import type { Views } from "./views.ts";

const EPSILON = 2 ** -52;
/** Sums of squares below this count as 0, since their reciprocals overflow. */
const TINY = 2 ** -900;
/** QR steps allowed in all, per eigenvalue; about two are usual. */
const STEPS_PER_VALUE = 60;

export function eigenReference(views: Views): EigenKernels {
  const kernels: EigenKernels = {
    symmetricEigenF64(a, values, rows, n) {
      const at = (pointer: number, length: number) =>
        views.f64.subarray(pointer >>> 3, (pointer >>> 3) + length);
      return symmetricEigenRows(at(a, n * n), at(values, n), at(rows, n * n), n);
    },
    symmetricEigensF64(tasks, count) {
      for (let at = tasks >>> 3; count > 0; count--, at += EIGEN_TASK_BYTES >>> 3) {
        const [n, a, values, rows, scratch] = views.f64.subarray(at, at + 5);
        views.f64[at + 5] = kernels.symmetricEigenF64(a, values, rows, n, scratch);
      }
    },
  };
  return kernels;
}

/** What symmetricEigenF64 does, on arrays. */
export function symmetricEigenRows(
  a: Float64Array,
  values: Float64Array,
  rows: Float64Array,
  n: number,
): number {
  const offDiagonal = new Float64Array(n);
  const betas = new Float64Array(n);
  for (let k = 0; k < n - 1; k++) {
    values[k] = a[k * n + k];
    betas[k] = makeReflector(a, k * n, k + 1, n, offDiagonal, k);
    if (betas[k] !== 0) reflectTrailing(a, n, k, betas[k]);
  }
  if (n > 0) values[n - 1] = a[n * n - 1];
  accumulate(a, betas, rows, n);
  return diagonalise(values, offDiagonal, rows, n);
}

/** Turns x = row[from … n) into v with (I − βvvᵀ)x = αe₁; writes α, returns β (0 when x is αe₁). */
function makeReflector(
  a: Float64Array,
  row: number,
  from: number,
  n: number,
  alphas: Float64Array,
  k: number,
): number {
  const head = a[row + from];
  let tail = 0;
  for (let j = from + 1; j < n; j++) tail += a[row + j] * a[row + j];
  if (tail < TINY) {
    alphas[k] = head;
    return 0;
  }
  const alpha = (head > 0 ? -1 : 1) * Math.sqrt(head * head + tail);
  const v0 = head - alpha;
  alphas[k] = alpha;
  a[row + from] = v0;
  return 2 / (v0 * v0 + tail);
}

/** w[i] = Σⱼ x[j,i]·v[j] for k < i, j < n, where v = a[k,…]. */
function timesReflector(x: Float64Array, a: Float64Array, n: number, k: number): Float64Array {
  const w = new Float64Array(n);
  for (let j = k + 1; j < n; j++) {
    const vj = a[k * n + j];
    for (let i = k + 1; i < n; i++) w[i] += vj * x[j * n + i];
  }
  return w;
}

/** A′ ← (I − βvvᵀ)A′(I − βvvᵀ) = A′ − vwᵀ − wvᵀ on the trailing block, with p = βA′v and w = p − ½β(pᵀv)v. */
function reflectTrailing(a: Float64Array, n: number, k: number, beta: number): void {
  const v = k * n;
  const w = timesReflector(a, a, n, k);
  let overlap = 0;
  for (let i = k + 1; i < n; i++) {
    w[i] *= beta;
    overlap += w[i] * a[v + i];
  }
  for (let i = k + 1; i < n; i++) w[i] -= 0.5 * beta * overlap * a[v + i];
  for (let i = k + 1; i < n; i++) {
    const vi = a[v + i];
    const wi = w[i];
    for (let j = k + 1; j < n; j++) a[i * n + j] -= vi * w[j] + wi * a[v + j];
  }
}

/** rows = Qᵀ = Hₙ₋₂ … H₀, from the innermost reflector out, so that each touches only the trailing block. */
function accumulate(a: Float64Array, betas: Float64Array, rows: Float64Array, n: number): void {
  rows.fill(0);
  for (let i = 0; i < n; i++) rows[i * n + i] = 1;
  for (let k = n - 2; k >= 0; k--) {
    if (betas[k] === 0) continue;
    const w = timesReflector(rows, a, n, k).map((sum) => betas[k] * sum);
    for (let j = k + 1; j < n; j++) {
      const vj = a[k * n + j];
      for (let i = k + 1; i < n; i++) rows[j * n + i] -= vj * w[i];
    }
  }
  transpose(rows, n);
}

/** In place. */
function transpose(x: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const value = x[i * n + j];
      x[i * n + j] = x[j * n + i];
      x[j * n + i] = value;
    }
  }
}

/** Chases T to diagonal form from the bottom, rotating the rows of `rows` along. */
function diagonalise(d: Float64Array, e: Float64Array, rows: Float64Array, n: number): number {
  const isNegligible = (k: number) =>
    Math.abs(e[k]) <= EPSILON * (Math.abs(d[k]) + Math.abs(d[k + 1]) + EPSILON);
  let last = n - 1;
  for (let step = 0; last > 0; step++) {
    if (step > STEPS_PER_VALUE * n) return 0;
    if (isNegligible(last - 1)) {
      last--;
      continue;
    }
    let first = last - 1;
    while (first > 0 && !isNegligible(first - 1)) first--;
    implicitStep(d, e, first, last, rows, n);
  }
  return 1;
}

/** One QR step with Wilkinson's shift on the block first…last: a bulge is made at the top and chased out. */
function implicitStep(
  d: Float64Array,
  e: Float64Array,
  first: number,
  last: number,
  rows: Float64Array,
  n: number,
): void {
  const half = 0.5 * (d[last - 1] - d[last]);
  const coupling = e[last - 1] * e[last - 1];
  const root = Math.sqrt(half * half + coupling);
  const denominator = half + (half < 0 ? -root : root);
  let x = d[first] - (denominator === 0 ? d[last] : d[last] - coupling / denominator);
  let z = e[first];
  for (let k = first; k < last; k++) {
    const r = Math.sqrt(x * x + z * z);
    const c = r === 0 ? 1 : x / r;
    const s = r === 0 ? 0 : z / r;
    if (k > first) e[k - 1] = r;
    const w = s * (d[k + 1] - d[k]) + 2 * c * e[k];
    d[k] += s * w;
    d[k + 1] -= s * w;
    e[k] = c * w - e[k];
    x = e[k];
    if (k < last - 1) {
      z = s * e[k + 1];
      e[k + 1] *= c;
    }
    rotateRows(rows, k * n, n, c, s);
  }
}

/** (row, next row) ← (c·row + s·next, c·next − s·row). */
function rotateRows(rows: Float64Array, start: number, n: number, c: number, s: number): void {
  for (let i = start; i < start + n; i++) {
    const upper = rows[i];
    const lower = rows[i + n];
    rows[i] = c * upper + s * lower;
    rows[i + n] = c * lower - s * upper;
  }
}
