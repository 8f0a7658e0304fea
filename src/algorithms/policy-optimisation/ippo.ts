/** IPPO (de Witt et al. 2020): every agent learns by PPO from its own observations and rewards. */
import * as v from "valibot";
import { onPolicyScripts } from "./on-policy-scripts.ts";
import { clipOptions, commonOptions, familyDefaults } from "./options.ts";
import { simultaneousClips } from "./pieces.ts";
import type { TrainerSettings } from "./update.ts";

/** Every option with default, range and description; docs/algorithms/ippo.md explains them. */
export const ippoSchema = v.strictObject({
  ...commonOptions,
  ...clipOptions,
  critic: v.optional(commonOptions.critic.wrapped, "local"),
  criticSharing: v.optional(commonOptions.criticSharing.wrapped, "separate"),
  teamReward: v.optional(commonOptions.teamReward.wrapped, "own"),
});
/** Options as given: every one may be left out. */
export type IppoOptions = v.InferInput<typeof ippoSchema>;
/** Options with defaults filled in. */
export type IppoSettings = v.InferOutput<typeof ippoSchema>;

/** Complete settings of the trainer. */
export function ippo(settings: IppoSettings): TrainerSettings {
  return { ...familyDefaults, ...simultaneousClips, ...settings };
}

/** The settings for MPE of the MAPPO authors' code, whose switch to IPPO gives the one critic an agent's own view. */
const paper: IppoOptions = {
  ...onPolicyScripts,
  sharing: "shared",
  criticSharing: "one",
  teamReward: "sum",
  advantageNormalisation: "team",
};

/** Options to start from by name. */
export const ippoPresets = {
  default: {},
  paper,
  official: { ...paper, timeLimits: "terminal" },
} as const satisfies Record<string, IppoOptions>;
