/** Everything about MATRPO that can be set, with its default, its range and what it does. docs/algorithms/matrpo.md */
import * as v from "valibot";
import type { Topology, TopologyName } from "./topology.ts";

const positive = (description: string) =>
  v.pipe(v.number(), v.finite(), v.gtValue(0), v.description(description));
const atLeastZero = (description: string) =>
  v.pipe(v.number(), v.finite(), v.minValue(0), v.description(description));
const fraction = (description: string) =>
  v.pipe(v.number(), v.minValue(0), v.maxValue(1), v.description(description));
const count = (from: number, description: string) =>
  v.pipe(v.number(), v.integer(), v.minValue(from), v.description(description));
const flag = (description: string) => v.pipe(v.boolean(), v.description(description));
const choice = <const Names extends readonly string[]>(names: Names, description: string) =>
  v.pipe(v.picklist(names), v.description(description));

const agentLink = v.tuple([v.pipe(v.number(), v.integer()), v.pipe(v.number(), v.integer())]);
const topologySchema = v.pipe(
  v.union([
    v.picklist(["ring", "line", "star", "complete"]),
    v.strictObject({ agents: v.pipe(v.number(), v.integer(), v.minValue(1)), links: v.array(agentLink) }),
  ]),
  v.description("who talks to whom: ring, line, star, complete, or { agents, links: [[0, 1], …] }"),
);

