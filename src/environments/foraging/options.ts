/** Options of level-based foraging. */
import * as v from "valibot";

const integer = (low: number, high: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(low), v.maxValue(high));

export const foragingOptions = v.strictObject({
  size: v.optional(v.pipe(integer(5, 64), v.description("Rows and columns of the field.")), 8),
  players: v.optional(v.pipe(integer(1, 16), v.description("Number of players.")), 2),
  food: v.optional(v.pipe(integer(1, 64), v.description("Pieces of food, or as many as fit.")), 2),
  maxLevel: v.optional(
    v.pipe(integer(1, 16), v.description("Highest level of a player; the lowest is 1.")),
    2,
  ),
  sight: v.optional(
    v.pipe(integer(1, 64), v.description("Rows and columns seen in every direction; everything by default.")),
  ),
  forceCoop: v.optional(
    v.pipe(v.boolean(), v.description("All food has the highest level, so that nobody can eat alone.")),
    false,
  ),
  penalty: v.optional(
    v.pipe(v.number(), v.finite(), v.minValue(0), v.description("What loading in vain costs each loader.")),
    0,
  ),
  rewards: v.optional(
    v.pipe(
      v.picklist(["private", "shared"]),
      v.description("Each player gets its own reward, or everyone the sum of all."),
    ),
    "private",
  ),
  actionMasks: v.optional(
    v.pipe(v.boolean(), v.description("Whether actions that would do nothing are masked.")),
    false,
  ),
  episodeLimit: v.optional(v.pipe(integer(1, 1_000_000), v.description("Steps of an episode.")), 50),
});
export type ForagingOptions = v.InferInput<typeof foragingOptions>;
export type ForagingSettings = v.InferOutput<typeof foragingOptions>;
