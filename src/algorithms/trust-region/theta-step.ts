/**
 * The θ-subproblem of one agent (Li & He 2020, eq. 19):
 *   min −gᵀx + (k/2) xᵀGx  subject to  ½ xᵀ(H + εI)x ≤ δ,   g = Jᵀv/B,  G = JᵀJ/B,  k = ρ · degree.
 * `exact` solves it; `boundary`, the paper's step, drops the quadratic term and always walks to the boundary
 * along (H + εI)⁻¹g. docs/math/matrpo.md, section 4.
 */
import type { Pointer } from "../../kernels/abi.ts";

export type ThetaStep = "exact" | "boundary";

export interface ThetaStepOptions {
  readonly thetaStep: ThetaStep;
  /** δ, on the KL summed over heads. */
  readonly maxKl: number;
  /** ε, added to H. */
  readonly cgDamping: number;
}

/** What a solver did since it was made. */
export interface SolverStatistics {
  /** Products with Jᵀ, or with J if those are more, and with H. */
  readonly scoreProducts: number;
  readonly fisherProducts: number;
  /** Vectors in the basis (subspace solver), else 0. */
  readonly basisSize: number;
  /** ‖r‖/‖g‖ of the last residual formed, in the preconditioner's norm. */
  readonly residual: number;
}

export interface ThetaSolver {
  /** Solves for the target v[M] with weight k and, when asked for, writes the log-ratios J x to logRatio[M]. */
  solve(target: Pointer, k: number, logRatio?: Pointer): void;
  /** x[P] of the last solve. */
  readStep(out: Pointer): void;
  /** xᵀHx of the last solve, without damping. */
  curvature(): number;
  /** What x is of the answer that was found: 1, or less of one that was tested; 0 when no part was acceptable. */
  readonly scale: number;
  readonly statistics: SolverStatistics;
}
