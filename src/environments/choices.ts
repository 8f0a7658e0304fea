/** Reads the discrete action that somebody wrote into a batch, and refuses what is none. */
import { InvalidInputError } from "../validation/errors.ts";
import { formatValue } from "../validation/format.ts";
import type { EnvironmentSpec, VecBatch } from "./environment.ts";

/**
 * The choice of `agent` in `copy`, an agent with one head.
 * @throws InvalidInputError unless it is an integer from 0 to the number of choices − 1
 */
export function readChoice(spec: EnvironmentSpec, batch: VecBatch, copy: number, agent: number): number {
  const choice = batch.actions[(copy * spec.agents.length + agent) * spec.actionSize];
  const [choices] = spec.headSizes[agent];
  if (Number.isInteger(choice) && choice >= 0 && choice < choices) return choice;
  throw new InvalidInputError(
    `${spec.id}: agent ${agent} chose action ${formatValue(choice)}; it must be an integer from 0 to ${choices - 1}`,
  );
}
