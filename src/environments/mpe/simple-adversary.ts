/**
 * MPE simple adversary: N good agents know which of N landmarks is the goal; an adversary, which wants to be
 * there too, does not. Nobody collides. Observations, without velocities: the adversary [landmarks − p,
 * others − p], 2N + 2N numbers; a good agent [goal − p] before that. Reward: the adversary −its distance to
 * the goal; every good agent that distance − the distance of the nearest good agent.
 */
import * as v from "valibot";
import { validate } from "../../validation/validate.ts";
import type { EnvironmentDefinition } from "../environment.ts";
import { colorOf } from "../particle/draw.ts";
import { count } from "../particle/options.ts";
import type { EnvironmentEntry } from "../registry.ts";
import { mpeEnvironment } from "./environment.ts";
import type { Observer } from "./observer.ts";
import { common } from "./options.ts";
import type { MpeState } from "./saved-state.ts";
import type { MpeScene } from "./scene.ts";
import { alike, type MpeLandmark, type MpeRules } from "./task.ts";

const ADVERSARY_ID = "mpe/simple-adversary";
const ADVERSARY = 0;
const GOAL_COLOR = colorOf(2);

export const adversaryOptions = v.strictObject({
  goodAgents: v.optional(v.pipe(count, v.description("Number of good agents, and of landmarks.")), 2),
  ...common,
});
export type SimpleAdversaryOptions = v.InferInput<typeof adversaryOptions>;

/** @throws InvalidInputError for unknown keys and values out of range */
export function simpleAdversary(options: SimpleAdversaryOptions = {}): EnvironmentDefinition<MpeState> {
  const { goodAgents, ...rest } = validate(adversaryOptions, options, ADVERSARY_ID);
  const task = {
    id: ADVERSARY_ID,
    agents: [
      { name: "adversary_0", radius: 0.15, color: colorOf(5) },
      ...alike(goodAgents, "agent", { radius: 0.15, color: colorOf(0) }),
    ],
    landmarks: new Array<MpeLandmark>(goodAgents).fill({ radius: 0.08 }),
    goals: [goodAgents],
    observationSizes: [4 * goodAgents, ...new Array<number>(goodAgents).fill(4 * goodAgents + 2)],
    metrics: ["adversaryDistance", "agentDistance"],
    rules: (scene: MpeScene) => new AdversaryRules(scene),
    paint: ([goal]: readonly number[]) => [...new Array(goodAgents + 1 + goal), GOAL_COLOR],
  };
  return mpeEnvironment(task, rest);
}

export const adversaryEntry: EnvironmentEntry = {
  id: ADVERSARY_ID,
  description: "Good agents go to a goal and mislead an adversary about which landmark it is.",
  schema: adversaryOptions,
  load: simpleAdversary,
};

class AdversaryRules implements MpeRules {
  readonly #scene: MpeScene;

  constructor(scene: MpeScene) {
    this.#scene = scene;
  }

  reward(shares: Float64Array, measures: Float64Array): void {
    const { agents } = this.#scene;
    const goal = this.#scene.landmark(this.#scene.goal(0));
    const adversary = this.#scene.distance(ADVERSARY, goal);
    const nearest = this.#scene.nearest(goal, ADVERSARY + 1, agents);
    shares.fill(adversary - nearest);
    shares[ADVERSARY] = -adversary;
    measures[0] = adversary;
    measures[1] = nearest;
  }

  observe(agent: number, see: Observer): void {
    if (agent !== ADVERSARY) see.offset(this.#scene.landmark(this.#scene.goal(0)));
    see.landmarks();
    see.others();
  }
}
