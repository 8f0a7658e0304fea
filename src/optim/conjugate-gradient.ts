/**
 * Preconditioned conjugate gradient for Ax = b with A symmetric positive definite and known by its products:
 * α = rᵀz/pᵀAp, x += αp, r −= αAp, z = P⁻¹r, p = z + (rᵀz)′/(rᵀz)·p (Hestenes & Stiefel 1952).
 * Vectors are f32 in the arena, inner products f64.
 */
import type { Pointer } from "../kernels/abi.ts";
import type { Arena } from "../kernels/memory.ts";
import { NonFiniteError } from "../validation/errors.ts";

export interface ConjugateGradientOptions {
  readonly arena: Arena;
  /** Writes A·vector to out; must leave vector alone. */
  readonly apply: (vector: Pointer, out: Pointer) => void;
  /** Writes P⁻¹·r to out. Without it the plain method runs. */
  readonly precondition?: (r: Pointer, out: Pointer) => void;
  readonly rhs: Pointer;
  /** Receives x; holds the start when `warmStart`. Must not alias rhs. */
  readonly solution: Pointer;
  readonly size: number;
  /** Most products with A, the one that a warm start costs not counted. */
  readonly iterations: number;
  /** Stops when ‖r‖² falls below this (an absolute bound, as in the authors' code). */
  readonly tolerance: number;
  /** Stops when ‖r‖ ≤ this·‖b‖. @defaultValue 0 */
  readonly relativeTolerance?: number;
  /** Starts from `solution` instead of 0. @defaultValue false */
  readonly warmStart?: boolean;
}

export interface ConjugateGradientResult {
  readonly iterations: number;
  /** ‖r‖ of the recursion. */
  readonly residualNorm: number;
}

/** Solves Ax = b approximately; scratch lives in an arena scope, nothing is allocated per iteration. */
export function conjugateGradient(options: ConjugateGradientOptions): ConjugateGradientResult {
  return options.arena.scope(() => solve(options));
}

function solve(options: ConjugateGradientOptions): ConjugateGradientResult {
  const { arena, size, solution, rhs, apply, precondition } = options;
  const { kernels } = arena;
  const r = arena.allocateF32(size);
  const p = arena.allocateF32(size);
  const product = arena.allocateF32(size);
  const z = precondition ? arena.allocateF32(size) : r;

  if (options.warmStart) {
    apply(solution, product);
    kernels.subtractF32(rhs, product, r, size);
  } else {
    kernels.fillF32(0, solution, size);
    kernels.scaleF32(1, rhs, r, size);
  }
  const relative = options.relativeTolerance ?? 0;
  const goal = relative * relative * kernels.dotF32(rhs, rhs, size);
  let square = kernels.dotF32(r, r, size);
  precondition?.(r, z);
  kernels.scaleF32(1, z, p, size);
  let decrease = kernels.dotF32(r, z, size);

  let iteration = 0;
  while (iteration < options.iterations && square >= options.tolerance && square > goal) {
    apply(p, product);
    const curvature = kernels.dotF32(p, product, size);
    if (Number.isNaN(curvature)) throw new NonFiniteError("conjugate gradient: pᵀAp is not finite");
    if (!(curvature > 0)) break; // rounding has used up the positive curvature: x is as good as it gets
    const alpha = decrease / curvature;
    kernels.axpyF32(alpha, p, solution, size);
    kernels.axpyF32(-alpha, product, r, size);
    square = kernels.dotF32(r, r, size);
    precondition?.(r, z);
    const previous = decrease;
    decrease = kernels.dotF32(r, z, size);
    kernels.scaleF32(decrease / previous, p, p, size);
    kernels.addF32(p, z, p, size);
    iteration++;
  }
  return { iterations: iteration, residualNorm: Math.sqrt(square) };
}
