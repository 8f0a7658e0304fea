/** What an environment showed at one moment, copied, so that two plays can be compared. */
import { formatValue } from "../validation/format.ts";

export interface Snapshot {
  /** Steps of the episode so far. */
  readonly step: number;
  /** Live agents. */
  readonly agents: readonly string[];
  readonly observations: Readonly<Record<string, readonly number[]>>;
  /** Of those who choose next and have one. */
  readonly masks: Readonly<Record<string, readonly number[]>>;
  /** Empty where there is none. */
  readonly state: readonly number[];
  readonly rewards: Readonly<Record<string, number>>;
  readonly terminations: Readonly<Record<string, boolean>>;
  readonly truncations: Readonly<Record<string, boolean>>;
}

/** Copies the numbers of an observation. */
export function copyObservation(value: unknown): number[] {
  return typeof value === "number" ? [value] : Array.from(value as ArrayLike<number>);
}

/** The first difference, continuing "with the same seed and actions ": undefined when there is none. */
export function difference(first: Snapshot, second: Snapshot): string | undefined {
  for (const [what, field] of [
    ["observation", "observations"],
    ["action mask", "masks"],
  ] as const) {
    for (const [agent, numbers] of Object.entries(first[field])) {
      const others = second[field][agent] ?? [];
      const k = firstDifference(numbers, others);
      if (k >= 0) return differs(`${what}[${k}] of agent ${agent}`, numbers[k], others[k]);
    }
  }
  const k = firstDifference(first.state, second.state);
  if (k >= 0) return differs(`state()[${k}]`, first.state[k], second.state[k]);
  for (const field of ["rewards", "terminations", "truncations"] as const) {
    for (const [agent, value] of Object.entries(first[field])) {
      if (!Object.is(value, second[field][agent]))
        return differs(`${field.slice(0, -1)} of agent ${agent}`, value, second[field][agent]);
    }
  }
  if (first.agents.join() === second.agents.join()) return undefined;
  return `agents are ${formatValue(first.agents)} once and ${formatValue(second.agents)} the other time`;
}

function firstDifference(numbers: readonly number[], others: readonly number[]): number {
  return numbers.findIndex((value, i) => !Object.is(value, others[i]));
}

function differs(what: string, first: unknown, second: unknown): string {
  return `${what} is ${formatValue(first)} once and ${formatValue(second)} the other time`;
}
