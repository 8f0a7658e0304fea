/**
 * Cooperative Markov games as tables: P(s′ | s, a), one reward r(s, a) for the team, a start distribution and γ.
 * A joint action a = (a₁, …, aₙ) is numbered row-major, the last agent's action fastest.
 */
import { dirichlet } from "../../tensor/dirichlet.ts";
import type { Random } from "../../tensor/random.ts";

export interface TabularGame {
  readonly states: number;
  /** Actions of each agent. */
  readonly choices: readonly number[];
  /** Number of joint actions K. */
  readonly joint: number;
  /** [states, K, states]; every row sums to 1. */
  readonly transitions: Float64Array;
  /** [states, K]. */
  readonly rewards: Float64Array;
  /** [states], the distribution of the first state. */
  readonly start: Float64Array;
  /** The discount of the theory, in [0, 1). Playing does not use it. */
  readonly gamma: number;
}

export interface RandomGameOptions {
  readonly states: number;
  readonly choices: readonly number[];
  readonly gamma: number;
  /** Of the Dirichlet distributions of transitions and start; less makes states more certain. @defaultValue 1 */
  readonly concentration?: number;
}

/** A game with Dirichlet transitions and start and standard normal rewards. */
export function randomGame(
  { states, choices, gamma, concentration = 1 }: RandomGameOptions,
  random: Random,
): TabularGame {
  const joint = choices.reduce((product, n) => product * n, 1);
  const transitions = new Float64Array(states * joint * states);
  for (let row = 0; row < states * joint; row++) {
    transitions.set(dirichlet(random, states, concentration), row * states);
  }
  const rewards = Float64Array.from({ length: states * joint }, () => random.normal());
  return {
    states,
    choices,
    joint,
    transitions,
    rewards,
    start: dirichlet(random, states, concentration),
    gamma,
  };
}

/** The action of every agent in joint action `k`. */
export function actionsOf(choices: readonly number[], k: number): number[] {
  const actions = new Array<number>(choices.length);
  let rest = k;
  for (let i = choices.length - 1; i >= 0; i--) {
    actions[i] = rest % choices[i];
    rest = Math.floor(rest / choices[i]);
  }
  return actions;
}
