/**
 * Product policies π(a | s) = Πᵢ πⁱ(aᵢ | s) of a tabular game, their joint tables, and the policies in the middle of an
 * update in which the agents change one after another.
 */
import { actionsOf, type TabularGame } from "../environments/tabular/game.ts";
import { dirichlet } from "../tensor/dirichlet.ts";
import type { Random } from "../tensor/random.ts";

/** One table [states, choices of the agent] an agent; every row is a distribution. */
export type ProductPolicy = readonly Float64Array[];

/** A policy with Dirichlet rows. @defaultValue concentration 1: uniform over all policies */
export function randomPolicy(game: TabularGame, random: Random, concentration = 1): ProductPolicy {
  return game.choices.map((n) => {
    const table = new Float64Array(game.states * n);
    for (let s = 0; s < game.states; s++) table.set(dirichlet(random, n, concentration), s * n);
    return table;
  });
}

/** (1 − share)·π + share·other for every agent apart. @param share in [0, 1] */
export function mixPolicies(policy: ProductPolicy, other: ProductPolicy, share: number): ProductPolicy {
  return policy.map((table, i) => table.map((p, at) => (1 - share) * p + share * other[i][at]));
}

/** π̂: the first `count` agents of `order` act by `next`, the others by `old`. */
export function prefixPolicy(
  old: ProductPolicy,
  next: ProductPolicy,
  order: readonly number[],
  count: number,
): ProductPolicy {
  const changed = new Set(order.slice(0, count));
  return old.map((table, i) => (changed.has(i) ? next[i] : table));
}

/** π(a | s) for all states and joint actions, [states, K]. */
export function jointPolicy({ states, choices, joint }: TabularGame, policy: ProductPolicy): Float64Array {
  const table = new Float64Array(states * joint);
  for (let k = 0; k < joint; k++) {
    const actions = actionsOf(choices, k);
    for (let s = 0; s < states; s++) {
      let probability = 1;
      for (const [i, action] of actions.entries()) probability *= policy[i][s * choices[i] + action];
      table[s * joint + k] = probability;
    }
  }
  return table;
}
