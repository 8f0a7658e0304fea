/** Builds the θ-step solver that the options ask for, with its preconditioner. */
import type { Arena } from "../../kernels/memory.ts";
import type { Random } from "../../tensor/random.ts";
import type { CandidateStep } from "./candidate-step.ts";
import { ConjugateGradientSolver } from "./conjugate-gradient-solver.ts";
import type { Preconditioner } from "./linearisation.ts";
import type { MatrpoSettings } from "./options.ts";
import type { PolicyExpansion } from "./policy-expansion.ts";
import { SubspaceSolver } from "./subspace-solver.ts";
import type { ThetaSolver } from "./theta-step.ts";
import { TrueRatioSolver } from "./true-ratio-solver.ts";

/** What all agents have in common in a policy iteration. */
export interface StepSettings {
  /** δ of each agent. */
  readonly maxKl: number;
  /** ρ. */
  readonly penalty: number;
}

/** @param solves how many answers will be asked of this agent. */
export function thetaSolver(
  arena: Arena,
  expansion: PolicyExpansion,
  candidate: CandidateStep,
  random: Random,
  solves: number,
  step: StepSettings,
  settings: MatrpoSettings,
): ThetaSolver {
  const options = { ...settings, maxKl: step.maxKl };
  const kfac =
    settings.preconditioner === "kfac" ? expansion.preconditioner(random, settings.cgDamping) : undefined;
  const precondition: Preconditioner | undefined = kfac && ((residual, out) => kfac.apply(residual, out));
  const copy: Preconditioner = (residual, out) => arena.kernels.scaleF32(1, residual, out, expansion.size);
  const inner =
    settings.solver === "subspace"
      ? new SubspaceSolver(arena, expansion, precondition ?? copy, solves, options)
      : new ConjugateGradientSolver(arena, expansion, precondition, options);
  if (settings.exchange === "linearised") return inner;
  const trial = settings.activationLineSearch ? candidate.search : candidate.measure;
  return new TrueRatioSolver(arena, inner, expansion.size, expansion.components, trial);
}
