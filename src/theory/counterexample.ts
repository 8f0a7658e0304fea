/**
 * A game of three states that contradicts HAPPO's one-agent bound with base J(π). Agent 0 has two actions, agent 1 has
 * one. Wherever rewards are paid π is even, so that V^π = 0 and A^π = r:
 *
 *   meadow (start)  +1 for action 0, −1 for action 1; leads to the ford with probability `leave`
 *   ford             0; action 0 leads back to the meadow, action 1 to the marsh
 *   marsh           +1 for action 0, −1 for action 1; for ever
 *
 * π tosses a coin in the meadow and the marsh and always turns back at the ford. π̄ takes the good action in the meadow, the
 * bad one in the marsh, and tosses the coin at the ford: α = ½ everywhere. π stays where π̄ looks best; π̄ itself is soon stuck
 * where it is worst. So J(π̄) is near −x, the surrogate near +x, and 2εαx = x lies between them only once.
 */
import type { TabularGame } from "../environments/tabular/game.ts";
import { type TeamUpdate, unfoldUpdate } from "./update.ts";

const MEADOW = 0;
const FORD = 1;
const MARSH = 2;

/** @param gamma near 1 @param leave the chance to reach the ford; the discrepancy wants it small, 1 − γ much smaller */
export function meadowAndMarsh(gamma = 0.999, leave = 0.05): TeamUpdate {
  const rows = [
    [MEADOW, 0, MEADOW, 1 - leave],
    [MEADOW, 0, FORD, leave],
    [MEADOW, 1, MEADOW, 1 - leave],
    [MEADOW, 1, FORD, leave],
    [FORD, 0, MEADOW, 1],
    [FORD, 1, MARSH, 1],
    [MARSH, 0, MARSH, 1],
    [MARSH, 1, MARSH, 1],
  ] as const;
  const transitions = new Float64Array(3 * 2 * 3);
  for (const [from, action, to, probability] of rows) transitions[(from * 2 + action) * 3 + to] = probability;
  const game: TabularGame = {
    states: 3,
    choices: [2, 1],
    joint: 2,
    transitions,
    rewards: Float64Array.of(1, -1, 0, 0, 1, -1),
    start: Float64Array.of(1, 0, 0),
    gamma,
  };
  const idle = Float64Array.of(1, 1, 1);
  const old = [Float64Array.of(0.5, 0.5, 1, 0, 0.5, 0.5), idle];
  const next = [Float64Array.of(1, 0, 0.5, 0.5, 0, 1), idle];
  return unfoldUpdate(game, old, next);
}
