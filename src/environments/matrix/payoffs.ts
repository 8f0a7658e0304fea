/**
 * The classical team games of two agents and one move: climbing and penalty (Claus & Boutilier 1998), where the best
 * joint action is next to the worst, and a game of two actions in which the agents must choose differently.
 */
import * as v from "valibot";
import { validate } from "../../validation/validate.ts";
import type { EnvironmentDefinition } from "../environment.ts";
import type { EnvironmentEntry } from "../registry.ts";
import { type OneShotState, payoffGame } from "./one-shot.ts";

export const CLIMBING_ID = "matrix/climbing";
export const PENALTY_ID = "matrix/penalty";
export const ANTI_COORDINATION_ID = "matrix/anti-coordination";

/** Agent 0's actions are rows. */
export const antiCoordinationPayoff = [
  [0, 2],
  [2, -1],
] as const;

const noOptions = v.strictObject({});
export const penaltyOptions = v.strictObject({
  k: v.optional(
    v.pipe(
      v.number(),
      v.finite(),
      v.maxValue(0),
      v.description("What both pay when one reaches for one best joint action and one for the other."),
    ),
    -100,
  ),
});
export type PenaltyOptions = v.InferInput<typeof penaltyOptions>;

/** [[11, −30, 0], [−30, 7, 6], [0, 0, 5]]. @throws InvalidInputError for any option */
export function climbing(options: object = {}): EnvironmentDefinition<OneShotState> {
  validate(noOptions, options, CLIMBING_ID);
  return payoffGame(CLIMBING_ID, [3, 3], [11, -30, 0, -30, 7, 6, 0, 0, 5]);
}

/** [[10, 0, k], [0, 2, 0], [k, 0, 10]]. @throws InvalidInputError for unknown keys and k above 0 */
export function penalty(options: PenaltyOptions = {}): EnvironmentDefinition<OneShotState> {
  const { k } = validate(penaltyOptions, options, PENALTY_ID);
  return payoffGame(PENALTY_ID, [3, 3], [10, 0, k, 0, 2, 0, k, 0, 10]);
}

/** [[0, 2], [2, −1]]. @throws InvalidInputError for any option */
export function antiCoordination(options: object = {}): EnvironmentDefinition<OneShotState> {
  validate(noOptions, options, ANTI_COORDINATION_ID);
  return payoffGame(ANTI_COORDINATION_ID, [2, 2], antiCoordinationPayoff.flat());
}

export const climbingEntry: EnvironmentEntry = {
  id: CLIMBING_ID,
  description: "One move: the best joint action is next to the worst, a safe one pays half.",
  schema: noOptions,
  load: climbing,
};
export const penaltyEntry: EnvironmentEntry = {
  id: PENALTY_ID,
  description: "One move: two best joint actions, and a fine for mixing them.",
  schema: penaltyOptions,
  load: penalty,
};
export const antiCoordinationEntry: EnvironmentEntry = {
  id: ANTI_COORDINATION_ID,
  description: "One move: two agents are paid for choosing differently.",
  schema: noOptions,
  load: antiCoordination,
};
