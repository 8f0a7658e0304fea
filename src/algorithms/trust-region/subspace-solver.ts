/**
 * θ-steps in a small shared subspace. J and H are constant during a policy iteration, so every solve lives in the
 * span of a basis V with J V and H V stored: a solve costs a few skinny products and a secular equation of the
 * size of the basis. The basis grows by the preconditioned residual of the full-space KKT conditions,
 *   r = Jᵀ(v − k ℓ)/B − μ (H + εI) x,  so that it learns the neighbours' wishes too.
 * docs/math/matrpo.md, section 5.
 */
import type { Pointer } from "../../kernels/abi.ts";
import type { Arena } from "../../kernels/memory.ts";
import { factorPencil, type Pencil, solveBoundary, solveExact } from "../../optim/trust-region.ts";
import { Stopwatch } from "../../profiling/stopwatch.ts";
import { NonFiniteError } from "../../validation/errors.ts";
import type { Linearisation, Preconditioner } from "./linearisation.ts";
import type { SolverStatistics, ThetaSolver, ThetaStepOptions } from "./theta-step.ts";

export interface SubspaceOptions {
  /** Vectors built at the first solve. */
  readonly subspaceStart: number;
  /** Vectors added at each later solve that grows. */
  readonly subspaceGrowth: number;
  /** Grow at every n-th later solve. */
  readonly subspaceInterval: number;
  /** Instead of the schedule above, every solve grows until its relative residual is at most this; null: it does not. */
  readonly subspaceTolerance: number | null;
  /** Most vectors with a tolerance. */
  readonly subspaceLimit: number;
}

/** A remainder this small against the vector it is left of is rounding, not a new direction. */
const LOST_DIRECTION = 1e-5;

export class SubspaceSolver implements ThetaSolver {
  readonly scale = 1;
  readonly #arena: Arena;
  readonly #policy: Linearisation;
  readonly #precondition: Preconditioner;
  readonly #options: ThetaStepOptions & SubspaceOptions;
  readonly #stopwatch: Stopwatch;
  readonly #capacity: number;
  // Basis vectors and their images, each stored one after another.
  readonly #basis: Pointer;
  readonly #scores: Pointer;
  readonly #curvatures: Pointer;
  readonly #gram: Float64Array;
  readonly #metric: Float64Array;
  // Work space.
  readonly #ownLogRatio: Pointer;
  readonly #weights: Pointer;
  readonly #residual: Pointer;
  readonly #direction: Pointer;
  readonly #projections: Pointer;
  readonly #coefficients: Pointer;

  #size = 0;
  #pencil: Pencil | undefined;
  #step: Float64Array = new Float64Array(0);
  #multiplier = 0;
  #solves = 0;
  #residualNorm = 1;
  #firstNorm = 0;

  /** @param solves how many solves will be asked for; memory is taken for their whole basis at once. */
  constructor(
    arena: Arena,
    policy: Linearisation,
    precondition: Preconditioner,
    solves: number,
    options: ThetaStepOptions & SubspaceOptions,
    stopwatch = new Stopwatch(),
  ) {
    const capacity = Math.max(1, Math.min(mostVectors(solves, options), policy.size));
    this.#arena = arena;
    this.#policy = policy;
    this.#precondition = precondition;
    this.#options = options;
    this.#stopwatch = stopwatch;
    this.#capacity = capacity;
    this.#basis = arena.allocateF32(capacity * policy.size);
    this.#scores = arena.allocateF32(capacity * policy.components);
    this.#curvatures = arena.allocateF32(capacity * policy.size);
    this.#gram = new Float64Array(capacity * capacity);
    this.#metric = new Float64Array(capacity * capacity);
    this.#ownLogRatio = arena.allocateF32(policy.components);
    this.#weights = arena.allocateF32(policy.components);
    this.#residual = arena.allocateF32(policy.size);
    this.#direction = arena.allocateF32(policy.size);
    this.#projections = arena.allocate(8 * capacity);
    this.#coefficients = arena.allocate(8 * capacity);
  }

  get statistics(): SolverStatistics {
    return {
      scoreProducts: this.#size,
      fisherProducts: this.#size,
      basisSize: this.#size,
      residual: this.#residualNorm,
    };
  }

  solve(target: Pointer, k: number, logRatio: Pointer = this.#ownLogRatio): void {
    const additions = this.#additions();
    this.#minimise(target, k, logRatio);
    const grow = () => this.#grow(target, k, logRatio);
    for (let added = 0; added < additions && this.#stopwatch.measure("vectors", grow); added++) {
      this.#minimise(target, k, logRatio);
    }
    this.#solves++;
  }

