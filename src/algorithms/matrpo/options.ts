/** Everything about MATRPO that can be set, with its default, its range and what it does. docs/algorithms/matrpo.md */
import * as v from "valibot";
import { choice, count, flag, positive } from "../option-kinds.ts";
import {
  dataOptions,
  defectOptions,
  divideMaxKl,
  networkOptions,
  officialOptions,
  paperOptions,
  solverOptions,
  stepOptions,
} from "../trust-region/options.ts";
import type { Topology, TopologyName } from "./topology.ts";

const agentLink = v.tuple([v.pipe(v.number(), v.integer()), v.pipe(v.number(), v.integer())]);
const topologySchema = v.pipe(
  v.union([
    v.picklist(["ring", "line", "star", "complete"]),
    v.strictObject({ hub: v.union([v.string(), v.pipe(v.number(), v.integer(), v.minValue(0))]) }),
    v.strictObject({ agents: v.pipe(v.number(), v.integer(), v.minValue(1)), links: v.array(agentLink) }),
  ]),
  v.description(
    "who talks to whom: ring, line, star around agent 0, { hub: agent's name or number }, complete, " +
      "or { agents, links: [[0, 1], …] }",
  ),
);

export const matrpoSchema = v.strictObject({
  ...dataOptions,
  advantageNormalisation: v.optional(
    choice(
      ["common", "global", "agent", "none"],
      "common: own mean, one standard deviation for all agents (one scalar an agent crosses the links); " +
        "global: one mean and one deviation for all, as the official code; agent: everyone their own; none",
    ),
    "common",
  ),
  ...networkOptions,
  ...stepOptions,
  divideMaxKl: v.optional(divideMaxKl, false),
  lineSearch: v.optional(
    choice(
      ["kl", "lagrangian", "none"],
      "test of the final step: true KL alone, true KL and the agent's Lagrangian, or no test",
    ),
    "kl",
  ),
  // Consensus
  topology: v.optional(topologySchema, "ring"),
  consensus: v.optional(
    choice(["per-head", "joint"], "agree on every head's log-ratio, or on their sum"),
    "per-head",
  ),
  admmIterations: v.optional(
    v.nullable(count(1, "link activations a policy iteration; null: four times the number of links")),
    null,
  ),
  linkOrder: v.optional(choice(["cyclic", "random"], "order in which links are activated"), "cyclic"),
  relativePenalty: v.optional(positive("κ = ρ√(2δ); the penalty relative to the trust region"), 1),
  penalty: v.optional(v.nullable(positive("ρ itself; null: take it from relativePenalty")), null),
  initialMultiplier: v.optional(
    v.pipe(v.number(), v.finite(), v.description("first multiplier of every link")),
    0,
  ),
  thetaStep: v.optional(
    choice(["exact", "boundary"], "solve the θ-subproblem, or walk to its boundary"),
    "exact",
  ),
  ...solverOptions,
  subspaceGrowth: v.optional(count(0, "basis vectors added at a later activation"), 1),
  subspaceInterval: v.optional(count(1, "add them at every n-th later activation"), 1),
  subspaceTolerance: v.optional(
    v.nullable(
      positive(
        "every solve adds vectors until its KKT residual, relative to the first gradient, is at most this; " +
          "null: the schedule above",
      ),
    ),
    null,
  ),
  subspaceLimit: v.optional(count(1, "most basis vectors of an agent where there is a tolerance"), 64),
  exchange: v.optional(
    choice(["linearised", "nonlinear"], "send J x, or the log-ratios of the moved policy itself"),
    "linearised",
  ),
  activationLineSearch: v.optional(
    flag("after every activation backtrack on the true Lagrangian; needs exchange nonlinear"),
    false,
  ),
  residualWarning: v.optional(positive("warn when the consensus residual / √(2δ) is above"), 1),
  ...defectOptions,
});

/** A star around an agent, given by its name or number. */
type Hub = { readonly hub: string | number };
type Graph = { readonly topology: TopologyName | Hub | Topology };
/** Options as given: every one may be left out. */
export type MatrpoOptions = Omit<v.InferInput<typeof matrpoSchema>, "topology"> & Partial<Graph>;
/** Options complete. */
export type MatrpoSettings = Omit<v.InferOutput<typeof matrpoSchema>, "topology"> & Graph;

/** Table I of the paper for navigation with 3 agents, sampled correctly; boundary steps solved in the subspace. */
const paper: MatrpoOptions = {
  ...paperOptions,
  penalty: 1,
  admmIterations: 100,
  thetaStep: "boundary",
  subspaceStart: 4,
  subspaceInterval: 2,
  advantageNormalisation: "global",
  lineSearch: "lagrangian",
};

/** The authors' program with its defects: docs/algorithms/matrpo.md lists them with their numbers. */
const official: MatrpoOptions = {
  ...paper,
  ...officialOptions,
  exchange: "nonlinear",
  activationLineSearch: true,
  lineSearch: "none",
  initialMultiplier: 1,
};

export const matrpoPresets = { default: {}, paper, official } as const satisfies Record<
  string,
  MatrpoOptions
>;
