/**
 * Statements that are inequalities, left ≤ right, each measured in an update of a game. Most are theorems; two are printed
 * statements that do not hold, to be seen failing, and one is open. The numbers are those of docs/math/trust-region-family.md, section 4.
 */
import * as bounds from "./bounds.ts";
import { agentSurrogate } from "./decomposition.ts";
import { totalVariations } from "./measures.ts";
import { correctedAdvantages, correctionError } from "./preopc.ts";
import * as surrogates from "./surrogates.ts";
import { endsOf, type TeamUpdate } from "./update.ts";

/** One measurement. */
export interface Gap {
  readonly left: number;
  readonly right: number;
}

/** Proved in the documentation, printed elsewhere without a proof that we know or a counterexample, or contradicted. */
export type ClaimStatus = "proved" | "open" | "false";

export interface Claim {
  readonly name: string;
  readonly status: ClaimStatus;
  /** @param lambda of the traces, for the claims that have some */
  readonly measure: (update: TeamUpdate, lambda: number) => readonly Gap[];
}

export const claims: readonly Claim[] = [
  { name: "TV of the team ≤ Σ TV of the agents", status: "proved", measure: distanceGaps },
  { name: "MAPPO, summed surrogate", status: "proved", measure: (u) => [independentGap(u, 1)] },
  {
    name: "MAPPO, averaged surrogate",
    status: "proved",
    measure: (u) => [independentGap(u, 1 / u.order.length)],
  },
  { name: "MAPPO, averaged surrogate, sharper", status: "proved", measure: averagedGaps },
  { name: "CoPPO, HAPPO together", status: "proved", measure: (u) => [jointGap(u, bounds.jointBound)] },
  { name: "CoPPO, quadratic form", status: "proved", measure: (u) => [jointGap(u, bounds.quadraticBound)] },
  { name: "RPISA, fresh samples", status: "proved", measure: freshGaps },
  { name: "HAPPO, one agent, constant 4", status: "proved", measure: (u) => happoGaps(u, 4) },
  { name: "HAPPO, one agent, constant 3", status: "open", measure: (u) => happoGaps(u, 3) },
  { name: "A2PO, one agent, V = V^π", status: "proved", measure: (u, lambda) => a2poGaps(u, lambda, 0) },
  { name: "A2PO, one agent, V = V^π̂", status: "proved", measure: (u, lambda) => a2poGaps(u, lambda, 1) },
  { name: "A2PO together", status: "proved", measure: a2poTogether },
  { name: "A2PO's sum ≤ CoPPO's, equal ε, ξ = 0", status: "proved", measure: driftGaps },
  { name: "HATRPO, Lemma 2", status: "proved", measure: divergenceGaps },
  { name: "CoPPO without 1/(1 − γ), as printed", status: "false", measure: shortJointGaps },
  { name: "HAPPO, one agent, base J(π), as printed", status: "false", measure: printedHappoGaps },
];

const positions = ({ order }: TeamUpdate): number[] => order.map((_, i) => i + 1);
const totalOf = ({ sums }: TeamUpdate): number => sums[sums.length - 1];
const returnAt = ({ stages }: TeamUpdate, m: number): number => stages[m].expectedReturn;

/** (4.1) in every state. */
function distanceGaps(update: TeamUpdate): Gap[] {
  const { game } = update;
  const { old, next } = endsOf(update);
  const left = totalVariations(old.joint, next.joint, game.joint);
  const parts = old.policy.map((table, i) => totalVariations(table, next.policy[i], game.choices[i]));
  return Array.from(left, (value, s) => ({
    left: value,
    right: parts.reduce((sum, part) => sum + part[s], 0),
  }));
}

/** (4.4) */
function independentGap(update: TeamUpdate, weight: number): Gap {
  const value = surrogates.independentSurrogate(update, weight);
  const right = bounds.independentBound(update.game.gamma, update.advantageBounds[0], totalOf(update));
  return { left: Math.abs(endsOf(update).next.expectedReturn - value), right };
}

/** (4.5) */
function averagedGaps(update: TeamUpdate): Gap[] {
  const agents = update.order.length;
  const { left } = independentGap(update, 1 / agents);
  const { gamma } = update.game;
  return [{ left, right: bounds.averagedBound(gamma, update.advantageBounds[0], totalOf(update), agents) }];
}

/** (4.6), (4.7) */
function jointGap(update: TeamUpdate, bound: typeof bounds.jointBound): Gap {
  const left = Math.abs(endsOf(update).next.expectedReturn - surrogates.jointSurrogate(update));
  return { left, right: bound(update.game.gamma, update.advantageBounds[0], totalOf(update)) };
}

