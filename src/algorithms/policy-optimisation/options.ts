/** The options that the policy-optimisation family shares, in groups to be spread into the schemas of its algorithms. */
import * as v from "valibot";
import { atLeastZero, choice, count, flag, fraction, positive } from "../option-kinds.ts";

const orNone = <T extends v.GenericSchema>(schema: T, description: string) =>
  v.pipe(v.union([v.literal("none"), schema]), v.description(description));
const above0 = v.pipe(v.number(), v.finite(), v.gtValue(0));

/** Sampling and advantages. */
const dataOptions = {
  stepsPerIteration: v.optional(count(1, "environment steps an iteration, over all copies"), 4000),
  environmentCopies: v.optional(
    count(1, "copies of the environment stepped together; divides stepsPerIteration"),
    20,
  ),
  gamma: v.optional(fraction("discount γ"), 0.99),
  gaeLambda: v.optional(fraction("λ of generalised advantage estimation"), 0.95),
  timeLimits: v.optional(
    choice(
      ["bootstrap", "terminal", "zero"],
      "what a time limit does to advantages: bootstrap from the real last observation, count as a terminal state, " +
        "or set the last step's advantage to 0",
    ),
    "bootstrap",
  ),
  advantageNormalisation: v.optional(
    choice(["agent", "team", "none"], "whose advantages share a mean and a deviation"),
    "agent",
  ),
} as const;

/** Networks of policies and critics. */
const networkOptions = {
  hiddenSizes: v.optional(
    v.pipe(
      v.array(count(1, "units")),
      v.description("units of each hidden layer, policies and critics alike"),
    ),
    [128, 128],
  ),
  activation: v.optional(choice(["relu", "tanh", "selu"], "activation of the hidden layers"), "relu"),
  inputNorm: v.optional(flag("layer normalisation of observations and states"), true),
  hiddenNorm: v.optional(flag("layer normalisation after each hidden layer"), true),
  recurrent: v.optional(
    flag("policies remember: a gated recurrent unit as large as the last hidden layer"),
    false,
  ),
  recurrentCritics: v.optional(flag("critics remember in the same way"), false),
  chunkLength: v.optional(
    count(1, "steps through which a recurrent network's gradients pass; divides the steps of a copy"),
    10,
  ),
  outputGain: v.optional(positive("gain of the policy heads' orthogonal initialisation"), 0.01),
  meanForm: v.optional(
    choice(
      ["linear", "tanh"],
      "continuous actions only: the mean is the network's output, or its hyperbolic tangent, between −1 and 1",
    ),
    "linear",
  ),
  deviationForm: v.optional(
    choice(
      ["exponential", "sigmoid"],
      "continuous actions only: how a parameter p of each dimension gives its standard deviation, e^p, or ½/(1 + e^−p) as " +
        "in HARL",
    ),
    "exponential",
  ),
  deviationStart: v.optional(
    v.pipe(
      v.union([v.literal("by-form"), v.pipe(v.number(), v.finite())]),
      v.description(
        "continuous actions only: first p; by-form: −0.5 where exponential, which takes −20 to 2, 1 where sigmoid, which takes −20 to 20",
      ),
    ),
    "by-form",
  ),
} as const;

/** Whose parameters are the same. */
const sharingOptions = {
  sharing: v.optional(
    v.pipe(
      v.union([
        v.picklist(["separate", "shared"]),
        v.array(v.array(v.union([v.string(), v.pipe(v.number(), v.integer(), v.minValue(0))]))),
      ]),
      v.description(
        "whose policies have the same parameters: nobody's, those of all agents that are alike, or those of each list of " +
          "names or numbers",
      ),
    ),
    "separate",
  ),
  agentNumbers: v.optional(
    flag("policies of several agents see which of them acts, one-hot after the observation"),
    true,
  ),
} as const;

/** What critics see, are paid and how they are fitted. */
const criticOptions = {
  critic: v.optional(
    choice(["central", "local"], "critics see the state, or one agent's observation"),
    "central",
  ),
  criticInput: v.optional(
    choice(
      ["state", "state-and-observation", "agent-state"],
      "what central critics see: the state, or also the agent's own observation and number, or the view of the state that " +
        "the environment has for the agent",
    ),
    "state",
  ),
  criticSharing: v.optional(choice(["one", "separate"], "one critic, or one for each agent"), "one"),
  teamReward: v.optional(
    choice(
      ["sum", "mean", "own"],
      "what critics are paid: a sum or mean over agents, or the agent's own reward",
    ),
    "sum",
  ),
  criticLearningRate: v.optional(positive("Adam step of critics"), 5e-4),
  criticEpochs: v.optional(count(0, "passes of the critics' fit over the batch"), 5),
  criticMinibatches: v.optional(count(1, "minibatches of a pass"), 1),
  valueNorm: v.optional(
    choice(
      ["running", "popart", "none"],
      "how value targets are normalised: running moments, PopArt, or not",
    ),
    "running",
  ),
  valueClip: v.optional(
    orNone(above0, "how far a normalised value may move from its old one in the clipped value loss"),
    0.2,
  ),
  huberDelta: v.optional(
    orNone(above0, "where the value loss turns from quadratic to linear, on both sides"),
    10,
  ),
  valueMasks: v.optional(
    flag("leave absent agents out of the value loss; for rewards of their own, which end with them"),
    false,
  ),
  deathMasking: v.optional(
    flag("critics of one agent each see zeros and the agent's number while the agent is absent"),
    true,
  ),
} as const;

