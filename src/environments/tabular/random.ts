/**
 * A random cooperative Markov game to play: everybody sees the state, one-hot, and gets the team's reward. The game is
 * small enough to know everything about it exactly (src/theory), which is what it is for.
 */
import * as v from "valibot";
import { Random } from "../../tensor/random.ts";
import { validate } from "../../validation/validate.ts";
import { readChoice } from "../choices.ts";
import type {
  EnvironmentDefinition,
  EnvironmentInstance,
  EnvironmentSpec,
  VecBatch,
} from "../environment.ts";
import { StepOutcome } from "../environment.ts";
import type { EnvironmentEntry } from "../registry.ts";
import { makeSpec } from "../spec.ts";
import { randomGame, type TabularGame } from "./game.ts";

export const TABULAR_ID = "tabular/random";
/** Entries of the largest table of transitions. */
const LARGEST = 2 ** 22;

const integer = (low: number, high: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(low), v.maxValue(high));
const fields = v.strictObject({
  states: v.optional(v.pipe(integer(1, 256), v.description("Number of states.")), 8),
  agents: v.optional(v.pipe(integer(1, 16), v.description("Number of agents.")), 2),
  actions: v.optional(v.pipe(integer(1, 16), v.description("Number of actions of each agent.")), 3),
  seed: v.optional(v.pipe(integer(0, 2 ** 32), v.description("Which game: of its tables, not of play.")), 0),
  concentration: v.optional(
    v.pipe(
      v.number(),
      v.minValue(0.01),
      v.maxValue(1000),
      v.description("Of the Dirichlet transitions; the less, the more predictable."),
    ),
    1,
  ),
  gamma: v.optional(
    v.pipe(
      v.number(),
      v.minValue(0),
      v.ltValue(1),
      v.description("Discount of the exact values; play does not use it."),
    ),
    0.9,
  ),
  episodeLimit: v.optional(v.pipe(integer(1, 1_000_000), v.description("Steps of an episode.")), 25),
});
export const tabularOptions = v.pipe(
  fields,
  v.check(
    (options) => entries(options) <= LARGEST,
    ({ input }) =>
      `states² · actions^agents is ${entries(input)}; it must be at most ${LARGEST}, so ask for a smaller game`,
  ),
);
export type TabularOptions = v.InferInput<typeof tabularOptions>;

function entries({ states, agents, actions }: v.InferOutput<typeof fields>): number {
  let size = states * states;
  for (let i = 0; i < agents; i++) size *= actions;
  return size;
}

/** The state of one copy. */
export interface TabularState {
  readonly state: number;
}

/** An environment whose tables can be read. */
export interface TabularDefinition extends EnvironmentDefinition<TabularState> {
  readonly game: TabularGame;
}

/** @throws InvalidInputError for unknown keys, values out of range and games that are too large */
export function randomTabular(options: TabularOptions = {}): TabularDefinition {
  const given = validate(tabularOptions, options, TABULAR_ID);
  const { states, agents, actions, seed, concentration, gamma, episodeLimit } = given;
  const choices = new Array<number>(agents).fill(actions);
  const game = randomGame({ states, choices, gamma, concentration }, Random.fromSeed(seed).derive("game"));
  const spec = makeSpec({
    id: TABULAR_ID,
    agents: choices.map((_, i) => `agent_${i}`),
    observationSizes: choices.map(() => states),
    stateSize: states,
    headSizes: choices.map((n) => [n]),
    episodeLimit,
  });
  return { spec, game, create: (copies) => new Tabular(spec, game, copies) };
}

export const tabularEntry: EnvironmentEntry = {
  id: TABULAR_ID,
  description: "A random game of few states for agents who see all, with exact values to compare with.",
  schema: tabularOptions,
  load: randomTabular,
};

class Tabular implements EnvironmentInstance<TabularState> {
  readonly #spec: EnvironmentSpec;
  readonly #game: TabularGame;
  /** [copies]. */
  readonly #states: Int32Array;

  constructor(spec: EnvironmentSpec, game: TabularGame, copies: number) {
    this.#spec = spec;
    this.#game = game;
    this.#states = new Int32Array(copies);
  }

  reset(copy: number, random: Random): void {
    this.#states[copy] = drawIndex(this.#game.start, 0, this.#game.states, random);
  }

  step(copy: number, random: Random, batch: VecBatch): StepOutcome {
    const { states, choices, joint, transitions, rewards } = this.#game;
    const agents = choices.length;
    let action = 0;
    for (let i = 0; i < agents; i++) action = action * choices[i] + readChoice(this.#spec, batch, copy, i);
    const row = this.#states[copy] * joint + action;
    batch.rewards.fill(rewards[row], copy * agents, (copy + 1) * agents);
    this.#states[copy] = drawIndex(transitions, row * states, states, random);
    return StepOutcome.running;
  }

  observe(copy: number, { observations, state }: VecBatch): void {
    const { states, choices } = this.#game;
    const now = this.#states[copy];
    const agents = choices.length;
    state.fill(0, copy * states, (copy + 1) * states)[copy * states + now] = 1;
    observations.fill(0, copy * agents * states, (copy + 1) * agents * states);
    for (let i = copy * agents; i < (copy + 1) * agents; i++) observations[i * states + now] = 1;
  }

  saveState(copy: number): TabularState {
    return { state: this.#states[copy] };
  }

  loadState(copy: number, state: TabularState): void {
    const schema = v.strictObject({ state: integer(0, this.#game.states - 1) });
    this.#states[copy] = validate(schema, state, `state of ${TABULAR_ID}`).state;
  }
}

/** An index below `size`, drawn with the probabilities from `first` on. */
function drawIndex(probabilities: Float64Array, first: number, size: number, random: Random): number {
  let rest = random.float();
  for (let k = 0; k < size - 1; k++) {
    rest -= probabilities[first + k];
    if (rest < 0) return k;
  }
  return size - 1;
}