  /** Vectors that the solve at hand may add. */
  #additions(): number {
    const { subspaceStart, subspaceGrowth, subspaceInterval, subspaceTolerance } = this.#options;
    if (subspaceTolerance !== null) return Number.POSITIVE_INFINITY;
    if (this.#solves === 0) return subspaceStart;
    return (this.#solves - 1) % subspaceInterval === 0 ? subspaceGrowth : 0;
  }

  readStep(out: Pointer): void {
    this.#combine(this.#basis, this.#policy.size, out);
  }

  curvature(): number {
    const n = this.#size;
    let sum = 0;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) sum += this.#step[i] * this.#metric[i * this.#capacity + j] * this.#step[j];
      sum -= this.#options.cgDamping * this.#step[i] * this.#step[i]; // V is orthonormal
    }
    return sum;
  }

  /** Solves in the basis and writes ℓ = J V c. */
  #minimise(target: Pointer, k: number, logRatio: Pointer): void {
    const n = this.#size;
    const { components, samples } = this.#policy;
    if (n > 0) {
      this.#arena.kernels.projectF32(this.#scores, target, this.#projections, n, components);
      const gradient = this.#arena.f64(this.#projections, n).map((value) => value / samples);
      this.#pencil ??= factorPencil(this.#square(this.#gram), this.#square(this.#metric), n);
      const { maxKl, thetaStep } = this.#options;
      const solution =
        thetaStep === "exact"
          ? solveExact(this.#pencil, gradient, k, maxKl)
          : solveBoundary(this.#pencil, gradient, maxKl);
      this.#step = solution.step;
      this.#multiplier = solution.multiplier;
    }
    this.#combine(this.#scores, components, logRatio);
  }

  /** Adds the preconditioned KKT residual to the basis; false when it is small enough or holds nothing new. */
  #grow(target: Pointer, k: number, logRatio: Pointer): boolean {
    const { subspaceStart, subspaceTolerance } = this.#options;
    const full = this.#size === this.#capacity;
    if (full && subspaceTolerance === null) return false; // with a tolerance, say how far from it the solve ends
    const { kernels } = this.#arena;
    const { size, components } = this.#policy;
    this.#formResidual(target, k, logRatio);
    this.#precondition(this.#residual, this.#direction);
    this.#measureResidual();
    const small = subspaceTolerance !== null && this.#residualNorm <= subspaceTolerance;
    if (full || (small && this.#size >= subspaceStart)) return false;

    const length = Math.sqrt(kernels.dotF32(this.#direction, this.#direction, size));
    if (!Number.isFinite(length)) throw new NonFiniteError("θ-step: the residual is not finite");
    if (length === 0) return false;
    this.#orthogonalise();
    this.#orthogonalise(); // twice is enough (Kahan)
    const remainder = Math.sqrt(kernels.dotF32(this.#direction, this.#direction, size));
    if (!(remainder > LOST_DIRECTION * length)) return false;

    const vector = this.#basis + 4 * this.#size * size;
    kernels.scaleF32(1 / remainder, this.#direction, vector, size);
    const score = this.#scores + 4 * this.#size * components;
    const curvature = this.#curvatures + 4 * this.#size * size;
    this.#policy.scoreAndFisher(vector, score, curvature);
    kernels.axpyF32(this.#options.cgDamping, vector, curvature, size);
    this.#size++;
    this.#extend(this.#gram, this.#scores, score, components, this.#policy.samples);
    this.#extend(this.#metric, this.#basis, curvature, size, 1);
    this.#pencil = undefined;
    return true;
  }

  /** r = Jᵀ(v − k ℓ)/B − μ (H + εI) x; the boundary step has no k ℓ. */
  #formResidual(target: Pointer, k: number, logRatio: Pointer): void {
    const { kernels } = this.#arena;
    const { size, components, samples } = this.#policy;
    kernels.scaleF32(1 / samples, target, this.#weights, components);
    if (this.#options.thetaStep === "exact")
      kernels.axpyF32(-k / samples, logRatio, this.#weights, components);
    this.#policy.scoreTranspose(this.#weights, this.#residual);
    this.#combine(this.#curvatures, size, this.#direction);
    kernels.axpyF32(-this.#multiplier, this.#direction, this.#residual, size);
  }

  #measureResidual(): void {
    const norm = Math.sqrt(
      Math.max(0, this.#arena.kernels.dotF32(this.#residual, this.#direction, this.#policy.size)),
    );
    if (this.#size === 0) this.#firstNorm = norm;
    this.#residualNorm = this.#firstNorm > 0 ? norm / this.#firstNorm : 0;
  }

  /** direction −= V Vᵀ direction. */
  #orthogonalise(): void {
    const { kernels } = this.#arena;
    const { size } = this.#policy;
    kernels.projectF32(this.#basis, this.#direction, this.#projections, this.#size, size);
    kernels.combineF32(this.#basis, this.#projections, this.#residual, this.#size, size);
    kernels.subtractF32(this.#direction, this.#residual, this.#direction, size);
  }

  /** Fills the last row and column of a symmetric matrix with ⟨vectorₖ, image⟩ / divisor. */
  #extend(matrix: Float64Array, vectors: Pointer, image: Pointer, length: number, divisor: number): void {
    const last = this.#size - 1;
    this.#arena.kernels.projectF32(vectors, image, this.#projections, this.#size, length);
    const products = this.#arena.f64(this.#projections, this.#size);
    for (let i = 0; i <= last; i++) {
      const value = products[i] / divisor;
      matrix[last * this.#capacity + i] = value;
      matrix[i * this.#capacity + last] = value;
    }
  }

  /** out[length] = Σₖ cₖ · vectorₖ for the step c of the last solve; vectors added since do not count. */
  #combine(vectors: Pointer, length: number, out: Pointer): void {
    this.#arena.f64(this.#coefficients, this.#step.length).set(this.#step);
    this.#arena.kernels.combineF32(vectors, this.#coefficients, out, this.#step.length, length);
  }

  /** The leading size × size block, tightly packed. */
  #square(matrix: Float64Array): Float64Array {
    const n = this.#size;
    const out = new Float64Array(n * n);
    for (let i = 0; i < n; i++) out.set(matrix.subarray(i * this.#capacity, i * this.#capacity + n), i * n);
    return out;
  }
}

/** Of a basis that serves so many solves. */
function mostVectors(solves: number, options: SubspaceOptions): number {
  const { subspaceStart, subspaceGrowth, subspaceInterval, subspaceTolerance, subspaceLimit } = options;
  if (subspaceTolerance !== null) return Math.max(subspaceStart, subspaceLimit);
  return subspaceStart + Math.ceil(Math.max(0, solves - 1) / subspaceInterval) * subspaceGrowth;
}
