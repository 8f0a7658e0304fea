/**
 * Statements that are equations, as errors that exact arithmetic would make 0. The numbers in docs/math/trust-region-family.md
 * are those of the comments. One printed form without its factor stands beside them, for comparison.
 */
import { agentAdvantages, agentSurrogate, ratioSurrogate } from "./decomposition.ts";
import { expectation, largest } from "./measures.ts";
import { endsOf, type TeamUpdate } from "./update.ts";
import { weightedTransitions } from "./values.ts";

export interface Identity {
  readonly name: string;
  /** False for a form that is printed somewhere and wrong. */
  readonly holds: boolean;
  /** Largest |left − right| in this update. */
  readonly error: (update: TeamUpdate) => number;
}

export const identities: readonly Identity[] = [
  { name: "d sums to 1", holds: true, error: visitationError },
  {
    name: "performance difference",
    holds: true,
    error: (update) => performanceError(update, update.horizon),
  },
  { name: "performance difference without 1/(1 − γ)", holds: false, error: (u) => performanceError(u, 1) },
  { name: "sequential performance difference", holds: true, error: sequentialError },
  { name: "advantage decomposition", holds: true, error: decompositionError },
  { name: "non-stationarity decomposition", holds: true, error: transitionError },
  { name: "HAPPO's terms sum to the joint one", holds: true, error: telescopingError },
  { name: "HATRPO: zero baseline", holds: true, error: baselineError },
  { name: "HATRPO: ratio estimator", holds: true, error: estimatorError },
];

const positions = ({ order }: TeamUpdate): number[] => order.map((_, i) => i + 1);
const worst = (errors: readonly number[]): number => Math.max(...errors.map(Math.abs));

/** (2.1) Σ d(s) = 1 at every stage. */
function visitationError({ stages }: TeamUpdate): number {
  return worst(stages.map(({ visitation }) => visitation.reduce((sum, mass) => sum + mass, 0) - 1));
}

/** (3.1) J(π̄) − J(π) = x E_{d^π̄, π̄}[A^π] (Kakade & Langford 2002). */
function performanceError(update: TeamUpdate, factor: number): number {
  const { old, next } = endsOf(update);
  const gain = next.expectedReturn - old.expectedReturn;
  return Math.abs(gain - factor * expectation(update.game, next.visitation, next.joint, old.advantages));
}

/** (3.2) J(π̂ᵐ) − J(π̂ᵐ⁻¹) = x E_{d^π̂ᵐ, π̂ᵐ}[A^π̂ᵐ⁻¹]. */
function sequentialError(update: TeamUpdate): number {
  const { game, horizon, stages } = update;
  return worst(
    positions(update).map((m) => {
      const { visitation, joint, expectedReturn } = stages[m];
      const gain = expectedReturn - stages[m - 1].expectedReturn;
      return gain - horizon * expectation(game, visitation, joint, stages[m - 1].advantages);
    }),
  );
}

/** (3.3) A(s, a) = Σₘ Aᵐ(s, a¹…aᵐ). */
function decompositionError(update: TeamUpdate): number {
  const parts = positions(update).map((m) => agentAdvantages(update, m));
  return largest(parts.reduce(difference, update.stages[0].advantages));
}

/** (3.4) P_π̄ − P_π = Σₘ (P_π̂ᵐ − P_π̂ᵐ⁻¹), each with one agent's change: Σₐ (πᵐ change) P. */
function transitionError({ game, stages }: TeamUpdate): number {
  const change = (from: number, to: number) =>
    weightedTransitions(game, difference(stages[to].joint, stages[from].joint));
  const parts = stages.slice(1).map((_, m) => change(m, m + 1));
  return largest(parts.reduce(difference, change(0, stages.length - 1)));
}

/** (3.5) Σₘ E_{d^π, π̂ᵐ − π̂ᵐ⁻¹}[A^π] = E_{d^π, π̄}[A^π]. */
function telescopingError(update: TeamUpdate): number {
  const { game, stages } = update;
  const { old, next } = endsOf(update);
  const terms = positions(update).map((m) =>
    expectation(game, old.visitation, difference(stages[m].joint, stages[m - 1].joint), old.advantages),
  );
  const whole = expectation(game, old.visitation, next.joint, old.advantages);
  return Math.abs(terms.reduce((sum, term) => sum + term, 0) - whole);
}

/** (3.6) E_{d^π, π̂ᵐ⁻¹}[Aᵐ] = 0. */
function baselineError(update: TeamUpdate): number {
  return worst(positions(update).map((m) => agentSurrogate(update, m, m - 1)));
}

/** (3.7) E_{d^π, π̂ᵐ}[Aᵐ] as samples of π see it. */
function estimatorError(update: TeamUpdate): number {
  return worst(positions(update).map((m) => agentSurrogate(update, m) - ratioSurrogate(update, m)));
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, at) => value - b[at]);
}
