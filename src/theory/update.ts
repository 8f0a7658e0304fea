/**
 * An update of a team in which the agents change one after another, unfolded: π = π̂⁰, π̂¹, …, π̂ⁿ = π̄, each evaluated
 * exactly. Simultaneous updates are the same two ends without the middle.
 */
import type { TabularGame } from "../environments/tabular/game.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { formatValue } from "../validation/format.ts";
import { agentDistances, agentDivergences, largest } from "./measures.ts";
import { type ProductPolicy, prefixPolicy } from "./policy.ts";
import { evaluatePolicy, type PolicyValues } from "./values.ts";

export interface TeamUpdate {
  readonly game: TabularGame;
  /** 1/(1 − γ). */
  readonly horizon: number;
  /** Who changes first, second, …; a permutation of the agents. */
  readonly order: readonly number[];
  /** π̂⁰ … π̂ⁿ; the first is π, the last π̄. */
  readonly stages: readonly PolicyValues[];
  /** ε of every stage: max |A^π̂|. */
  readonly advantageBounds: readonly number[];
  /** α in the order of the update: of order[0], order[1], … */
  readonly distances: readonly number[];
  /** S₀ = 0, S₁, …, Sₙ: sums of the first distances. */
  readonly sums: readonly number[];
  /** max KL in the order of the update. */
  readonly divergences: readonly number[];
}

/**
 * @param order a permutation of the agents. @defaultValue in order
 * @throws InvalidInputError when it is none, or a policy is none of the game
 */
export function unfoldUpdate(
  game: TabularGame,
  old: ProductPolicy,
  next: ProductPolicy,
  order: readonly number[] = game.choices.map((_, i) => i),
): TeamUpdate {
  if (order.length !== game.choices.length || game.choices.some((_, agent) => !order.includes(agent))) {
    throw new InvalidInputError(
      `order is ${formatValue(order)}; it must name each of the agents 0 to ${game.choices.length - 1} once`,
    );
  }
  const stages = [...order, -1].map((_, m) => evaluatePolicy(game, prefixPolicy(old, next, order, m)));
  const inOrder = (values: readonly number[]) => order.map((agent) => values[agent]);
  const distances = inOrder(agentDistances(game, old, next));
  const sums = [0];
  for (const distance of distances) sums.push(sums[sums.length - 1] + distance);
  return {
    game,
    horizon: 1 / (1 - game.gamma),
    order,
    stages,
    advantageBounds: stages.map(({ advantages }) => largest(advantages)),
    distances,
    sums,
    divergences: inOrder(agentDivergences(game, old, next)),
  };
}

/** π and π̄. */
export function endsOf({ stages }: TeamUpdate): { readonly old: PolicyValues; readonly next: PolicyValues } {
  return { old: stages[0], next: stages[stages.length - 1] };
}
