/**
 * Who is next, where agents are updated one after another. Semi-greedy (Wang et al. 2023): by turns the agent with the
 * most to gain, E|A|, and one drawn from the rest, so that everybody comes early at times.
 */
import type { Random } from "../../tensor/random.ts";

/**
 * "fixed": as numbered; "random": a new order each time; "greedy": the largest score first; "semi-greedy": greedy and
 * random picks by turns.
 */
export type OrderRule = "fixed" | "random" | "greedy" | "semi-greedy";

export interface OrderOptions {
  readonly rule: OrderRule;
  /** What semi-greedy begins with: the official code greedily, the slides at random. */
  readonly firstPick: "greedy" | "random";
}

/**
 * Picks the next agent out of `remaining` (ascending), which has at least one. Draws only where there is a choice.
 * @param scores [agents], finite @param position of the pick, from 0
 */
export function pickNext(
  { rule, firstPick }: OrderOptions,
  remaining: readonly number[],
  scores: readonly number[],
  position: number,
  random: Random,
): number {
  const draw = (agents: readonly number[]) => (agents.length > 1 ? random.integer(agents.length) : 0);
  if (rule === "fixed") return remaining[0];
  const greedy =
    rule === "greedy" || (rule === "semi-greedy" && (position % 2 === 0) === (firstPick === "greedy"));
  if (!greedy) {
    const ranked = remaining.toSorted((a, b) => scores[b] - scores[a]);
    return ranked[draw(ranked)];
  }
  // With one critic for all and one reward all scores are equal: the first of equals must not always be agent 0.
  const most = Math.max(...remaining.map((agent) => scores[agent]));
  const best = remaining.filter((agent) => scores[agent] === most);
  return best[draw(best)];
}

/** The whole order from one scoring, a permutation of the agents. */
export function orderAgents(options: OrderOptions, scores: readonly number[], random: Random): number[] {
  const remaining = [...scores.keys()];
  return scores.map((_, position) => {
    const next = pickNext(options, remaining, scores, position, random);
    remaining.splice(remaining.indexOf(next), 1);
    return next;
  });
}
