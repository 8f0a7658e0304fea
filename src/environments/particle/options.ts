/** Options that the particle worlds of Li & He 2020 have in common. */
import * as v from "valibot";

/** How many of something. */
export const count = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(256));

export const steps = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(1),
  v.maxValue(1_000_000),
  v.description("Steps of an episode."),
);
export const episodeLimit = v.optional(steps, 100);

/** Who is paid: every agent its own share, or agent 0 the sum of all shares. */
export const rewards = v.optional(
  v.pipe(
    v.picklist(["private", "central"]),
    v.description("Each agent gets its own reward, or agent 0 the sum of all."),
  ),
  "private",
);
export type RewardMode = v.InferOutput<typeof rewards>;
