/**
 * The game behind Proposition 1 of Kuba et al. 2022 (HATRPO): n agents with two actions, and all are paid 1 if each half
 * is of one mind and the halves differ, (0, …, 0, 1, …, 1) or (1, …, 1, 0, …, 0), else 0. Agents that share one policy, and
 * see nothing that tells them apart, are paid at most 2/2ⁿ: 2qⁿᐟ²(1 − q)ⁿᐟ² is largest at q = ½. With their own, 1.
 */
import * as v from "valibot";
import { validate } from "../../validation/validate.ts";
import { readChoice } from "../choices.ts";
import type { EnvironmentDefinition } from "../environment.ts";
import type { EnvironmentEntry } from "../registry.ts";
import { type OneShotState, OPTIMAL, oneShotGame } from "./one-shot.ts";

export const HALF_HALF_ID = "matrix/half-half";

export const halfHalfOptions = v.strictObject({
  agents: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.multipleOf(2),
      v.minValue(2),
      v.maxValue(256),
      v.description("Number of agents, an even one."),
    ),
    4,
  ),
});
export type HalfHalfOptions = v.InferInput<typeof halfHalfOptions>;

/** @throws InvalidInputError for unknown keys and a number of agents that is odd or out of range */
export function halfHalf(options: HalfHalfOptions = {}): EnvironmentDefinition<OneShotState> {
  const { agents } = validate(halfHalfOptions, options, HALF_HALF_ID);
  return oneShotGame(
    { id: HALF_HALF_ID, headSizes: Array.from({ length: agents }, () => [2]) },
    (spec, batch, copy) => {
      const first = readChoice(spec, batch, copy, 0);
      let reward = 1;
      for (let i = 1; i < agents; i++) {
        if (readChoice(spec, batch, copy, i) !== (2 * i < agents ? first : 1 - first)) reward = 0;
      }
      return { reward, metrics: [reward] };
    },
    [OPTIMAL],
  );
}

export const halfHalfEntry: EnvironmentEntry = {
  id: HALF_HALF_ID,
  description: "One move: the two halves of the team must choose differently; a shared policy cannot.",
  schema: halfHalfOptions,
  load: halfHalf,
};
