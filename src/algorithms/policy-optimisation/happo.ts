/** HAPPO (Kuba et al. 2022): agent after agent by PPO, each weighted with the ratios of those before it. */
import * as v from "valibot";
import { choice } from "../option-kinds.ts";
import { blockOptions, clipOptions, commonOptions, familyDefaults, orderOptions } from "./options.ts";
import { sequentialClips } from "./pieces.ts";
import type { TrainerSettings } from "./update.ts";

/** Every option with default, range and description; docs/algorithms/happo.md explains them. */
export const happoSchema = v.strictObject({
  ...commonOptions,
  ...clipOptions,
  ...orderOptions,
  ...blockOptions,
  placement: v.optional(
    choice(
      ["outside", "inside"],
      "where the factor of those before stands: outside of the clip, or inside, as a comparison in the A2PO authors' code",
    ),
    "outside",
  ),
});
/** Options as given: every one may be left out. */
export type HappoOptions = v.InferInput<typeof happoSchema>;
/** Options with defaults filled in. */
export type HappoSettings = v.InferOutput<typeof happoSchema>;

/** Complete settings of the trainer. */
export function happo(settings: HappoSettings): TrainerSettings {
  return { ...familyDefaults, ...sequentialClips, ...settings };
}

/** The settings for MPE of HARL, the authors' code: the defaults, but for the form of σ. */
const paper: HappoOptions = { deviationForm: "sigmoid" };

/** Options to start from by name. */
export const happoPresets = {
  default: {},
  paper,
  official: { ...paper, timeLimits: "zero" },
} as const satisfies Record<string, HappoOptions>;
