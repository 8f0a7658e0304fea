/**
 * A2PO (Wang et al. 2023): agent after agent, each with advantages corrected for those before it (PreOPC), with the
 * bounded product of their ratios inside its clip, in a semi-greedy order.
 */
import * as v from "valibot";
import { choice, flag, fraction } from "../option-kinds.ts";
import {
  blockOptions,
  clipOptions,
  commonOptions,
  familyDefaults,
  orderOptions,
  outerClipOption,
  traceOptions,
} from "./options.ts";
import { sequentialClips } from "./pieces.ts";
import type { TrainerSettings } from "./update.ts";

/** Every option with default, range and description; docs/algorithms/a2po.md explains them. */
export const a2poSchema = v.strictObject({
  ...commonOptions,
  ...clipOptions,
  ...orderOptions,
  ...blockOptions,
  ...traceOptions,
  epochs: v.optional(clipOptions.epochs.wrapped, 8),
  criticEpochs: v.optional(commonOptions.criticEpochs.wrapped, 8),
  criticSharing: v.optional(commonOptions.criticSharing.wrapped, "separate"),
  advantageNormalisation: v.optional(commonOptions.advantageNormalisation.wrapped, "team"),
  order: v.optional(orderOptions.order.wrapped, "semi-greedy"),
  advantage: v.optional(
    choice(
      ["preopc", "gae"],
      "whether advantages are corrected for the agents before, or those of the old policy",
    ),
    "preopc",
  ),
  factor: v.optional(
    choice(
      ["preceding", "none"],
      "what an agent's ratio is weighted with: the ratios of those before, or nothing",
    ),
    "preceding",
  ),
  placement: v.optional(
    choice(["inside", "outside"], "where that factor stands: inside of the clip, or outside"),
    "inside",
  ),
  rescore: v.optional(flag("score what is left again after each agent, with corrected advantages"), false),
  clipRule: v.optional(
    choice(
      ["adaptive", "constant", "ratio-proportional"],
      "ε by position in the order, the same for all, or by how far ratios are",
    ),
    "adaptive",
  ),
  clipStart: v.optional(fraction("c: share of ε that every position has (adaptive)"), 0.5),
  outerClip: v.optional(outerClipOption, "half"),
});
/** Options as given: every one may be left out. */
export type A2poOptions = v.InferInput<typeof a2poSchema>;
/** Options with defaults filled in. */
export type A2poSettings = v.InferOutput<typeof a2poSchema>;

/** Complete settings of the trainer. */
export function a2po({ advantage, ...settings }: A2poSettings): TrainerSettings {
  return { ...familyDefaults, ...sequentialClips, corrected: advantage === "preopc", ...settings };
}

/** The authors' settings for MuJoCo with separate parameters: 16 copies of 250 steps, no entropy bonus. */
const paper: A2poOptions = {
  stepsPerIteration: 4000,
  environmentCopies: 16,
  hiddenSizes: [64, 64, 64],
  learningRate: 3e-4,
  criticLearningRate: 3e-4,
  criticInput: "state-and-observation",
  gaeLambda: 0.93,
  entropyCoefficient: 0,
  recurrent: true,
  recurrentCritics: true,
  meanForm: "tanh",
  deviationStart: -0.5,
};

/** Options to start from by name. */
export const a2poPresets = {
  default: {},
  paper,
  official: { ...paper, timeLimits: "zero", lambdaPower: 2, outerClip: 0.1 },
} as const satisfies Record<string, A2poOptions>;
