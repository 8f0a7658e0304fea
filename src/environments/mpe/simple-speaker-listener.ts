/**
 * MPE simple speaker listener: the speaker, which cannot move, tells the listener which of three landmarks is
 * the goal. Observations: the speaker [colour of the goal], 3 numbers; the listener [v, landmarks − p, what
 * the speaker said], 2 + 6 + 3. Reward of both: −‖p_listener − goal‖².
 */
import type * as v from "valibot";
import { validate } from "../../validation/validate.ts";
import type { EnvironmentDefinition } from "../environment.ts";
import type { EnvironmentEntry } from "../registry.ts";
import { GREY } from "./drawing.ts";
import { mpeEnvironment } from "./environment.ts";
import type { Observer } from "./observer.ts";
import { commonOptions } from "./options.ts";
import type { MpeState } from "./saved-state.ts";
import type { MpeScene } from "./scene.ts";
import type { MpeRules, MpeTask } from "./task.ts";

const SPEAKER = 0;
const LISTENER = 1;
/** What the speaker sees of the landmarks' colours. */
const COLORS = [
  [0.65, 0.15, 0.15],
  [0.15, 0.65, 0.15],
  [0.15, 0.15, 0.65],
] as const;
const DRAWN = ["#d55e00", "#009e73", "#0072b2"] as const;

export type SimpleSpeakerListenerOptions = v.InferInput<typeof commonOptions>;

const task: MpeTask = {
  id: "mpe/simple-speaker-listener",
  agents: [
    { name: "speaker_0", radius: 0.075, moves: false, talks: true, color: GREY },
    { name: "listener_0", radius: 0.075 },
  ],
  landmarks: DRAWN.map((color) => ({ radius: 0.04, color })),
  words: 3,
  goals: [DRAWN.length],
  observationSizes: [3, 11],
  metrics: ["distance"],
  rules: (scene) => new SpeakerListenerRules(scene),
  paint: ([goal]) => [undefined, DRAWN[goal]],
};

/** @throws InvalidInputError for unknown keys and values out of range */
export function simpleSpeakerListener(
  options: SimpleSpeakerListenerOptions = {},
): EnvironmentDefinition<MpeState> {
  return mpeEnvironment(task, validate(commonOptions, options, task.id));
}

export const speakerListenerEntry: EnvironmentEntry = {
  id: task.id,
  description: "A speaker that cannot move tells a listener where to go; both are paid for the way left.",
  schema: commonOptions,
  load: simpleSpeakerListener,
};

class SpeakerListenerRules implements MpeRules {
  readonly #scene: MpeScene;

  constructor(scene: MpeScene) {
    this.#scene = scene;
  }

  reward(shares: Float64Array, measures: Float64Array): void {
    const goal = this.#scene.landmark(this.#scene.goal(0));
    shares.fill(-this.#scene.squaredDistance(LISTENER, goal));
    measures[0] = this.#scene.distance(LISTENER, goal);
  }

  observe(agent: number, see: Observer): void {
    if (agent === SPEAKER) {
      see.numbers(COLORS[this.#scene.goal(0)]);
      return;
    }
    see.velocity(LISTENER);
    see.landmarks();
    see.utterance(SPEAKER);
  }
}
