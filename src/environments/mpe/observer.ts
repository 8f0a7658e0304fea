/** Writes an observation, entry by entry in the order of calls; offsets are as seen from the observer. */
import type { MpeScene } from "./scene.ts";

export class Observer {
  readonly #scene: MpeScene;
  #out: Float32Array = new Float32Array(0);
  #at = 0;
  #agent = 0;
  #x = 0;
  #y = 0;

  constructor(scene: MpeScene) {
    this.#scene = scene;
  }

  /** The next entries are what `agent` of the copy in focus sees, written to `out` from index `at`. */
  begin(agent: number, out: Float32Array, at: number): void {
    const { positions } = this.#scene.world;
    const i = this.#scene.index(agent);
    this.#agent = agent;
    this.#x = positions[i];
    this.#y = positions[i + 1];
    this.#out = out;
    this.#at = at;
  }

  number(value: number): void {
    this.#out[this.#at++] = value;
  }

  numbers(values: readonly number[]): void {
    for (let k = 0; k < values.length; k++) this.#out[this.#at++] = values[k];
  }

  zeros(count: number): void {
    for (let k = 0; k < count; k++) this.#out[this.#at++] = 0;
  }

  /** The observer's own position. */
  position(): void {
    this.#out[this.#at++] = this.#x;
    this.#out[this.#at++] = this.#y;
  }

  velocity(body: number): void {
    const { velocities } = this.#scene.world;
    const i = this.#scene.index(body);
    this.#out[this.#at++] = velocities[i];
    this.#out[this.#at++] = velocities[i + 1];
  }

  offset(body: number): void {
    const { positions } = this.#scene.world;
    const i = this.#scene.index(body);
    this.#out[this.#at++] = positions[i] - this.#x;
    this.#out[this.#at++] = positions[i + 1] - this.#y;
  }

  /** Offsets of all landmarks. */
  landmarks(): void {
    const { agents, landmarks } = this.#scene;
    for (let body = agents; body < agents + landmarks; body++) this.offset(body);
  }

  /** Offsets of all other agents. */
  others(): void {
    for (let other = 0; other < this.#scene.agents; other++) if (other !== this.#agent) this.offset(other);
  }

  /** What an agent said last. */
  utterance(agent: number): void {
    const { utterances, words } = this.#scene;
    const first = this.#scene.utteranceIndex(agent);
    for (let k = 0; k < words; k++) this.#out[this.#at++] = utterances[first + k];
  }
}
