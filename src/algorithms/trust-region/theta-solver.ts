/** Builds the θ-step solver that the options ask for, with its preconditioner. */
import type { Arena } from "../../kernels/memory.ts";
import type { Stopwatch } from "../../profiling/stopwatch.ts";
import type { Random } from "../../tensor/random.ts";
import { ConjugateGradientSolver, type ConjugateGradientSolverOptions } from "./conjugate-gradient-solver.ts";
import type { Preconditioner } from "./linearisation.ts";
import type { TrustRegionSettings } from "./options.ts";
import type { PolicyExpansion } from "./policy-expansion.ts";
import { type SubspaceOptions, SubspaceSolver } from "./subspace-solver.ts";
import type { ThetaSolver, ThetaStepOptions } from "./theta-step.ts";

export type SolverChoice = ThetaStepOptions &
  SubspaceOptions &
  ConjugateGradientSolverOptions &
  Pick<TrustRegionSettings, "solver" | "preconditioner">;

/** @param solves how many answers will be asked of it. */
export function thetaSolver(
  arena: Arena,
  expansion: PolicyExpansion,
  random: Random,
  solves: number,
  options: SolverChoice,
  stopwatch: Stopwatch,
): ThetaSolver {
  const kfac = stopwatch.measure("preconditioner", () =>
    options.preconditioner === "kfac" ? expansion.preconditioner(random, options.cgDamping) : undefined,
  );
  const precondition: Preconditioner | undefined = kfac && ((residual, out) => kfac.apply(residual, out));
  if (options.solver === "conjugate-gradient") {
    return new ConjugateGradientSolver(arena, expansion, precondition, options);
  }
  const copy: Preconditioner = (residual, out) => arena.kernels.scaleF32(1, residual, out, expansion.size);
  return new SubspaceSolver(arena, expansion, precondition ?? copy, solves, options, stopwatch);
}
