/** CoPPO (Wu et al. 2021): each agent's ratio is weighted with the bounded product of the others', all moving at once. */
import * as v from "valibot";
import { clipOptions, commonOptions, familyDefaults, outerClipOption } from "./options.ts";
import { simultaneousClips } from "./pieces.ts";
import type { TrainerSettings } from "./update.ts";

/** Every option with default, range and description; docs/algorithms/coppo.md explains them. */
export const coppoSchema = v.strictObject({
  ...commonOptions,
  ...clipOptions,
  outerClip: v.optional(outerClipOption, "half"),
  advantageNormalisation: v.optional(commonOptions.advantageNormalisation.wrapped, "team"),
});
/** Options as given: every one may be left out. */
export type CoppoOptions = v.InferInput<typeof coppoSchema>;
/** Options with defaults filled in. */
export type CoppoSettings = v.InferOutput<typeof coppoSchema>;

/** Complete settings of the trainer. */
export function coppo(settings: CoppoSettings): TrainerSettings {
  return { ...familyDefaults, ...simultaneousClips, factor: "others", ...settings };
}

/** The settings for battles of the A2PO authors' code, which has CoPPO too. */
const paper: CoppoOptions = {
  stepsPerIteration: 3200,
  environmentCopies: 10,
  hiddenSizes: [64, 64, 64],
  recurrent: true,
  recurrentCritics: true,
  outerClip: 0.1,
  sharing: "shared",
};

/** Options to start from by name. */
export const coppoPresets = {
  default: {},
  paper,
  official: { ...paper, timeLimits: "terminal" },
} as const satisfies Record<string, CoppoOptions>;
