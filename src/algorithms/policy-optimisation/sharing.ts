/** Which agents have the same parameters. */
import { InvalidInputError } from "../../validation/errors.ts";
import { formatValue } from "../../validation/format.ts";
import { didYouMean } from "../../validation/suggest.ts";
import type { TaskShape } from "../algorithm.ts";

/** Agents by name or number. */
export type Sharing = "separate" | "shared" | readonly (readonly (string | number)[])[];

/**
 * The agents of each policy, ascending; agents that no list names have policies of their own.
 * @throws InvalidInputError for unknown agents, for one in two lists, and where sizes within a list differ
 */
export function sharingGroups(task: TaskShape, sharing: Sharing): readonly (readonly number[])[] {
  const all = [...task.agents.keys()];
  if (sharing === "separate") return all.map((agent) => [agent]);
  const lists =
    sharing === "shared" ? alikeGroups(task) : sharing.map((list) => list.map((name) => indexOf(task, name)));
  const named = lists.flat();
  const twice = named.find((agent, i) => named.indexOf(agent) !== i);
  if (twice !== undefined) {
    throw new InvalidInputError(`sharing names ${task.agents[twice]} twice; an agent has one policy.`);
  }
  const alone = all.filter((agent) => !named.includes(agent)).map((agent) => [agent]);
  const groups = [...lists, ...alone].filter((group) => group.length > 0);
  for (const group of groups) requireAlike(task, group);
  return groups.map((group) => group.toSorted((a, b) => a - b)).sort((a, b) => a[0] - b[0]);
}

/** All agents, together with those that see and do as much. */
function alikeGroups(task: TaskShape): number[][] {
  const groups = new Map<string, number[]>();
  for (const agent of task.agents.keys()) {
    const sizes = sizesOf(task, agent);
    groups.set(sizes, [...(groups.get(sizes) ?? []), agent]);
  }
  return [...groups.values()];
}

function sizesOf(task: TaskShape, agent: number): string {
  const { action, headSizes, actionSizes, observationSizes } = task;
  const acts = action === "discrete" ? `heads [${headSizes[agent]}]` : `${actionSizes[agent]} dimensions`;
  return `${observationSizes[agent]} numbers to see and ${acts}`;
}

function requireAlike(task: TaskShape, group: readonly number[]): void {
  const [first] = group;
  const other = group.find((agent) => sizesOf(task, agent) !== sizesOf(task, first));
  if (other === undefined) return;
  throw new InvalidInputError(
    `sharing: ${task.agents[first]} has ${sizesOf(task, first)}, but ${task.agents[other]} has ` +
      `${sizesOf(task, other)}; only agents that are alike can have the same parameters. Give lists of those, ` +
      'or "shared", which finds them.',
  );
}

function indexOf({ agents }: TaskShape, name: string | number): number {
  const index = typeof name === "number" ? name : agents.indexOf(name);
  if (index >= 0 && index < agents.length) return index;
  const hint =
    typeof name === "number" ? `numbers go from 0 to ${agents.length - 1}` : didYouMean(name, agents);
  throw new InvalidInputError(`sharing: there is no agent ${formatValue(name)}; ${hint}`);
}

/**
 * Rows of several agents one below another, [agents · rows, size (+ agents)]: each row of an agent that is not alone is
 * followed by the agent's number, one-hot.
 * @param rowsOf [agents] of [rows, size]
 */
export function stackRows(rowsOf: readonly Float32Array[], rows: number, size: number): Float32Array {
  if (rowsOf.length === 1) return rowsOf[0];
  const width = size + rowsOf.length;
  const stacked = new Float32Array(rowsOf.length * rows * width);
  for (const [agent, values] of rowsOf.entries()) {
    for (let row = 0; row < rows; row++) {
      const start = (agent * rows + row) * width;
      for (let k = 0; k < size; k++) stacked[start + k] = values[row * size + k];
      stacked[start + size + agent] = 1;
    }
  }
  return stacked;
}
