/**
 * MPE simple: one agent goes to one landmark. Observation: [v, landmark − p], 4 numbers.
 * Reward: −‖p − landmark‖².
 */
import type * as v from "valibot";
import { validate } from "../../validation/validate.ts";
import type { EnvironmentDefinition } from "../environment.ts";
import type { EnvironmentEntry } from "../registry.ts";
import { mpeEnvironment } from "./environment.ts";
import type { Observer } from "./observer.ts";
import { commonOptions } from "./options.ts";
import type { MpeState } from "./saved-state.ts";
import type { MpeScene } from "./scene.ts";
import type { MpeRules, MpeTask } from "./task.ts";

export type MpeSimpleOptions = v.InferInput<typeof commonOptions>;

const task: MpeTask = {
  id: "mpe/simple",
  agents: [{ name: "agent_0", radius: 0.05 }],
  landmarks: [{ radius: 0.05, color: "#d55e00" }],
  observationSizes: [4],
  metrics: ["distance"],
  rules: (scene) => new SimpleRules(scene),
};

/** @throws InvalidInputError for unknown keys and values out of range */
export function mpeSimple(options: MpeSimpleOptions = {}): EnvironmentDefinition<MpeState> {
  return mpeEnvironment(task, validate(commonOptions, options, task.id));
}

export const simpleEntry: EnvironmentEntry = {
  id: task.id,
  description: "One agent goes to one landmark.",
  schema: commonOptions,
  load: mpeSimple,
};

class SimpleRules implements MpeRules {
  readonly #scene: MpeScene;
  readonly #landmark: number;

  constructor(scene: MpeScene) {
    this.#scene = scene;
    this.#landmark = scene.landmark(0);
  }

  reward(shares: Float64Array, measures: Float64Array): void {
    shares[0] = -this.#scene.squaredDistance(0, this.#landmark);
    measures[0] = this.#scene.distance(0, this.#landmark);
  }

  observe(agent: number, see: Observer): void {
    see.velocity(agent);
    see.landmarks();
  }
}