export const matrpoSchema = v.strictObject({
  // Data
  stepsPerIteration: v.optional(count(1, "environment steps a policy iteration, over all copies"), 10_000),
  environmentCopies: v.optional(
    count(1, "copies of the environment stepped together; divides stepsPerIteration"),
    100,
  ),
  gamma: v.optional(fraction("discount γ"), 0.95),
  gaeLambda: v.optional(fraction("λ of generalised advantage estimation"), 0.95),
  advantageNormalisation: v.optional(
    choice(
      ["common", "global", "agent", "none"],
      "common: own mean, one standard deviation for all agents (one scalar an agent crosses the links); " +
        "global: one mean and one deviation for all, as the official code; agent: everyone their own; none",
    ),
    "common",
  ),
  // Networks
  hiddenSizes: v.optional(
    v.pipe(v.array(count(1, "units")), v.description("units of each hidden layer, policy and value alike")),
    [128, 128],
  ),
  activation: v.optional(choice(["selu", "tanh", "relu"], "activation of the hidden layers"), "selu"),
  policyOutputGain: v.optional(positive("gain of each policy head's orthogonal initialisation"), 0.001),
  valueLearningRate: v.optional(positive("Adam step of the value fit"), 1e-3),
  valueEpochs: v.optional(count(0, "passes of the value fit over the batch"), 3),
  valueBatchSize: v.optional(count(1, "minibatch of the value fit"), 64),
  // Trust region
  maxKl: v.optional(positive("δ: bound on an agent's mean KL, summed over its heads"), 0.02),
  divideMaxKl: v.optional(
    flag("use δ/N an agent, which bounds the joint KL by δ (the paper's eq. 8)"),
    false,
  ),
  cgDamping: v.optional(atLeastZero("ε added to the KL Hessian"), 0.1),
  fisherSubsample: v.optional(count(1, "the KL Hessian uses one in this many samples"), 5),
  fisherOrder: v.optional(
    choice(["random", "strided"], "which samples: drawn, or every n-th in order"),
    "random",
  ),
  rescale: v.optional(flag("stretch the final step to a KL of δ, then backtrack on the true KL"), true),
  rescaleLimit: v.optional(
    v.pipe(v.number(), v.minValue(1), v.description("largest stretch of the final step")),
    5,
  ),
  lineSearch: v.optional(
    choice(
      ["kl", "lagrangian", "none"],
      "test of the final step: true KL alone, true KL and the agent's Lagrangian, or no test",
    ),
    "kl",
  ),
  lineSearchSteps: v.optional(count(1, "most scales a line search tries"), 20),
  lineSearchShrink: v.optional(
    v.pipe(v.number(), v.gtValue(0), v.ltValue(1), v.description("factor between two scales")),
    0.8,
  ),
  klTolerance: v.optional(
    v.pipe(v.number(), v.minValue(1), v.description("accept a true KL up to this · δ")),
    1.2,
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
  relativePenalty: v.optional(positive("κ = ρ√(2δ); the penalty relative to the trust region"), 0.3),
  penalty: v.optional(v.nullable(positive("ρ itself; null: take it from relativePenalty")), null),
  initialMultiplier: v.optional(
    v.pipe(v.number(), v.finite(), v.description("first multiplier of every link")),
    0,
  ),
  thetaStep: v.optional(
    choice(["exact", "boundary"], "solve the θ-subproblem, or walk to its boundary"),
    "exact",
  ),
  solver: v.optional(choice(["subspace", "conjugate-gradient"], "how θ-steps are computed"), "subspace"),
  subspaceStart: v.optional(count(1, "basis vectors built at an agent's first activation"), 2),
  subspaceGrowth: v.optional(count(0, "basis vectors added at a later activation"), 1),
  subspaceInterval: v.optional(count(1, "add them at every n-th later activation"), 1),
  preconditioner: v.optional(choice(["kfac", "none"], "of basis growth and of conjugate gradients"), "kfac"),
  cgIterations: v.optional(count(1, "products a conjugate-gradient solve may take"), 10),
  cgTolerance: v.optional(atLeastZero("a conjugate-gradient solve stops when ‖r‖² is below"), 1e-10),
  exchange: v.optional(
    choice(["linearised", "nonlinear"], "send J x, or the log-ratios of the moved policy itself"),
    "linearised",
  ),
  activationLineSearch: v.optional(
    flag("after every activation backtrack on the true Lagrangian; needs exchange nonlinear"),
    false,
  ),
  residualWarning: v.optional(positive("warn when the consensus residual / √(2δ) is above"), 0.5),
  // Defects of the official code, for comparison only
  sharedNoise: v.optional(flag("defect 1: every agent samples with the same noise"), false),
  episodeEnds: v.optional(
    choice(
      ["exact", "ignored", "early"],
      "defects 2 and 3: traces run over episode ends, or end one step early",
    ),
    "exact",
  ),
  valueDropRemainder: v.optional(flag("defect 14: the last, smaller minibatch is dropped"), false),
});

type Graph = { readonly topology: TopologyName | Topology };
/** Options as given: every one may be left out. */
export type MatrpoOptions = Omit<v.InferInput<typeof matrpoSchema>, "topology"> & Partial<Graph>;
/** Options complete. */
export type MatrpoSettings = Omit<v.InferOutput<typeof matrpoSchema>, "topology"> & Graph;

/** Table I of the paper for navigation with 3 agents, sampled correctly; boundary steps solved in the subspace. */
const paper: MatrpoOptions = {
  gamma: 0.995,
  maxKl: 0.003,
  valueLearningRate: 3e-4,
  penalty: 1,
  admmIterations: 100,
  thetaStep: "boundary",
  cgDamping: 0.01,
  subspaceStart: 4,
  subspaceInterval: 2,
  environmentCopies: 10,
  advantageNormalisation: "global",
  rescale: false,
  lineSearch: "lagrangian",
  lineSearchSteps: 10,
  lineSearchShrink: 0.5,
  klTolerance: 1.5,
};

/** The authors' program with its defects: docs/algorithms/matrpo.md lists them with their numbers. */
const official: MatrpoOptions = {
  ...paper,
  solver: "conjugate-gradient",
  preconditioner: "none",
  fisherOrder: "strided",
  exchange: "nonlinear",
  activationLineSearch: true,
  lineSearch: "none",
  initialMultiplier: 1,
  sharedNoise: true,
  episodeEnds: "ignored",
  valueDropRemainder: true,
};

export const matrpoPresets = { default: {}, paper, official } as const satisfies Record<
  string,
  MatrpoOptions
>;
