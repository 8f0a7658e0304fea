/**
 * MPE simple tag: slower adversaries chase faster good agents around obstacles. All of them collide.
 * Observation: [v, p, obstacles − p, others − p, velocities of the other good agents].
 * Reward: adversaries +10 for each pair of an adversary and a good agent that touch, all the same; a good
 * agent −10 for each adversary that touches it, and −boundaryCost.
 */
import * as v from "valibot";
import { validate } from "../../validation/validate.ts";
import type { EnvironmentDefinition } from "../environment.ts";
import { count } from "../particle/options.ts";
import type { EnvironmentEntry } from "../registry.ts";
import { mpeEnvironment } from "./environment.ts";
import type { Observer } from "./observer.ts";
import { common, countOrNone } from "./options.ts";
import { ADVERSARY, boundaryCost, contacts, GOOD, OBSTACLE } from "./pursuit.ts";
import type { MpeState } from "./saved-state.ts";
import type { MpeScene } from "./scene.ts";
import { alike, type MpeLandmark, type MpeRules } from "./task.ts";

const TAG_ID = "mpe/simple-tag";
const TAG = 10;

export const tagOptions = v.strictObject({
  goodAgents: v.optional(v.pipe(count, v.description("Number of good agents, which are chased.")), 1),
  adversaries: v.optional(v.pipe(count, v.description("Number of adversaries, which chase.")), 3),
  obstacles: v.optional(v.pipe(countOrNone, v.description("Number of landmarks in the way.")), 2),
  ...common,
});
export type SimpleTagOptions = v.InferInput<typeof tagOptions>;

/** @throws InvalidInputError for unknown keys and values out of range */
export function simpleTag(options: SimpleTagOptions = {}): EnvironmentDefinition<MpeState> {
  const { goodAgents, adversaries, obstacles, ...rest } = validate(tagOptions, options, TAG_ID);
  const shared = 4 + 2 * obstacles + 2 * (adversaries + goodAgents - 1);
  const task = {
    id: TAG_ID,
    agents: [
      ...alike(adversaries, "adversary", ADVERSARY),
      ...alike(goodAgents, "agent", { radius: 0.05, ...GOOD }),
    ],
    landmarks: new Array<MpeLandmark>(obstacles).fill(OBSTACLE),
    observationSizes: [
      ...new Array<number>(adversaries).fill(shared + 2 * goodAgents),
      ...new Array<number>(goodAgents).fill(shared + 2 * (goodAgents - 1)),
    ],
    metrics: ["tags", "boundaryCost"],
    rules: (scene: MpeScene) => new TagRules(scene, adversaries),
  };
  return mpeEnvironment(task, rest);
}

export const tagEntry: EnvironmentEntry = {
  id: TAG_ID,
  description: "Slower adversaries chase a faster agent around obstacles.",
  schema: tagOptions,
  load: simpleTag,
};

class TagRules implements MpeRules {
  readonly #scene: MpeScene;
  /** Number of the first good agent. */
  readonly #adversaries: number;

  constructor(scene: MpeScene, adversaries: number) {
    this.#scene = scene;
    this.#adversaries = adversaries;
  }

  reward(shares: Float64Array, measures: Float64Array): void {
    const { agents } = this.#scene;
    const adversaries = this.#adversaries;
    for (let good = adversaries; good < agents; good++) {
      const tags = contacts(this.#scene, good, 0, adversaries);
      const cost = boundaryCost(this.#scene, good);
      shares[good] = -TAG * tags - cost;
      measures[0] += tags;
      measures[1] += cost;
    }
    for (let i = 0; i < adversaries; i++) shares[i] = TAG * measures[0];
  }

  observe(agent: number, see: Observer): void {
    const { agents } = this.#scene;
    see.velocity(agent);
    see.position();
    see.landmarks();
    see.others();
    for (let good = this.#adversaries; good < agents; good++) if (good !== agent) see.velocity(good);
  }
}