/** (4.8) */
function freshGaps(update: TeamUpdate): Gap[] {
  const { game, advantageBounds, distances } = update;
  const epsilon = Math.max(...advantageBounds.slice(0, -1));
  const right = distances.reduce((sum, alpha) => sum + bounds.jointBound(game.gamma, epsilon, alpha), 0);
  return [{ left: Math.abs(endsOf(update).next.expectedReturn - surrogates.freshSurrogate(update)), right }];
}

/** (4.9) */
function happoGaps(update: TeamUpdate, constant: number): Gap[] {
  const { game, advantageBounds, distances, sums } = update;
  return positions(update).map((m) => {
    const epsilon = Math.max(advantageBounds[0], advantageBounds[m - 1]);
    return {
      left: Math.abs(returnAt(update, m) - surrogates.happoSurrogate(update, m)),
      right: bounds.happoBound(game.gamma, epsilon, distances[m - 1], sums[m], constant),
    };
  });
}

/** (4.10) @param exact the values of V = V^π at stage 0, or at the stage before the agent's when 1 */
function a2poGaps(update: TeamUpdate, lambda: number, exact: 0 | 1): Gap[] {
  const { game, advantageBounds, distances, sums } = update;
  return positions(update).map((m) => {
    const { estimate, error } = corrected(update, lambda, m, exact);
    return {
      left: Math.abs(returnAt(update, m) - surrogates.a2poSurrogate(update, m, estimate)),
      right: bounds.a2poBound(game.gamma, advantageBounds[m - 1], distances[m - 1], sums[m], error),
    };
  });
}

/** PreOPC's estimate for the m-th agent, and its ξ. */
function corrected(update: TeamUpdate, lambda: number, m: number, exact: 0 | 1) {
  const { game, stages } = update;
  const target = stages[m - 1];
  const correction = { game, behaviour: stages[0].joint, target: target.joint, lambda };
  const estimate = correctedAdvantages(correction, exact === 1 ? target.values : stages[0].values);
  return { estimate, error: correctionError(estimate, target) };
}

/** (4.11) */
function a2poTogether(update: TeamUpdate, lambda: number): Gap[] {
  const { game, advantageBounds, distances, sums } = update;
  const epsilon = Math.max(...advantageBounds.slice(0, -1));
  let surrogate = returnAt(update, 0);
  let right = 0;
  for (const m of positions(update)) {
    const { estimate, error } = corrected(update, lambda, m, 1);
    surrogate += surrogates.weightedAdvantage(update, m, estimate);
    right += bounds.a2poBound(game.gamma, epsilon, distances[m - 1], sums[m], error);
  }
  return [{ left: Math.abs(endsOf(update).next.expectedReturn - surrogate), right }];
}

/** (4.12) Σ αᵐ h(Sₘ) ≤ S h(S). */
function driftGaps(update: TeamUpdate): Gap[] {
  const { game, distances, sums } = update;
  const total = totalOf(update);
  const left = distances.reduce(
    (sum, alpha, i) => sum + alpha * bounds.driftTime(game.gamma, sums[i + 1]),
    0,
  );
  return [{ left, right: total * bounds.driftTime(game.gamma, total) }];
}

/** (4.13) |J(π̄) − J(π) − x Σₘ L^{1:m}| ≤ C Σₘ max KL, of which Lemma 2 states one side. */
function divergenceGaps(update: TeamUpdate): Gap[] {
  const { game, horizon, advantageBounds, divergences } = update;
  const { old, next } = endsOf(update);
  const promised = positions(update).reduce((sum, m) => sum + horizon * agentSurrogate(update, m), 0);
  const price = bounds.divergencePrice(game.gamma, advantageBounds[0]);
  return [
    {
      left: Math.abs(next.expectedReturn - old.expectedReturn - promised),
      right: divergences.reduce((sum, divergence) => sum + price * divergence, 0),
    },
  ];
}

/** The joint surrogate with 1 in place of x. */
function shortJointGaps(update: TeamUpdate): Gap[] {
  const { horizon } = update;
  const { old, next } = endsOf(update);
  const term = (surrogates.jointSurrogate(update) - old.expectedReturn) / horizon;
  const { right } = jointGap(update, bounds.jointBound);
  return [{ left: Math.abs(next.expectedReturn - old.expectedReturn - term), right }];
}

/** J(π) + x E_{d^π, π̂ᵐ}[A^π] against HAPPO's bound with constant 3 and ε = max |A^π|. */
function printedHappoGaps(update: TeamUpdate): Gap[] {
  const { game, advantageBounds, distances, sums, stages } = update;
  return positions(update).map((m) => {
    const surrogate = returnAt(update, 0) + surrogates.weightedAdvantage(update, m, stages[0].advantages);
    return {
      left: Math.abs(returnAt(update, m) - surrogate),
      right: bounds.happoBound(game.gamma, advantageBounds[0], distances[m - 1], sums[m], 3),
    };
  });
}
