/**
 * MPE simple spread: N agents spread over N landmarks without touching each other.
 * Observation: [v, p, landmarks − p, others − p, what the others say: zeros], 2 + 2 + 2N + 2(N−1) + 2(N−1).
 * Reward: (1 − ρ)·(−Σ_l min_j ‖pⱼ − l‖) + ρ·(−#{j ≠ i: dᵢⱼ < 0.3}) with ρ = localRatio.
 */
import * as v from "valibot";
import { validate } from "../../validation/validate.ts";
import type { EnvironmentDefinition } from "../environment.ts";
import { count } from "../particle/options.ts";
import type { EnvironmentEntry } from "../registry.ts";
import { mpeEnvironment } from "./environment.ts";
import type { Observer } from "./observer.ts";
import { common, localRatio, mix } from "./options.ts";
import type { MpeState } from "./saved-state.ts";
import type { MpeScene } from "./scene.ts";
import { alike, type MpeLandmark, type MpeRules } from "./task.ts";

const SPREAD_ID = "mpe/simple-spread";
/** A landmark is occupied when an agent is closer. */
const OCCUPIED = 0.1;
const WORDS = 2;

export const spreadOptions = v.strictObject({
  agents: v.optional(v.pipe(count, v.description("Number of agents, and of landmarks.")), 3),
  localRatio,
  ...common,
});
export type SimpleSpreadOptions = v.InferInput<typeof spreadOptions>;

/** @throws InvalidInputError for unknown keys and values out of range */
export function simpleSpread(options: SimpleSpreadOptions = {}): EnvironmentDefinition<MpeState> {
  const { agents, localRatio, ...rest } = validate(spreadOptions, options, SPREAD_ID);
  const task = {
    id: SPREAD_ID,
    agents: alike(agents, "agent", { radius: 0.15, collides: true }),
    landmarks: new Array<MpeLandmark>(agents).fill({ radius: 0.05 }),
    words: WORDS,
    observationSizes: new Array<number>(agents).fill(4 + 2 * agents + (2 + WORDS) * (agents - 1)),
    metrics: ["collisions", "occupied", "landmarkDistances"],
    rules: (scene: MpeScene) => new SpreadRules(scene, localRatio),
  };
  return mpeEnvironment(task, rest);
}

export const spreadEntry: EnvironmentEntry = {
  id: SPREAD_ID,
  description: "Agents spread over landmarks without touching each other; all are paid for the coverage.",
  schema: spreadOptions,
  load: simpleSpread,
};

class SpreadRules implements MpeRules {
  readonly #scene: MpeScene;
  readonly #localRatio: number;

  constructor(scene: MpeScene, localRatio: number) {
    this.#scene = scene;
    this.#localRatio = localRatio;
  }

  reward(shares: Float64Array, measures: Float64Array): void {
    const { agents, landmarks } = this.#scene;
    measures[0] = this.#penaliseContacts(shares);
    for (let landmark = agents; landmark < agents + landmarks; landmark++) {
      const distance = this.#scene.nearest(landmark, 0, agents);
      measures[2] += distance;
      if (distance < OCCUPIED) measures[1]++;
    }
    for (let i = 0; i < agents; i++) shares[i] = mix(this.#localRatio, -measures[2], shares[i]);
  }

  /** Sets the agents' own shares; returns how many pairs touch. */
  #penaliseContacts(shares: Float64Array): number {
    const { agents } = this.#scene;
    let pairs = 0;
    shares.fill(0);
    for (let a = 0; a < agents; a++) {
      for (let b = a + 1; b < agents; b++) {
        if (!this.#scene.touch(a, b)) continue;
        shares[a]--;
        shares[b]--;
        pairs++;
      }
    }
    return pairs;
  }

  observe(agent: number, see: Observer): void {
    see.velocity(agent);
    see.position();
    see.landmarks();
    see.others();
    see.zeros(WORDS * (this.#scene.agents - 1));
  }
}
