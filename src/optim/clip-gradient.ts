/** Shortens long gradients: g ← g · min(1, m/‖g‖), with the norm over all entries of the vector (Pascanu et al. 2013). */
import type { Pointer } from "../kernels/abi.ts";
import type { Arena } from "../kernels/memory.ts";

/**
 * Scales a gradient f32[size] in place when its norm is above `maxNorm`.
 * @returns the norm before; NaN or Infinity when the gradient is not finite, which is then left as it is
 */
export function clipGradient(arena: Arena, gradient: Pointer, size: number, maxNorm: number): number {
  const norm = Math.sqrt(arena.kernels.dotF32(gradient, gradient, size));
  if (norm > maxNorm && Number.isFinite(norm)) {
    arena.kernels.scaleF32(maxNorm / norm, gradient, gradient, size);
  }
  return norm;
}
