/** HATRPO (Kuba et al. 2022): a trust-region step of one agent after another, weighted with the ratios of those before. */
import * as v from "valibot";
import { choice } from "../option-kinds.ts";
import { commonOptions, familyDefaults, orderOptions, trustRegionOptions } from "./options.ts";
import { sequentialClips } from "./pieces.ts";
import type { TrainerSettings } from "./update.ts";

/** Every option with default, range and description; docs/algorithms/hatrpo.md explains them. */
export const hatrpoSchema = v.strictObject({
  ...commonOptions,
  ...orderOptions,
  ...trustRegionOptions,
  factor: v.optional(
    choice(
      ["preceding", "none"],
      "what an agent's advantages are weighted with: the ratios of those before it, or nothing, which makes the steps those " +
        "of all agents at once, for comparison",
    ),
    "preceding",
  ),
});
/** Options as given: every one may be left out. */
export type HatrpoOptions = v.InferInput<typeof hatrpoSchema>;
/** Options with defaults filled in. */
export type HatrpoSettings = v.InferOutput<typeof hatrpoSchema>;

/** Complete settings of the trainer. */
export function hatrpo(settings: HatrpoSettings): TrainerSettings {
  return { ...familyDefaults, ...sequentialClips, step: "trust-region", ...settings };
}

/** The settings for MPE of HARL, the authors' code: the defaults, but for the form of σ. */
const paper: HatrpoOptions = { deviationForm: "sigmoid" };

/** Options to start from by name. */
export const hatrpoPresets = {
  default: {},
  paper,
  official: { ...paper, timeLimits: "zero", klForm: "unweighted-k3" },
} as const satisfies Record<string, HatrpoOptions>;
