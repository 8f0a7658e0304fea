/** A team game of one move with any payoff, given as nested lists: payoff[a₁][a₂]…[aₙ] is what all agents get. */
import * as v from "valibot";
import { formatValue } from "../../validation/format.ts";
import { validate } from "../../validation/validate.ts";
import type { EnvironmentDefinition } from "../environment.ts";
import type { EnvironmentEntry } from "../registry.ts";
import { type OneShotState, payoffGame } from "./one-shot.ts";

export const GAME_ID = "matrix/game";
/** Joint actions of the largest game. */
const LARGEST = 65_536;

/** A list for every agent, one inside the other, numbers innermost. */
export type Payoff = readonly number[] | readonly Payoff[];

export const gameOptions = v.strictObject({
  payoff: v.optional(
    v.pipe(
      v.array(v.unknown()),
      v.check(
        (payoff) => problem(payoff) === undefined,
        ({ input }) => problem(input) as string,
      ),
      v.description("What all agents get, payoff[a₁][a₂]…[aₙ]: one depth of lists an agent."),
    ),
    [
      [1, 0],
      [0, 1],
    ],
  ),
});

export interface GameOptions {
  /** @defaultValue [[1, 0], [0, 1]] */
  readonly payoff?: Payoff;
}

/** @throws InvalidInputError when the lists of one depth have unequal lengths or an entry is no finite number */
export function matrixGame(options: GameOptions = {}): EnvironmentDefinition<OneShotState> {
  const { payoff } = validate(gameOptions, options, GAME_ID);
  return payoffGame(GAME_ID, choicesOf(payoff), flat(payoff));
}

export const gameEntry: EnvironmentEntry = {
  id: GAME_ID,
  description: "One move: any payoff for any number of agents, as nested lists.",
  schema: gameOptions,
  load: matrixGame,
};

const flat = (payoff: unknown): number[] => (payoff as unknown[]).flat(Number.POSITIVE_INFINITY) as number[];

/** Lengths along the first entries: the actions of each agent. */
function choicesOf(payoff: unknown): number[] {
  return Array.isArray(payoff) ? [payoff.length, ...choicesOf(payoff[0])] : [];
}

/** What keeps nested lists from being a payoff; undefined when nothing does. */
function problem(payoff: unknown): string | undefined {
  const choices = choicesOf(payoff);
  const size = choices.reduce((product, n) => product * n, 1);
  if (size === 0) return "has an empty list; give every agent at least one action";
  if (size > LARGEST) return `has ${size} joint actions; at most ${LARGEST} are allowed`;
  return unevenness(payoff, choices);
}

function unevenness(payoff: unknown, choices: readonly number[]): string | undefined {
  if (choices.length === 0) {
    if (Number.isFinite(payoff)) return undefined;
    return `has the entry ${formatValue(payoff)}; it must be a finite number`;
  }
  if (!Array.isArray(payoff) || payoff.length !== choices[0]) {
    return `has ${formatValue(payoff)} where a list of length ${choices[0]} is due, as in its first entries`;
  }
  for (const part of payoff) {
    const found = unevenness(part, choices.slice(1));
    if (found !== undefined) return found;
  }
  return undefined;
}
