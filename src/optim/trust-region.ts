/**
 * The θ-step of the consensus in a small dense basis: min −gᵀc + (k/2) cᵀGc subject to ½cᵀHc ≤ δ.
 * KKT: (kG + μH)c = g, μ ≥ 0, μ(½cᵀHc − δ) = 0. With H = LLᵀ, L⁻¹GL⁻ᵀ = QWQᵀ and g̃ = QᵀL⁻¹g the step is
 * c = L⁻ᵀQy, yᵢ = g̃ᵢ/(k wᵢ + μ), so each solve is a root of the scalar φ(μ) = ½‖y‖² = δ
 * (Li & He 2020, eq. 19, solved exactly; Moré & Sorensen 1983 for the Newton iteration on φ^(−1/2)).
 */
import { cholesky, solveLower, solveLowerTransposed } from "../tensor/cholesky.ts";
import { symmetricEigen } from "../tensor/symmetric-eigen.ts";
import { NonFiniteError } from "../validation/errors.ts";

/** G and H diagonalised together; one factorisation serves any number of right-hand sides, k and δ. */
export interface Pencil {
  readonly n: number;
  /** L[n,n] of H = LLᵀ. */
  readonly lower: Float64Array;
  /** [n] ascending eigenvalues w ≥ 0 of L⁻¹GL⁻ᵀ; what is zero up to rounding is exactly 0. */
  readonly values: Float64Array;
  /** Q[n,n], column i belongs to values[i]. */
  readonly vectors: Float64Array;
}

export interface TrustRegionStep {
  /** c[n]. */
  readonly step: Float64Array;
  /** μ, 0 when the step is interior. */
  readonly multiplier: number;
}

export interface ExactStep extends TrustRegionStep {
  /** Whether the unconstrained minimiser lies inside the trust region. */
  readonly interior: boolean;
}

/** Eigenvalues of the pencil below this share of the largest are rounding of a singular G. */
const NULL_CURVATURE = 1e-11;
/** g lies in the range of G: components along null directions below this share of ‖g̃‖ are rounding. */
const NULL_GRADIENT = 1e-9;
const NEWTON_STEPS = 100;

/**
 * @param G [n,n] row-major, symmetric positive semidefinite.
 * @param H [n,n] row-major, symmetric positive definite; only its lower triangle is read.
 * @throws NotPositiveDefiniteError when H is not positive definite.
 */
export function factorPencil(G: Float64Array, H: Float64Array, n: number): Pencil {
  const lower = cholesky(H, n);
  const half = solveLower(lower, n, G, n);
  const whole = solveLower(lower, n, transpose(half, n), n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      whole[i * n + j] = 0.5 * (whole[i * n + j] + whole[j * n + i]);
      whole[j * n + i] = whole[i * n + j];
    }
  }
  const { values, vectors } = symmetricEigen(whole, n);
  const floor = n === 0 ? 0 : Math.max(0, NULL_CURVATURE * values[n - 1]);
  return { n, lower, values: values.map((w) => (w > floor ? w : 0)), vectors };
}

/**
 * The exact minimiser: interior (μ = 0) when it fits, otherwise on the boundary with the multiplier found by
 * Newton's method. A zero gradient gives the zero step.
 * @param k weight of the quadratic term, ≥ 0 (penalty times number of links).
 * @param delta radius, > 0.
 * @throws NonFiniteError when the gradient is not finite.
 */
export function solveExact(pencil: Pencil, g: Float64Array, k: number, delta: number): ExactStep {
  const { n, lower, values, vectors } = pencil;
  const rotated = rotatedGradient(pencil, g);
  const curvatures = values.map((w) => k * w);
  const multiplier = findMultiplier(rotated, curvatures, delta);
  const y = rotated.map((value, i) => (value === 0 ? 0 : value / (curvatures[i] + multiplier)));
  const step = solveLowerTransposed(lower, n, multiply(vectors, y, n));
  return { step, multiplier, interior: multiplier === 0 };
}

/**
 * The step of the paper: all the way to the boundary along H⁻¹g, c = √(2δ/(gᵀH⁻¹g)) H⁻¹g, as if G = H.
 * Its multiplier √(gᵀH⁻¹g/(2δ)) is the μ of μHc = g. A zero gradient gives the zero step.
 * @throws NonFiniteError when the gradient is not finite.
 */
export function solveBoundary(pencil: Pencil, g: Float64Array, delta: number): TrustRegionStep {
  const { n, lower } = pencil;
  const whitened = solveLower(lower, n, g);
  const multiplier = finiteNorm(whitened) / Math.sqrt(2 * delta);
  if (multiplier === 0) return { step: new Float64Array(n), multiplier };
  const step = solveLowerTransposed(lower, n, whitened).map((value) => value / multiplier);
  return { step, multiplier };
}

/** The factor √(2δ/xᵀHx) that brings x to the boundary of the trust region; 0 when xᵀHx is not positive. */
export function scaleToTrustRegion(quadraticForm: number, delta: number): number {
  return quadraticForm > 0 ? Math.sqrt((2 * delta) / quadraticForm) : 0;
}

/** g̃ = QᵀL⁻¹g without the round-off in the null space of G. */
function rotatedGradient({ n, lower, values, vectors }: Pencil, g: Float64Array): Float64Array {
  const rotated = multiplyTransposed(vectors, solveLower(lower, n, g), n);
  const floor = NULL_GRADIENT * finiteNorm(rotated);
  return rotated.map((value, i) => (values[i] === 0 && Math.abs(value) < floor ? 0 : value));
}

/**
 * The root μ of φ(μ) = δ, or 0 when φ(0) ≤ δ. Newton on φ^(−1/2), which is concave and increasing, rises to
 * the root from any start below it; the start is where the largest single component alone fills the region.
 */
function findMultiplier(g: Float64Array, curvatures: Float64Array, delta: number): number {
  const radius = Math.sqrt(2 * delta);
  let mu = 0;
  for (let i = 0; i < g.length; i++) mu = Math.max(mu, Math.abs(g[i]) / radius - curvatures[i]);
  for (let iteration = 0; iteration < NEWTON_STEPS; iteration++) {
    let square = 0;
    let slope = 0;
    for (let i = 0; i < g.length; i++) {
      if (g[i] === 0) continue;
      const y = g[i] / (curvatures[i] + mu);
      square += y * y;
      slope += (y * y) / (curvatures[i] + mu);
    }
    const next = mu + (square / slope) * (Math.sqrt(square) / radius - 1);
    if (!(next > mu)) break;
    mu = next;
  }
  return mu;
}

function finiteNorm(x: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * x[i];
  if (Number.isFinite(sum)) return Math.sqrt(sum);
  throw new NonFiniteError(
    "trust region: the gradient has entries that are not finite; check advantages and log-ratios for NaN.",
  );
}

function transpose(a: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) out[j * n + i] = a[i * n + j];
  return out;
}

function multiply(a: Float64Array, x: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += a[i * n + j] * x[j];
    out[i] = sum;
  }
  return out;
}

function multiplyTransposed(a: Float64Array, x: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) out[j] += a[i * n + j] * x[i];
  return out;
}
