/** A policy must be one of the game: exact values of anything else are numbers without a meaning. */
import type { TabularGame } from "../environments/tabular/game.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { formatValue } from "../validation/format.ts";
import type { ProductPolicy } from "./policy.ts";

/** What rows may miss 1 by: probabilities of 32 bits sum to it within 1e-6. */
const TOLERANCE = 1e-6;

/** @throws InvalidInputError for a γ without finite returns, and for tables that are no distributions over the actions */
export function requirePolicy({ gamma, states, choices }: TabularGame, policy: ProductPolicy): void {
  if (!(gamma >= 0 && gamma < 1)) {
    throw new InvalidInputError(`gamma is ${gamma}; it must be from 0 to below 1, where returns are finite`);
  }
  if (policy.length !== choices.length) {
    throw new InvalidInputError(
      `the policy has ${policy.length} tables, but the game has ${choices.length} agents; give one each`,
    );
  }
  for (const [agent, table] of policy.entries()) requireTable(table, agent, states, choices[agent]);
}

function requireTable(table: Float64Array, agent: number, states: number, choices: number): void {
  if (table.length !== states * choices) {
    throw new InvalidInputError(
      `the policy of agent ${agent} has ${table.length} numbers; ${states} states with ${choices} actions need ` +
        `${states * choices}, so it is one of another game`,
    );
  }
  for (let state = 0; state < states; state++) {
    const row = table.subarray(state * choices, (state + 1) * choices);
    const sum = row.reduce((total, p) => total + p, 0);
    if (row.every((p) => p >= 0) && Math.abs(sum - 1) <= TOLERANCE) continue;
    throw new InvalidInputError(
      `the policy of agent ${agent} in state ${state} is ${formatValue([...row])}; probabilities must be at least 0 ` +
        "and sum to 1",
    );
  }
}
