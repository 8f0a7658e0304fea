/**
 * One learner of TRPO (Schulman et al. 2015): its own observations, heads, rewards and advantage scale.
 *   max E[(π(a|o)/π_old(a|o)) Â]  s.t.  E KL(π_old‖π) ≤ δ
 * by x = √(2δ/sᵀ(F + εI)s) · s with s ≈ (F + εI)⁻¹g, and a line search. It is MATRPO's θ-step of an agent without
 * neighbours, on one log-ratio a sample. docs/math/matrpo.md, section 4.
 */
import type { Arena } from "../../kernels/memory.ts";
import { Stopwatch } from "../../profiling/stopwatch.ts";
import { average, standardise, variance } from "../../rollouts/advantages.ts";
import { within } from "../../validation/errors.ts";
import { TrustRegionAgent } from "../trust-region/agent.ts";
import { CandidateStep, type PolicyUpdate } from "../trust-region/candidate-step.ts";
import { thetaSolver } from "../trust-region/theta-solver.ts";
import type { SolverStatistics } from "../trust-region/theta-step.ts";
import type { TrpoSettings } from "./options.ts";

/** Without neighbours the exact step is the boundary step, and a basis has no second solve to grow for. */
const ONE_SOLVE = {
  thetaStep: "boundary",
  subspaceGrowth: 0,
  subspaceInterval: 1,
  subspaceTolerance: null,
  subspaceLimit: 1,
} as const;

/** What a step needs of the rows of a batch in which the agent is there. */
export interface StepData {
  /** [rows, input]. */
  readonly observations: Float32Array;
  /** [rows, own heads]. */
  readonly actions: Int32Array;
  /** [rows], as estimated. */
  readonly advantages: Float32Array;
}

export interface TrpoStep extends PolicyUpdate {
  /** Mean entropy before the step, summed over heads. */
  readonly entropy: number;
  readonly statistics: SolverStatistics;
}

export class TrpoAgent extends TrustRegionAgent<TrpoSettings> {
  /** The step from the present parameters; they are left as they are. @param maxKl δ of this learner. */
  improve(
    arena: Arena,
    { observations, actions, advantages }: StepData,
    maxKl: number,
    stopwatch = new Stopwatch(),
  ): TrpoStep {
    if (advantages.length === 0) return this.#standStill();
    return arena.scope(() => {
      const samples = advantages.length;
      const placed = arena.place(actions);
      const expansion = stopwatch.measure("expansion", () =>
        this.expand(arena, observations, samples, placed, { consensus: "joint" }),
      );
      const mean = average(advantages);
      const target = arena.place(standardise(advantages, mean, variance(advantages, mean)));
      const terms = { advantages: target, components: samples, samples, links: [], penalty: 0 };
      const options = { ...this.settings, ...ONE_SOLVE, maxKl };
      const solver = thetaSolver(arena, expansion, this.learning, 1, options, stopwatch);
      stopwatch.measure("solves", () => within(this.name, () => solver.solve(target, 0)));
      const { parameters } = this.policy;
      const candidate = new CandidateStep(
        arena,
        this.name,
        parameters,
        expansion,
        terms,
        maxKl,
        this.settings,
      );
      const update = stopwatch.measure("lineSearch", () => candidate.finish(solver));
      return { ...update, entropy: this.entropy(expansion), statistics: solver.statistics };
    });
  }

  /** The step of an agent that is never there. */
  #standStill(): TrpoStep {
    const { parameters, heads } = this.policy;
    const statistics = { scoreProducts: 0, fisherProducts: 0, basisSize: 0, residual: 0 };
    return { parameters, kl: 0, headKl: new Float64Array(heads.count), scale: 0, entropy: 0, statistics };
  }
}
