/** Options that the MPE tasks have in common. */
import * as v from "valibot";
import { steps } from "../particle/options.ts";

/** How many of something that may be absent. */
export const countOrNone = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(256));

export const common = {
  episodeLimit: v.optional(steps, 25),
  actions: v.optional(
    v.pipe(
      v.picklist(["discrete", "continuous"]),
      v.description("Choices of moves and words, or forces and utterances in numbers from 0 to 1."),
    ),
    "discrete",
  ),
  integrator: v.optional(
    v.pipe(
      v.picklist(["position-first", "velocity-first"]),
      v.description("Positions move by the velocity from before a step (MPE2), or from after it (OpenAI)."),
    ),
    "position-first",
  ),
};

export const commonOptions = v.strictObject(common);
export type CommonOptions = v.InferOutput<typeof commonOptions>;

export const localRatio = v.optional(
  v.pipe(
    v.number(),
    v.minValue(0),
    v.maxValue(1),
    v.description("Weight of an agent's own reward; that of the common one is the rest to 1."),
  ),
  0.5,
);

/** A reward mixed of what all get and what the agent gets. */
export function mix(localRatio: number, common: number, own: number): number {
  return (1 - localRatio) * common + localRatio * own;
}
