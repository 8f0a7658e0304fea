/** HATRPO (Kuba et al. 2022): a trust-region step of one agent after another, weighted with the ratios of those before. */
import * as v from "valibot";
import {
  criticOptions,
  dataOptions,
  familyDefaults,
  gradientOptions,
  networkOptions,
  orderOptions,
  sharingOptions,
  trustRegionOptions,
} from "./options.ts";
import { sequentialClips } from "./pieces.ts";
import type { TrainerSettings } from "./update.ts";

export const hatrpoSchema = v.strictObject({
  ...dataOptions,
  ...networkOptions,
  ...sharingOptions,
  ...criticOptions,
  ...gradientOptions,
  ...orderOptions,
  ...trustRegionOptions,
});
export type HatrpoOptions = v.InferInput<typeof hatrpoSchema>;
export type HatrpoSettings = v.InferOutput<typeof hatrpoSchema>;

/** Complete settings of the trainer. */
export function hatrpo(settings: HatrpoSettings): TrainerSettings {
  return { ...familyDefaults, ...sequentialClips, step: "trust-region", ...settings };
}

/** The settings for MPE of HARL, the authors' code, which are the defaults. */
const paper: HatrpoOptions = {};

export const hatrpoPresets = {
  default: {},
  paper,
  official: { ...paper, timeLimits: "zero", klForm: "unweighted-k3" },
} as const satisfies Record<string, HatrpoOptions>;
