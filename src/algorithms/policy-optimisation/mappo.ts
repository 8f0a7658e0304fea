/** MAPPO (Yu et al. 2022): PPO of all agents at once, with a critic that sees the state. */
import * as v from "valibot";
import { onPolicyScripts } from "./on-policy-scripts.ts";
import { clipOptions, commonOptions, familyDefaults } from "./options.ts";
import { simultaneousClips } from "./pieces.ts";
import type { TrainerSettings } from "./update.ts";

/** Every option with default, range and description; docs/algorithms/mappo.md explains them. */
export const mappoSchema = v.strictObject({
  ...commonOptions,
  ...clipOptions,
  sharing: v.optional(commonOptions.sharing.wrapped, "shared"),
  advantageNormalisation: v.optional(commonOptions.advantageNormalisation.wrapped, "team"),
});
/** Options as given: every one may be left out. */
export type MappoOptions = v.InferInput<typeof mappoSchema>;
/** Options with defaults filled in. */
export type MappoSettings = v.InferOutput<typeof mappoSchema>;

/** Complete settings of the trainer. */
export function mappo(settings: MappoSettings): TrainerSettings {
  return { ...familyDefaults, ...simultaneousClips, ...settings };
}

/** Options to start from by name. */
export const mappoPresets = {
  default: {},
  paper: onPolicyScripts,
  official: { ...onPolicyScripts, timeLimits: "terminal" },
} as const satisfies Record<string, MappoOptions>;
