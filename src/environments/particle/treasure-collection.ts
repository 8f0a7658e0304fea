/**
 * Cooperative Treasure Collection (Iqbal & Sha 2019) as in Li & He 2020: hunters carry treasures to the banks of
 * their type. Only banks are paid for it, hunters only pay for collisions; hunters and banks see everything. The
 * parts: treasure/scene.ts (rules), treasure/rewards.ts, treasure/observations.ts.
 */
import * as v from "valibot";
import type { Random } from "../../tensor/random.ts";
import { validate } from "../../validation/validate.ts";
import type { Drawing, EnvironmentDefinition, EnvironmentInstance, VecBatch } from "../environment.ts";
import { StepOutcome } from "../environment.ts";
import type { EnvironmentEntry } from "../registry.ts";
import { makeSpec } from "../spec.ts";
import { count, episodeLimit, type RewardMode, rewards } from "./options.ts";
import { drawTreasures } from "./treasure/drawing.ts";
import {
  type AgentOrder,
  agentOrder,
  bankObservationSize,
  TreasureObserver,
} from "./treasure/observations.ts";
import { TreasureRewards, treasureMetrics } from "./treasure/rewards.ts";
import { loadTreasureState, saveTreasureState, type TreasureState } from "./treasure/saved-state.ts";
import { type TreasureCounts, TreasureScene } from "./treasure/scene.ts";
import { MOVES } from "./world.ts";

export const TREASURE_ID = "particle/treasure-collection";
const HUNTERS = 6;

const fields = v.strictObject({
  agents: v.optional(
    v.pipe(count, v.description("Hunters and banks together, instead of the number of hunters.")),
  ),
  hunters: v.optional(
    v.pipe(count, v.description(`Number of hunters; agents − banks, or ${HUNTERS} without agents.`)),
  ),
  banks: v.optional(v.pipe(count, v.description("Number of banks, and of types of treasures.")), 2),
  treasures: v.optional(v.pipe(count, v.description("Number of treasures; as many as hunters by default."))),
  episodeLimit,
  rewards,
  agentOrder,
});
export const treasureOptions = v.pipe(
  fields,
  v.check(
    (input) => contradiction(input) === undefined,
    ({ input }) => contradiction(input) as string,
  ),
);
export type TreasureOptions = v.InferInput<typeof treasureOptions>;

/** What is wrong with the numbers of agents, hunters and banks together. */
function contradiction({ agents, hunters, banks }: v.InferOutput<typeof fields>): string | undefined {
  if (agents === undefined) return undefined;
  if (hunters === undefined) {
    if (agents > banks) return undefined;
    return `agents is ${agents}, which leaves no hunter beside the banks (${banks}); give at least ${banks + 1}`;
  }
  const sum = hunters + banks;
  if (agents === sum) return undefined;
  return `agents is ${agents}, but hunters (${hunters}) and banks (${banks}) make ${sum}; leave out agents or hunters`;
}

/** @throws InvalidInputError for unknown keys, values out of range and numbers that contradict each other */
export function treasureCollection(options: TreasureOptions = {}): EnvironmentDefinition<TreasureState> {
  const given = validate(treasureOptions, options, TREASURE_ID);
  const { banks } = given;
  const hunters = given.hunters ?? (given.agents === undefined ? HUNTERS : given.agents - banks);
  const counts = { hunters, banks, treasures: given.treasures ?? hunters };
  const small = bankObservationSize(counts);
  const perAgent = <T>(hunter: T, bank: T) => [
    ...new Array<T>(hunters).fill(hunter),
    ...new Array<T>(banks).fill(bank),
  ];
  const spec = makeSpec({
    id: TREASURE_ID,
    agents: [
      ...Array.from({ length: hunters }, (_, i) => `hunter_${i}`),
      ...Array.from({ length: banks }, (_, i) => `bank_${i}`),
    ],
    observationSizes: perAgent(small + banks, small),
    stateSize: small + banks,
    headSizes: perAgent([MOVES], [MOVES]),
    episodeLimit: given.episodeLimit,
    metrics: treasureMetrics,
  });
  return {
    spec,
    create: (copies) => new TreasureCollection(copies, counts, given.rewards, given.agentOrder),
  };
}

export const treasureEntry: EnvironmentEntry = {
  id: TREASURE_ID,
  description: "Hunters carry treasures to banks of the same type; only the banks are paid for it.",
  schema: treasureOptions,
  load: treasureCollection,
};

class TreasureCollection implements EnvironmentInstance<TreasureState> {
  readonly #scene: TreasureScene;
  readonly #rewards: TreasureRewards;
  readonly #observer: TreasureObserver;

  constructor(copies: number, counts: TreasureCounts, mode: RewardMode, order: AgentOrder) {
    this.#scene = new TreasureScene(copies, counts);
    this.#rewards = new TreasureRewards(this.#scene, mode);
    this.#observer = new TreasureObserver(this.#scene, copies, order);
  }

  reset(copy: number, random: Random): void {
    this.#scene.reset(copy, random);
  }

  step(copy: number, random: Random, batch: VecBatch): StepOutcome {
    this.#scene.step(copy, batch.actions, random);
    this.#rewards.write(copy, batch);
    return StepOutcome.running;
  }

  observe(copy: number, batch: VecBatch): void {
    this.#observer.write(copy, batch);
  }

  saveState(copy: number): TreasureState {
    return saveTreasureState(this.#scene, copy);
  }

  loadState(copy: number, state: TreasureState): void {
    loadTreasureState(this.#scene, copy, state, TREASURE_ID);
  }

  draw(copy: number): Drawing {
    return drawTreasures(this.saveState(copy));
  }
}
