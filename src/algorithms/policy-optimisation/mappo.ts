/** MAPPO (Yu et al. 2022): PPO of all agents at once, with a critic that sees the state. */
import * as v from "valibot";
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

/** The authors' settings for MPE's spread: 128 copies of 25 steps, networks of two layers of 64 and a memory. */
const paper: MappoOptions = {
  stepsPerIteration: 3200,
  environmentCopies: 128,
  hiddenSizes: [64, 64],
  activation: "tanh",
  recurrent: true,
  recurrentCritics: true,
  chunkLength: 5, // their 10 does not divide 25
  learningRate: 7e-4,
  criticLearningRate: 7e-4,
  epochs: 10,
  criticEpochs: 10,
};

/** Options to start from by name. */
export const mappoPresets = {
  default: {},
  paper,
  official: { ...paper, timeLimits: "terminal" },
} as const satisfies Record<string, MappoOptions>;
