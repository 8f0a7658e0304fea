/**
 * The options that all trust-region algorithms share, in groups to be spread into their schemas, and what the paper
 * and its program (Li & He 2020) set alike for all of them.
 */
import * as v from "valibot";
import { atLeastZero, choice, count, flag, fraction, positive } from "../option-kinds.ts";

export const dataOptions = {
  stepsPerIteration: v.optional(count(1, "environment steps a policy iteration, over all copies"), 10_000),
  environmentCopies: v.optional(
    count(1, "copies of the environment stepped together; divides stepsPerIteration"),
    100,
  ),
  gamma: v.optional(fraction("discount γ"), 0.95),
  gaeLambda: v.optional(fraction("λ of generalised advantage estimation"), 0.95),
} as const;

export const networkOptions = {
  hiddenSizes: v.optional(
    v.pipe(v.array(count(1, "units")), v.description("units of each hidden layer, policy and value alike")),
    [128, 128],
  ),
  activation: v.optional(choice(["selu", "tanh", "relu"], "activation of the hidden layers"), "selu"),
  policyOutputGain: v.optional(positive("gain of each policy head's orthogonal initialisation"), 0.001),
  valueLearningRate: v.optional(positive("Adam step of the value fit"), 1e-3),
  valueEpochs: v.optional(count(0, "passes of the value fit over the batch"), 3),
  valueBatchSize: v.optional(count(1, "minibatch of the value fit"), 64),
} as const;

/** The trust region of one agent, and the tests that its final step must pass. */
export const stepOptions = {
  maxKl: v.optional(positive("δ: bound on an agent's mean KL, summed over its heads"), 0.02),
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
  lineSearchSteps: v.optional(count(1, "most scales a line search tries"), 20),
  lineSearchShrink: v.optional(
    v.pipe(v.number(), v.gtValue(0), v.ltValue(1), v.description("factor between two scales")),
    0.8,
  ),
  klTolerance: v.optional(
    v.pipe(v.number(), v.minValue(1), v.description("accept a true KL up to this · δ")),
    1.2,
  ),
} as const;

export const divideMaxKl = flag("use δ/N an agent, which bounds the joint KL by δ (the paper's eq. 8)");

/** How the linear algebra of a step is done. */
export const solverOptions = {
  solver: v.optional(choice(["subspace", "conjugate-gradient"], "how θ-steps are computed"), "subspace"),
  subspaceStart: v.optional(count(1, "basis vectors built at an agent's first solve"), 2),
  preconditioner: v.optional(choice(["kfac", "none"], "of basis growth and of conjugate gradients"), "kfac"),
  cgIterations: v.optional(count(1, "products a conjugate-gradient solve may take"), 10),
  cgTolerance: v.optional(atLeastZero("a conjugate-gradient solve stops when ‖r‖² is below"), 1e-10),
} as const;

/** Defects of the official code, for comparison only. */
export const defectOptions = {
  sharedNoise: v.optional(flag("defect 1: every agent samples with the same noise"), false),
  episodeEnds: v.optional(
    choice(
      ["exact", "ignored", "early"],
      "defects 2 and 3: traces run over episode ends, or end one step early",
    ),
    "exact",
  ),
  valueDropRemainder: v.optional(flag("defect 14: the last, smaller minibatch is dropped"), false),
} as const;

const agentSchema = v.object({
  ...dataOptions,
  ...networkOptions,
  ...stepOptions,
  ...solverOptions,
  ...defectOptions,
});
/** What an agent must know to act, to fit its values and to take a step. */
export type TrustRegionSettings = v.InferOutput<typeof agentSchema>;

/** Table I of the paper for navigation with 3 agents, as far as it holds for all of its algorithms. */
export const paperOptions = {
  gamma: 0.995,
  maxKl: 0.003,
  valueLearningRate: 3e-4,
  cgDamping: 0.01,
  environmentCopies: 10,
  rescale: false,
  lineSearchSteps: 10,
  lineSearchShrink: 0.5,
  klTolerance: 1.5,
} as const;

/** What the authors' program does otherwise for all of its algorithms, its defects among it. */
export const officialOptions = {
  solver: "conjugate-gradient",
  preconditioner: "none",
  fisherOrder: "strided",
  sharedNoise: true,
  episodeEnds: "ignored",
  valueDropRemainder: true,
} as const;
