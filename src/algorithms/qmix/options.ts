/** Everything about QMIX that can be set, with its default, its range and what it does. docs/algorithms/qmix.md */
import * as v from "valibot";
import { choice, count, flag, fraction, positive } from "../option-kinds.ts";

const samplingOptions = {
  stepsPerIteration: v.optional(count(1, "environment steps an iteration, over all copies"), 1_000),
  environmentCopies: v.optional(
    count(1, "copies of the environment stepped together; divides stepsPerIteration"),
    8,
  ),
  gamma: v.optional(fraction("discount γ"), 0.99),
  teamReward: v.optional(choice(["sum", "mean"], "how agents' rewards become the team's"), "sum"),
  timeLimits: v.optional(
    choice(
      ["bootstrap", "terminal"],
      "after a truncated episode: the value of its true last observation, or 0 as if it had terminated",
    ),
    "bootstrap",
  ),
} as const;

const explorationOptions = {
  epsilonStart: v.optional(fraction("chance of a random action at first"), 1),
  epsilonEnd: v.optional(fraction("chance of a random action at last"), 0.05),
  epsilonSteps: v.optional(count(1, "environment steps of the linear way from first to last"), 50_000),
} as const;

const networkOptions = {
  mixer: v.optional(choice(["qmix", "vdn"], "monotone mixing network, or the plain sum"), "qmix"),
  sharing: v.optional(
    choice(["shared", "separate"], "one network for all agents of equal sizes, or one for each agent"),
    "shared",
  ),
  recurrent: v.optional(flag("agents have a GRU layer, and with it a memory"), true),
  agentId: v.optional(flag("agents that share a network are told apart by a one-hot input"), true),
  lastAction: v.optional(flag("agents see their own last action, one-hot"), true),
  hiddenSize: v.optional(count(1, "units of the agents' layers"), 64),
  mixingSize: v.optional(count(1, "units of the mixing network"), 32),
  hypernetSize: v.optional(count(1, "units of the hidden layer of the networks that make its weights"), 64),
} as const;

const replayOptions = {
  replayEpisodes: v.optional(
    count(1, "episodes that the replay memory holds, at least batchEpisodes"),
    5_000,
  ),
  batchEpisodes: v.optional(
    count(1, "episodes of an update; there is none before the memory has so many"),
    32,
  ),
  updatesPerEpisode: v.optional(positive("updates for each episode that finished"), 1),
} as const;

const optimiserOptions = {
  optimiser: v.optional(choice(["rmsprop", "adam"], "RMSprop (α 0.99, ε 1e-5) or Adam (ε 1e-8)"), "rmsprop"),
  learningRate: v.optional(positive("step of the optimiser"), 5e-4),
  maxGradientNorm: v.optional(positive("longer gradients are shortened to this norm"), 10),
  targetUpdate: v.optional(
    choice(["hard", "soft"], "target networks are copies now and then, or follow with targetRate"),
    "hard",
  ),
  targetEpisodes: v.optional(count(1, "finished episodes between two copies (hard)"), 200),
  targetRate: v.optional(fraction("τ of θ⁻ ← θ⁻ + τ(θ − θ⁻) after each update (soft)"), 0.005),
} as const;

export const qmixSchema = v.strictObject({
  ...samplingOptions,
  ...explorationOptions,
  ...networkOptions,
  ...replayOptions,
  ...optimiserOptions,
});

/** Options as given: every one may be left out. */
export type QmixOptions = v.InferInput<typeof qmixSchema>;
export type QmixSettings = v.InferOutput<typeof qmixSchema>;

/** What pymarl's episode runner does: one copy, and soon an update after its episode. */
const paper: QmixOptions = { stepsPerIteration: 200, environmentCopies: 1 };

export const qmixPresets = { default: {}, paper } as const satisfies Record<string, QmixOptions>;
