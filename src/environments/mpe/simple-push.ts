/**
 * MPE simple push: an agent goes to one of two landmarks; an adversary that is not told which pushes it away.
 * Observations: the adversary [v, landmarks − p, agent − p], 2 + 4 + 2 numbers; the agent [v, goal − p, own
 * colour, landmarks − p, colours of the landmarks, adversary − p], 2 + 2 + 3 + 4 + 6 + 2.
 * Reward: the agent −its distance to the goal; the adversary that distance − its own.
 */
import type * as v from "valibot";
import { validate } from "../../validation/validate.ts";
import type { EnvironmentDefinition } from "../environment.ts";
import { colorOf } from "../particle/draw.ts";
import type { EnvironmentEntry } from "../registry.ts";
import { mpeEnvironment } from "./environment.ts";
import type { Observer } from "./observer.ts";
import { commonOptions } from "./options.ts";
import type { MpeState } from "./saved-state.ts";
import type { MpeScene } from "./scene.ts";
import type { MpeRules, MpeTask } from "./task.ts";

const ADVERSARY = 0;
const AGENT = 1;
/** What the agent sees of itself, by goal, and of the landmarks. */
const OWN_COLORS = [
  [0.25, 0.75, 0.25],
  [0.25, 0.25, 0.75],
] as const;
const LANDMARK_COLORS = [0.1, 0.9, 0.1, 0.1, 0.1, 0.9] as const;
const DRAWN = ["#009e73", "#0072b2"] as const;

export type SimplePushOptions = v.InferInput<typeof commonOptions>;

const task: MpeTask = {
  id: "mpe/simple-push",
  agents: [
    { name: "adversary_0", radius: 0.05, collides: true, color: colorOf(5) },
    { name: "agent_0", radius: 0.05, collides: true },
  ],
  landmarks: DRAWN.map((color) => ({ radius: 0.05, color })),
  goals: [DRAWN.length],
  observationSizes: [8, 19],
  metrics: ["adversaryDistance", "agentDistance", "collisions"],
  rules: (scene) => new PushRules(scene),
  paint: ([goal]) => [undefined, DRAWN[goal]],
};

/** @throws InvalidInputError for unknown keys and values out of range */
export function simplePush(options: SimplePushOptions = {}): EnvironmentDefinition<MpeState> {
  return mpeEnvironment(task, validate(commonOptions, options, task.id));
}

export const pushEntry: EnvironmentEntry = {
  id: task.id,
  description: "An agent goes to a landmark that only it knows; an adversary pushes it away.",
  schema: commonOptions,
  load: simplePush,
};

class PushRules implements MpeRules {
  readonly #scene: MpeScene;

  constructor(scene: MpeScene) {
    this.#scene = scene;
  }

  reward(shares: Float64Array, measures: Float64Array): void {
    const goal = this.#scene.landmark(this.#scene.goal(0));
    const adversary = this.#scene.distance(ADVERSARY, goal);
    const agent = this.#scene.distance(AGENT, goal);
    shares[ADVERSARY] = agent - adversary;
    shares[AGENT] = -agent;
    measures[0] = adversary;
    measures[1] = agent;
    measures[2] = this.#scene.touch(ADVERSARY, AGENT) ? 1 : 0;
  }

  observe(agent: number, see: Observer): void {
    const goal = this.#scene.goal(0);
    see.velocity(agent);
    if (agent === AGENT) {
      see.offset(this.#scene.landmark(goal));
      see.numbers(OWN_COLORS[goal]);
    }
    see.landmarks();
    if (agent === AGENT) see.numbers(LANDMARK_COLORS);
    see.others();
  }
}
