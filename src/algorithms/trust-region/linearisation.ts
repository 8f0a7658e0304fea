/**
 * An agent's policy to first and second order around θ_old (Li & He 2020, eqs. 14, 17): log-ratios ≈ J x and
 * mean KL ≈ ½ xᵀHx. Solvers of the θ-step know a policy only through these products.
 */
import type { Pointer } from "../../kernels/abi.ts";

export interface Linearisation {
  /** P: entries of a step x. */
  readonly size: number;
  /** B: samples, by which sums over rows are divided. */
  readonly samples: number;
  /** M: rows of J; one a sample and head, or one a sample in joint mode. */
  readonly components: number;
  /** out[M] = J · direction. */
  score(direction: Pointer, out: Pointer): void;
  /** out[P] = Jᵀ · u. */
  scoreTranspose(u: Pointer, out: Pointer): void;
  /** out[P] = H · direction, without damping. */
  fisher(direction: Pointer, out: Pointer): void;
  /** Both J · direction and H · direction, sharing what can be shared. */
  scoreAndFisher(direction: Pointer, score: Pointer, fisher: Pointer): void;
}

/** out ≈ (H + damping · I)⁻¹ · residual, cheaply. */
export type Preconditioner = (residual: Pointer, out: Pointer) => void;
