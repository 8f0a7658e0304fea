/**
 * MPE simple crypto: Alice tells Bob a bit; Eve hears it too, but has no key. Nobody moves.
 * Observations: Eve [what Alice said], 4 numbers; Bob [key, what Alice said]; Alice [message, key]. Message
 * and key are one-hot in 4 numbers, of which 2 are in use. With e(x) = ‖x − message‖², or 0 when x says
 * nothing at all: reward of Eve −e(Eve), of Bob and of Alice e(Eve) − e(Bob).
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
import { alike, type MpeRules, type MpeTask } from "./task.ts";

const EVE = 0;
const BOB = 1;
const ALICE = 2;
/** Of the goals. */
const MESSAGE = 0;
const KEY = 1;
const BITS = 2;
const WORDS = 4;
const COLORS = [colorOf(0), colorOf(1)] as const;

export type SimpleCryptoOptions = v.InferInput<typeof commonOptions>;

const still = { radius: 0.05, moves: false, talks: true } as const;
const task: MpeTask = {
  id: "mpe/simple-crypto",
  agents: [
    ...alike(1, "eve", { ...still, color: colorOf(5) }),
    ...alike(1, "bob", { ...still, color: colorOf(2) }),
    ...alike(1, "alice", still),
  ],
  landmarks: COLORS.map((color) => ({ radius: 0.05, color })),
  words: WORDS,
  goals: [BITS, BITS],
  observationSizes: [WORDS, 2 * WORDS, 2 * WORDS],
  metrics: ["bobCorrect", "eveCorrect"],
  rules: (scene) => new CryptoRules(scene),
  paint: (goals) => [undefined, undefined, COLORS[goals[MESSAGE]]],
};

/** @throws InvalidInputError for unknown keys and values out of range */
export function simpleCrypto(options: SimpleCryptoOptions = {}): EnvironmentDefinition<MpeState> {
  return mpeEnvironment(task, validate(commonOptions, options, task.id));
}

export const cryptoEntry: EnvironmentEntry = {
  id: task.id,
  description: "Alice tells Bob a bit that Eve, who hears everything but the key, should not learn.",
  schema: commonOptions,
  load: simpleCrypto,
};

class CryptoRules implements MpeRules {
  readonly #scene: MpeScene;

  constructor(scene: MpeScene) {
    this.#scene = scene;
  }

  reward(shares: Float64Array, measures: Float64Array): void {
    const eve = this.#error(EVE);
    const team = eve - this.#error(BOB);
    shares[EVE] = -eve;
    shares[BOB] = team;
    shares[ALICE] = team;
    measures[0] = this.#isCorrect(BOB) ? 1 : 0;
    measures[1] = this.#isCorrect(EVE) ? 1 : 0;
  }

  /** ‖what the agent says − message‖²; 0 when it says nothing. */
  #error(agent: number): number {
    const { utterances } = this.#scene;
    const first = this.#scene.utteranceIndex(agent);
    const message = this.#scene.goal(MESSAGE);
    let sum = 0;
    let silent = true;
    for (let k = 0; k < WORDS; k++) {
      const said = utterances[first + k];
      const missing = said - (k === message ? 1 : 0);
      sum += missing * missing;
      if (said !== 0) silent = false;
    }
    return silent ? 0 : sum;
  }

  /** Whether the agent says the message louder than anything else. */
  #isCorrect(agent: number): boolean {
    const { utterances } = this.#scene;
    const first = this.#scene.utteranceIndex(agent);
    const message = this.#scene.goal(MESSAGE);
    const volume = utterances[first + message];
    for (let k = 0; k < WORDS; k++) if (k !== message && utterances[first + k] >= volume) return false;
    return true;
  }

  observe(agent: number, see: Observer): void {
    if (agent === ALICE) this.#showBit(MESSAGE, see);
    if (agent !== EVE) this.#showBit(KEY, see);
    if (agent !== ALICE) see.utterance(ALICE);
  }

  #showBit(secret: number, see: Observer): void {
    const bit = this.#scene.goal(secret);
    for (let k = 0; k < WORDS; k++) see.number(k === bit ? 1 : 0);
  }
}
