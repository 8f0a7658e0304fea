/**
 * Level-based foraging (Albrecht & Ramamoorthy 2013; lb-foraging, Christianos et al. 2020, versions 2 and 3): players on
 * a grid eat food that is beside them if the levels of those who load it together reach its level. Each gets its share
 * of the food; all shares of an episode sum to at most 1. The rules are in field.ts and spawn.ts.
 */
import type { Random } from "../../tensor/random.ts";
import { validate } from "../../validation/validate.ts";
import { readChoice } from "../choices.ts";
import type {
  Drawing,
  EnvironmentDefinition,
  EnvironmentInstance,
  EnvironmentSpec,
  VecBatch,
} from "../environment.ts";
import { StepOutcome } from "../environment.ts";
import type { EnvironmentEntry } from "../registry.ts";
import { makeSpec } from "../spec.ts";
import { drawField } from "./drawing.ts";
import { ForagingField, MOVES, Move } from "./field.ts";
import { foragingSize, writeField, writeView } from "./observations.ts";
import { type ForagingOptions, type ForagingSettings, foragingOptions } from "./options.ts";
import { type ForagingState, loadField, saveField } from "./saved-state.ts";
import { spawn } from "./spawn.ts";

export const FORAGING_ID = "foraging/level-based";
/** Pieces of food eaten; 1 when nothing is left. */
const METRICS = ["eaten", "cleared"] as const;

/** @throws InvalidInputError for unknown keys and values out of range */
export function levelBasedForaging(options: ForagingOptions = {}): EnvironmentDefinition<ForagingState> {
  const settings = validate(foragingOptions, options, FORAGING_ID);
  const { players, food, actionMasks, episodeLimit } = settings;
  const size = foragingSize(players, food);
  const spec = makeSpec({
    id: FORAGING_ID,
    agents: Array.from({ length: players }, (_, i) => `player_${i}`),
    observationSizes: new Array(players).fill(size),
    stateSize: size,
    headSizes: new Array(players).fill([MOVES]),
    masked: actionMasks,
    episodeLimit,
    metrics: METRICS,
  });
  return { spec, create: (copies) => new Foraging(spec, settings, copies) };
}

export const foragingEntry: EnvironmentEntry = {
  id: FORAGING_ID,
  description: "Players on a grid eat food that only those can lift whose levels together suffice.",
  schema: foragingOptions,
  load: levelBasedForaging,
};

class Foraging implements EnvironmentInstance<ForagingState> {
  readonly #spec: EnvironmentSpec;
  readonly #settings: ForagingSettings;
  readonly #sight: number;
  /** [copies]. */
  readonly #fields: readonly ForagingField[];
  readonly #moves: Int32Array;

  constructor(spec: EnvironmentSpec, settings: ForagingSettings, copies: number) {
    const { size, players, food } = settings;
    this.#spec = spec;
    this.#settings = settings;
    this.#sight = settings.sight ?? size;
    this.#fields = Array.from({ length: copies }, () => new ForagingField(size, players, food));
    this.#moves = new Int32Array(players);
  }

  reset(copy: number, random: Random): void {
    const { maxLevel, forceCoop } = this.#settings;
    spawn(this.#fields[copy], maxLevel, forceCoop, random);
  }

  step(copy: number, _random: Random, batch: VecBatch): StepOutcome {
    const field = this.#fields[copy];
    const moves = this.#moves;
    const first = copy * moves.length;
    for (let i = 0; i < moves.length; i++) {
      const move = readChoice(this.#spec, batch, copy, i);
      moves[i] = field.allows(i, move) ? move : Move.none;
      batch.rewards[first + i] = 0;
    }
    field.moveAll(moves);
    const eaten = field.loadAll(moves, batch.rewards, first, this.#settings.penalty);
    if (this.#settings.rewards === "shared") shareRewards(batch.rewards, first, moves.length);
    const cleared = !field.hasFood;
    batch.metrics[copy * METRICS.length] += eaten;
    batch.metrics[copy * METRICS.length + 1] += cleared ? 1 : 0;
    return cleared ? StepOutcome.terminated : StepOutcome.running;
  }

  observe(copy: number, batch: VecBatch): void {
    const field = this.#fields[copy];
    const { observationSize, stateSize, maskSize } = this.#spec;
    const players = this.#moves.length;
    for (let i = 0; i < players; i++) {
      const slot = copy * players + i;
      writeView(field, i, this.#sight, batch.observations, slot * observationSize);
      for (let move = 0; move < maskSize; move++)
        batch.mask[slot * maskSize + move] = field.allows(i, move) ? 1 : 0;
    }
    writeField(field, batch.state, copy * stateSize);
  }

  saveState(copy: number): ForagingState {
    return saveField(this.#fields[copy]);
  }

  loadState(copy: number, state: ForagingState): void {
    loadField(this.#fields[copy], state, `state of ${FORAGING_ID}`);
  }

  draw(copy: number): Drawing {
    return drawField(this.#fields[copy]);
  }
}

/** Everybody gets what all got together. */
function shareRewards(rewards: Float32Array, first: number, players: number): void {
  const own = rewards.subarray(first, first + players);
  own.fill(own.reduce((sum, reward) => sum + reward, 0));
}
