/**
 * θ-steps by conjugate gradients in the full parameter space: the paper's inner solver (a few cold iterations for
 * H⁻¹g), and, run to convergence, the oracle for the subspace solver. The exact step solves (kG + μ(H + εI)) x = g
 * for the multiplier μ at which ½ xᵀ(H + εI)x = δ; (½ xᵀ(H + εI)x)^(−1/2) is nearly linear in μ, so a safeguarded
 * secant on it needs few solves.
 */
import type { Pointer } from "../../kernels/abi.ts";
import type { Arena } from "../../kernels/memory.ts";
import { conjugateGradient } from "../../optim/conjugate-gradient.ts";
import { scaleToTrustRegion } from "../../optim/trust-region.ts";
import type { Linearisation, Preconditioner } from "./linearisation.ts";
import type { SolverStatistics, ThetaSolver, ThetaStepOptions } from "./theta-step.ts";

export interface ConjugateGradientSolverOptions {
  /** Products a linear solve may take. */
  readonly cgIterations: number;
  /** A solve stops when ‖r‖² is below. */
  readonly cgTolerance: number;
}

/** Relative error of the KL at which the search for the multiplier stops. */
const KL_TOLERANCE = 1e-4;
const MULTIPLIER_STEPS = 30;
/** Smallest multiplier tried, relative to the one of the boundary step: below it the step counts as interior. */
const INTERIOR = 1e-9;

export class ConjugateGradientSolver implements ThetaSolver {
  readonly scale = 1;
  readonly #arena: Arena;
  readonly #policy: Linearisation;
  readonly #precondition: Preconditioner | undefined;
  readonly #options: ThetaStepOptions & ConjugateGradientSolverOptions;
  readonly #gradient: Pointer;
  readonly #step: Pointer;
  readonly #work: Pointer;
  readonly #scores: Pointer;
  #solves = 0;
  #products = 0;
  #residual = 0;

  constructor(
    arena: Arena,
    policy: Linearisation,
    precondition: Preconditioner | undefined,
    options: ThetaStepOptions & ConjugateGradientSolverOptions,
  ) {
    this.#arena = arena;
    this.#policy = policy;
    this.#precondition = precondition;
    this.#options = options;
    this.#gradient = arena.allocateF32(policy.size);
    this.#step = arena.allocateF32(policy.size);
    this.#work = arena.allocateF32(policy.size);
    this.#scores = arena.allocateF32(policy.components);
    arena.kernels.fillF32(0, this.#step, policy.size);
  }

  get statistics(): SolverStatistics {
    const exact = this.#options.thetaStep === "exact" ? this.#products : 0;
    return {
      scoreProducts: this.#solves + exact,
      fisherProducts: this.#products,
      basisSize: 0,
      residual: this.#residual,
    };
  }

  solve(target: Pointer, k: number, logRatio?: Pointer): void {
    const { kernels } = this.#arena;
    const { components, samples } = this.#policy;
    kernels.scaleF32(1 / samples, target, this.#scores, components);
    this.#policy.scoreTranspose(this.#scores, this.#gradient);
    if (this.#options.thetaStep === "exact" && k > 0) this.#exact(k);
    else this.#boundary();
    if (logRatio !== undefined) this.#policy.score(this.#step, logRatio);
    this.#solves++;
  }

  readStep(out: Pointer): void {
    this.#arena.kernels.scaleF32(1, this.#step, out, this.#policy.size);
  }

  curvature(): number {
    this.#policy.fisher(this.#step, this.#work);
    return this.#arena.kernels.dotF32(this.#step, this.#work, this.#policy.size);
  }

  /** x = √(2δ / sᵀg) s with s ≈ (H + εI)⁻¹g. */
  #boundary(): void {
    this.#linearSolve(0, 1, false);
    const { kernels } = this.#arena;
    const { size } = this.#policy;
    const scale = scaleToTrustRegion(kernels.dotF32(this.#step, this.#gradient, size), this.#options.maxKl);
    kernels.scaleF32(scale, this.#step, this.#step, size);
  }

  #exact(k: number): void {
    const { maxKl } = this.#options;
    this.#boundary();
    const { kernels } = this.#arena;
    const { size } = this.#policy;
    // gᵀx at the boundary is 2δ·μ of the problem without the quadratic term, the largest μ possible.
    let high = kernels.dotF32(this.#step, this.#gradient, size) / (2 * maxKl);
    if (!(high > 0)) return;
    let low = INTERIOR * high;
    const slack = (mu: number): number => {
      this.#linearSolve(k, mu, true);
      return 1 / Math.sqrt(this.#dampedKl()) - 1 / Math.sqrt(maxKl);
    };
    let atHigh = slack(high);
    let atLow = slack(low);
    if (atLow >= 0) return; // interior
    for (let attempt = 0; attempt < MULTIPLIER_STEPS; attempt++) {
      const secant = low - (atLow * (high - low)) / (atHigh - atLow);
      const mu = secant > low && secant < high ? secant : 0.5 * (low + high);
      const value = slack(mu);
      if (Math.abs(value) * Math.sqrt(maxKl) < KL_TOLERANCE) return;
      if (value < 0) [low, atLow] = [mu, value];
      else [high, atHigh] = [mu, value];
    }
  }

  /** ½ xᵀ(H + εI)x. */
  #dampedKl(): number {
    const { kernels } = this.#arena;
    const square = kernels.dotF32(this.#step, this.#step, this.#policy.size);
    return 0.5 * (this.curvature() + this.#options.cgDamping * square);
  }

  /** step ≈ (kG + μ(H + εI))⁻¹ g. */
  #linearSolve(k: number, mu: number, warmStart: boolean): void {
    const { kernels } = this.#arena;
    const { size, components, samples } = this.#policy;
    const precondition = this.#precondition;
    const { residualNorm } = conjugateGradient({
      arena: this.#arena,
      apply: (vector, out) => {
        this.#products++;
        this.#policy.fisher(vector, out);
        kernels.axpyF32(this.#options.cgDamping, vector, out, size);
        if (k === 0) return;
        kernels.scaleF32(mu, out, out, size);
        this.#policy.score(vector, this.#scores);
        kernels.scaleF32(k / samples, this.#scores, this.#scores, components);
        this.#policy.scoreTranspose(this.#scores, this.#work);
        kernels.axpyF32(1, this.#work, out, size);
      },
      ...(precondition ? { precondition } : {}),
      rhs: this.#gradient,
      solution: this.#step,
      size,
      iterations: this.#options.cgIterations,
      tolerance: this.#options.cgTolerance,
      warmStart,
    });
    const norm = Math.sqrt(kernels.dotF32(this.#gradient, this.#gradient, size));
    this.#residual = norm > 0 ? residualNorm / norm : 0;
  }
}
