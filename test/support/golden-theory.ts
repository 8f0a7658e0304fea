/** Two games whose values, surrogates and corrected advantages an independent program computed (plain Python). */
import { readFileSync } from "node:fs";
import { type TeamUpdate, unfoldUpdate } from "../../src/theory/update.ts";

type Table = readonly (readonly number[])[];

/** Tables as the program printed them: lists of states, in them lists of joint actions. */
export interface GoldenGame {
  readonly states: number;
  readonly choices: readonly number[];
  readonly gamma: number;
  readonly transitions: readonly Table[];
  readonly rewards: Table;
  readonly start: readonly number[];
  readonly old: readonly Table[];
  readonly next: readonly Table[];
  readonly order: readonly number[];
  readonly lambda: number;
  readonly stages: readonly {
    readonly values: readonly number[];
    readonly visitation: readonly number[];
    readonly advantages: Table;
    readonly expectedReturn: number;
  }[];
  readonly agents: readonly {
    readonly happo: number;
    readonly a2po: number;
    readonly estimateOld: Table;
    readonly xiOld: number;
    readonly xiTarget: number;
    readonly alpha: number;
  }[];
  readonly summed: number;
  readonly joint: number;
  readonly uncut: Table;
  readonly regressionValues: readonly number[];
  readonly vtraceValues: readonly number[];
  readonly retraceFrom: Table;
  readonly retraceTo: Table;
}

const file = new URL("../golden/theory/tables.json", import.meta.url);
export const goldenGames: readonly GoldenGame[] = JSON.parse(readFileSync(file, "utf8"));

export const flat = (table: readonly unknown[]): Float64Array =>
  Float64Array.from(table.flat(3) as readonly number[]);

/** The same update in our tables. */
export function updateOf({ states, choices, gamma, old, next, order, ...golden }: GoldenGame): TeamUpdate {
  const game = {
    states,
    choices,
    joint: choices.reduce((product, n) => product * n, 1),
    transitions: flat(golden.transitions),
    rewards: flat(golden.rewards),
    start: flat(golden.start),
    gamma,
  };
  return unfoldUpdate(game, old.map(flat), next.map(flat), order);
}