/** Gradient steps of policies and critics alike. */
const gradientOptions = {
  maxGradientNorm: v.optional(orNone(above0, "largest norm of a gradient, of each network by itself"), 10),
  // Less is 0 in f32, and 0/0 where a gradient is 0.
  adamEpsilon: v.optional(
    v.pipe(v.number(), v.finite(), v.minValue(1e-30), v.description("ε of Adam")),
    1e-5,
  ),
  learningRateIterations: v.optional(
    count(
      0,
      "iterations over which Adam steps fall linearly to 0; 0: they stay. Trust-region steps have no rate that could fall",
    ),
    0,
  ),
} as const;

/** What every algorithm of the family has. */
export const commonOptions = {
  ...dataOptions,
  ...networkOptions,
  ...sharingOptions,
  ...criticOptions,
  ...gradientOptions,
} as const;

/** Passes of clipped Adam steps. */
export const clipOptions = {
  learningRate: v.optional(positive("Adam step of policies"), 5e-4),
  epochs: v.optional(count(1, "passes of the policies' fit over the batch"), 5),
  minibatches: v.optional(count(1, "minibatches of a pass"), 1),
  clip: v.optional(positive("ε: how far a ratio may go from 1"), 0.2),
  entropyCoefficient: v.optional(atLeastZero("weight of the entropy bonus"), 0.01),
} as const;

/** Of algorithms that go from agent to agent. */
export const orderOptions = {
  order: v.optional(
    choice(
      ["fixed", "random", "greedy", "semi-greedy"],
      "who is updated first: by number, drawn, or by E|A|",
    ),
    "random",
  ),
  firstPick: v.optional(choice(["greedy", "random"], "what a semi-greedy order begins with"), "greedy"),
} as const;

/** The same, when agents share parameters. */
export const blockOptions = {
  blocks: v.optional(
    count(1, "where agents share parameters: parts into which the order is cut, updated one after another"),
    2,
  ),
  cumulativeBlocks: v.optional(flag("each block also has the agents of the blocks before it"), true),
} as const;

/** ε′, of factors that stand inside of the clip. */
export const outerClipOption = v.pipe(
  v.union([v.picklist(["half", "none"]), above0]),
  v.description("bound on the other agents' product of ratios: half of the own ε, none, or a number"),
);

/** Of corrected advantages. */
export const traceOptions = {
  traceClip: v.optional(
    v.pipe(
      v.union([v.picklist(["none", "cumulative"]), v.pipe(v.number(), v.finite(), v.minValue(0))]),
      v.description("bound on each ratio of a trace; cumulative: 1 for their product"),
    ),
    1,
  ),
  lambdaPower: v.optional(
    v.pipe(
      v.picklist([1, 2]),
      v.description("how often λ enters a corrected step; the official code has it twice"),
    ),
    1,
  ),
  stateRatios: v.optional(
    flag("weight corrected advantages with the product of bounded ratios over the steps before"),
    false,
  ),
  traceLeak: v.optional(fraction("share of each ratio of a trace that passes its bound"), 0),
  refreshValues: v.optional(
    choice(
      ["none", "cuts", "all"],
      "which values an agent's critic gives anew, fitted to corrected returns, before the agent's advantages are corrected: " +
        "none, those of what followed cuts, or all",
    ),
    "none",
  ),
} as const;

/** One step in a trust region. */
export const trustRegionOptions = {
  maxKl: v.optional(positive("δ: bound on an agent's mean KL"), 0.005),
  cgIterations: v.optional(count(1, "products a conjugate-gradient solve may take"), 10),
  cgDamping: v.optional(atLeastZero("added to the KL Hessian"), 0.1),
  cgTolerance: v.optional(atLeastZero("a conjugate-gradient solve stops when ‖r‖² is below"), 1e-10),
  lineSearchSteps: v.optional(count(1, "most scales a line search tries"), 10),
  lineSearchShrink: v.optional(
    v.pipe(v.number(), v.gtValue(0), v.ltValue(1), v.description("factor between two scales")),
    0.8,
  ),
  acceptRatio: v.optional(
    fraction("least share of the improvement that the gradient promises, for a step to be taken"),
    0.5,
  ),
  klForm: v.optional(
    choice(
      ["exact", "unweighted-k3"],
      "the divergence that is bounded; unweighted-k3 is the official code's for categorical policies",
    ),
    "exact",
  ),
} as const;

const everything = v.object({
  ...commonOptions,
  ...clipOptions,
  ...orderOptions,
  ...blockOptions,
  ...traceOptions,
  ...trustRegionOptions,
});
/** What the trainer must know; an algorithm that lacks an option leaves its default here. */
export type FamilySettings = v.InferOutput<typeof everything>;

/** Every option at its default. */
export const familyDefaults: FamilySettings = v.parse(everything, {});
