/**
 * MPE simple reference: each of two agents knows to which of three landmarks the other should go.
 * Observation: [v, landmarks − p, colour of the other's landmark, what the other said], 2 + 6 + 3 + 10.
 * Own share: −‖p_other − its landmark‖. Reward: (1 − ρ)·(mean of the shares) + ρ·(own share), ρ = localRatio.
 */
import * as v from "valibot";
import { validate } from "../../validation/validate.ts";
import type { EnvironmentDefinition } from "../environment.ts";
import type { EnvironmentEntry } from "../registry.ts";
import { mpeEnvironment } from "./environment.ts";
import type { Observer } from "./observer.ts";
import { common, localRatio, mix } from "./options.ts";
import type { MpeState } from "./saved-state.ts";
import type { MpeScene } from "./scene.ts";
import { alike, type MpeRules } from "./task.ts";

const REFERENCE_ID = "mpe/simple-reference";
const WORDS = 10;
/** What agents see of the landmarks' colours. */
const COLORS = [
  [0.75, 0.25, 0.25],
  [0.25, 0.75, 0.25],
  [0.25, 0.25, 0.75],
] as const;
const DRAWN = ["#d55e00", "#009e73", "#0072b2"] as const;

export const referenceOptions = v.strictObject({ localRatio, ...common });
export type SimpleReferenceOptions = v.InferInput<typeof referenceOptions>;

/** @throws InvalidInputError for unknown keys and values out of range */
export function simpleReference(options: SimpleReferenceOptions = {}): EnvironmentDefinition<MpeState> {
  const { localRatio, ...rest } = validate(referenceOptions, options, REFERENCE_ID);
  const task = {
    id: REFERENCE_ID,
    agents: alike(2, "agent", { radius: 0.05, talks: true }),
    landmarks: DRAWN.map((color) => ({ radius: 0.05, color })),
    words: WORDS,
    goals: [DRAWN.length, DRAWN.length],
    observationSizes: [21, 21],
    metrics: ["goalDistances"],
    rules: (scene: MpeScene) => new ReferenceRules(scene, localRatio),
    // The first goal is what agent 0 knows: where agent 1 should go.
    paint: ([first, second]: readonly number[]) => [DRAWN[second], DRAWN[first]],
  };
  return mpeEnvironment(task, rest);
}

export const referenceEntry: EnvironmentEntry = {
  id: REFERENCE_ID,
  description: "Two agents, each of which knows where the other should go, tell each other.",
  schema: referenceOptions,
  load: simpleReference,
};

class ReferenceRules implements MpeRules {
  readonly #scene: MpeScene;
  readonly #localRatio: number;

  constructor(scene: MpeScene, localRatio: number) {
    this.#scene = scene;
    this.#localRatio = localRatio;
  }

  reward(shares: Float64Array, measures: Float64Array): void {
    const first = this.#toGoal(1, 0);
    const second = this.#toGoal(0, 1);
    const mean = -(first + second) / 2;
    shares[0] = mix(this.#localRatio, mean, -first);
    shares[1] = mix(this.#localRatio, mean, -second);
    measures[0] = first + second;
  }

  /** Distance of an agent to the landmark that `knower` knows. */
  #toGoal(agent: number, knower: number): number {
    return this.#scene.distance(agent, this.#scene.landmark(this.#scene.goal(knower)));
  }

  observe(agent: number, see: Observer): void {
    see.velocity(agent);
    see.landmarks();
    see.numbers(COLORS[this.#scene.goal(agent)]);
    see.utterance(1 - agent);
  }
}
