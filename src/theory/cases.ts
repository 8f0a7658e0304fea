/** Random updates of random games, as varied as the statements about them: mild and drastic, certain and noisy. */
import { randomGame } from "../environments/tabular/game.ts";
import type { Random } from "../tensor/random.ts";
import { mixPolicies, randomPolicy } from "./policy.ts";
import { type TeamUpdate, unfoldUpdate } from "./update.ts";

const TEAMS = [
  [2, 2],
  [2, 3],
  [2, 2, 2],
  [3, 2, 2],
] as const;

const pick = <T>(random: Random, list: readonly T[]): T => list[random.integer(list.length)];

/** An update of a team of 2 or 3 agents in a game of 2 to 4 states, in random order. */
export function randomUpdate(random: Random): TeamUpdate {
  const choices = pick(random, TEAMS);
  const game = randomGame(
    {
      states: 2 + random.integer(3),
      choices,
      gamma: pick(random, [0.5, 0.8, 0.9, 0.99]),
      concentration: pick(random, [0.2, 1, 5]),
    },
    random,
  );
  const old = randomPolicy(game, random, pick(random, [0.5, 1, 5]));
  const other = randomPolicy(game, random, pick(random, [0.2, 1]));
  const next = mixPolicies(old, other, pick(random, [0.01, 0.05, 0.2, 0.6, 1]));
  const order = random.shuffle(choices.map((_, i) => i));
  return unfoldUpdate(game, old, next, order);
}

/** A trace parameter λ. */
export function randomLambda(random: Random): number {
  return pick(random, [0, 0.5, 0.9, 0.95, 1]);
}

/** An update for the study of the correction: small games, ratios that often leave 1. */
export function randomCorrectionCase(random: Random): TeamUpdate {
  const choices = pick(random, [TEAMS[0], TEAMS[2]]);
  const gamma = pick(random, [0.8, 0.9, 0.99]);
  const concentration = pick(random, [0.3, 1]);
  const game = randomGame({ states: 2 + random.integer(2), choices, gamma, concentration }, random);
  const old = randomPolicy(game, random);
  const next = mixPolicies(old, randomPolicy(game, random, 0.5), pick(random, [0.05, 0.2, 0.5]));
  return unfoldUpdate(game, old, next);
}
