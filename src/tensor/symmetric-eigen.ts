/**
 * A = V diag(λ) Vᵀ of a symmetric matrix in f64: Householder tridiagonalisation, then implicit QR steps with
 * Wilkinson's shift (Golub & Van Loan, Matrix Computations, §8.3). Error of each λ about n·2⁻⁵³·‖A‖.
 * Only + − × ÷ √ in a fixed order, so the bits are the same in every engine. All inner loops run along rows.
 */
import { InvalidInputError } from "../validation/errors.ts";

export interface SymmetricEigen {
  /** [n] ascending. */
  readonly values: Float64Array;
  /** [n,n] row-major; column k is the unit eigenvector of values[k]. */
  readonly vectors: Float64Array;
}

const EPSILON = 2 ** -52;
/** Sums of squares below this are treated as 0 (the largest entry is about 1): their reciprocals overflow. */
const TINY = 2 ** -900;
/** QR steps allowed in all, per eigenvalue; about two are usual. */
const STEPS_PER_VALUE = 60;

/**
 * @param a [n,n] row-major and symmetric; not changed.
 * @throws InvalidInputError when an entry is not finite.
 */
export function symmetricEigen(a: Float64Array, n: number): SymmetricEigen {
  const scale = powerOfTwoAbove(a, n);
  const work = a.map((value) => value / scale);
  const { diagonal, offDiagonal, rows } = tridiagonalise(work, n);
  diagonalise(diagonal, offDiagonal, rows, n);
  const order = Array.from(diagonal.keys()).sort((i, j) => diagonal[i] - diagonal[j] || i - j);
  const values = new Float64Array(n);
  const vectors = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    const from = order[k] * n;
    values[k] = diagonal[order[k]] * scale;
    for (let i = 0; i < n; i++) vectors[i * n + k] = rows[from + i];
  }
  return { values, vectors };
}

/** The power of two next above the largest |entry|: exact to divide by, and then no square overflows. */
function powerOfTwoAbove(a: Float64Array, n: number): number {
  let largest = 0;
  for (let i = 0; i < n * n; i++) {
    if (!Number.isFinite(a[i])) {
      throw new InvalidInputError(
        `symmetricEigen: entry [${Math.floor(i / n)}, ${i % n}] is ${a[i]}; all entries must be finite. ` +
          "Look for the step that made it.",
      );
    }
    largest = Math.max(largest, Math.abs(a[i]));
  }
  let scale = 1;
  while (scale < largest && scale < 2 ** 1023) scale *= 2;
  while (largest > 0 && scale > 2 ** -1022 && scale / 2 >= largest) scale /= 2;
  return scale;
}

/** A = QTQᵀ with T tridiagonal; `rows` is Qᵀ. Overwrites a with the reflectors. */
function tridiagonalise(a: Float64Array, n: number) {
  const diagonal = new Float64Array(n);
  const offDiagonal = new Float64Array(n);
  const betas = new Float64Array(n);
  const update = new Float64Array(n);
  for (let k = 0; k < n - 1; k++) {
    diagonal[k] = a[k * n + k];
    betas[k] = makeReflector(a, k * n, k + 1, n, offDiagonal, k);
    if (betas[k] !== 0) reflectTrailing(a, n, k, betas[k], update);
  }
  if (n > 0) diagonal[n - 1] = a[n * n - 1];
  return { diagonal, offDiagonal, rows: accumulate(a, betas, n) };
}

/** Turns x = row[from..n) into v with (I − βvvᵀ)x = αe₁; writes α, returns β (0 when x is αe₁). */
function makeReflector(
  a: Float64Array,
  row: number,
  from: number,
  n: number,
  alphas: Float64Array,
  k: number,
) {
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

/** A′ ← (I − βvvᵀ)A′(I − βvvᵀ) = A′ − vwᵀ − wvᵀ on the trailing block, with p = βA′v and w = p − ½β(pᵀv)v. */
function reflectTrailing(a: Float64Array, n: number, k: number, beta: number, w: Float64Array): void {
  const v = k * n;
  let overlap = 0;
  for (let i = k + 1; i < n; i++) {
    let sum = 0;
    for (let j = k + 1; j < n; j++) sum += a[i * n + j] * a[v + j];
    w[i] = beta * sum;
    overlap += w[i] * a[v + i];
  }
  for (let i = k + 1; i < n; i++) w[i] -= 0.5 * beta * overlap * a[v + i];
  for (let i = k + 1; i < n; i++) {
    const vi = a[v + i];
    const wi = w[i];
    for (let j = k + 1; j < n; j++) a[i * n + j] -= vi * w[j] + wi * a[v + j];
  }
}

/** Qᵀ = Hₙ₋₂ … H₀, built from the innermost reflector so that each touches only the trailing block. */
function accumulate(a: Float64Array, betas: Float64Array, n: number): Float64Array {
  const q = new Float64Array(n * n);
  for (let i = 0; i < n; i++) q[i * n + i] = 1;
  for (let k = n - 2; k >= 0; k--) {
    if (betas[k] === 0) continue;
    for (let i = k + 1; i < n; i++) {
      let sum = 0;
      for (let j = k + 1; j < n; j++) sum += q[i * n + j] * a[k * n + j];
      sum *= betas[k];
      for (let j = k + 1; j < n; j++) q[i * n + j] -= sum * a[k * n + j];
    }
  }
  return q;
}

/** Chases T to diagonal form from the bottom, rotating the rows of `rows` along. */
function diagonalise(d: Float64Array, e: Float64Array, rows: Float64Array, n: number): void {
  const negligible = (k: number) =>
    Math.abs(e[k]) <= EPSILON * (Math.abs(d[k]) + Math.abs(d[k + 1]) + EPSILON);
  let last = n - 1;
  for (let step = 0; last > 0; step++) {
    if (step > STEPS_PER_VALUE * n) throw new Error("symmetricEigen: QR steps do not converge");
    if (negligible(last - 1)) {
      last--;
      continue;
    }
    let first = last - 1;
    while (first > 0 && !negligible(first - 1)) first--;
    implicitStep(d, e, first, last, rows, n);
  }
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
