/**
 * What there is in an MPE task, many copies as struct of arrays: bodies (agents, then landmarks), what the
 * agents said last, and what the episode keeps secret. Questions about distances go to the copy in focus.
 */
import type { Random } from "../../tensor/random.ts";
import { type Integrator, ParticleWorld } from "../particle/world.ts";
import type { MpeTask } from "./task.ts";

export class MpeScene {
  readonly agents: number;
  readonly landmarks: number;
  /** Numbers of an utterance. */
  readonly words: number;
  /** Positions and velocities, [copies, agents + landmarks, 2]. */
  readonly world: ParticleWorld;
  /** [copies, agents, words]; zeros of who is silent, and before the first step. */
  readonly utterances: Float64Array;
  /** [copies, goals]. */
  readonly goals: Int32Array;
  /** [agents + landmarks]. */
  readonly #radii: Float64Array;
  readonly #spreads: Float64Array;
  /** Values of each goal. */
  readonly #choices: readonly number[];
  #copy = 0;

  constructor(copies: number, task: MpeTask, integrator: Integrator) {
    const { agents, landmarks, words = 0, goals = [] } = task;
    this.agents = agents.length;
    this.landmarks = landmarks.length;
    this.words = words;
    const bodies = [
      ...agents.map((agent) => ({ collides: false, ...agent })),
      ...landmarks.map((landmark) => ({ collides: false, moves: false, ...landmark })),
    ];
    this.world = new ParticleWorld(copies, bodies, integrator);
    this.utterances = new Float64Array(copies * this.agents * words);
    this.goals = new Int32Array(copies * goals.length);
    this.#radii = Float64Array.from(bodies, ({ radius }) => radius);
    this.#spreads = Float64Array.from([...agents.map(() => 1), ...landmarks.map(({ spread = 1 }) => spread)]);
    this.#choices = goals;
  }

  /** Begins an episode: draws the goals, then where the agents, then where the landmarks are. */
  reset(copy: number, random: Random): void {
    const { positions, velocities } = this.world;
    const choices = this.#choices;
    const first = copy * choices.length;
    for (let k = 0; k < choices.length; k++) this.goals[first + k] = random.integer(choices[k]);
    const spreads = this.#spreads;
    let i = copy * spreads.length * 2;
    for (let body = 0; body < spreads.length; body++) {
      const spread = spreads[body];
      for (const end = i + 2; i < end; i++) {
        positions[i] = random.uniform(-spread, spread);
        velocities[i] = 0;
      }
    }
    const spoken = this.agents * this.words;
    for (let k = copy * spoken; k < (copy + 1) * spoken; k++) this.utterances[k] = 0;
  }

  /** All that follows is about this copy. */
  focus(copy: number): void {
    this.#copy = copy;
  }

  /** Number of the body that is landmark l. */
  landmark(l: number): number {
    return this.agents + l;
  }

  /** The k-th secret of the episode. */
  goal(k: number): number {
    return this.goals[this.#copy * this.#choices.length + k];
  }

  /** Where the position and the velocity of a body start in those of the world. */
  index(body: number): number {
    return (this.#copy * this.#radii.length + body) * 2;
  }

  /** Where what an agent said starts. */
  utteranceIndex(agent: number): number {
    return (this.#copy * this.agents + agent) * this.words;
  }

  squaredDistance(a: number, b: number): number {
    const { positions } = this.world;
    const i = this.index(a);
    const j = this.index(b);
    const dx = positions[i] - positions[j];
    const dy = positions[i + 1] - positions[j + 1];
    return dx * dx + dy * dy;
  }

  distance(a: number, b: number): number {
    return Math.sqrt(this.squaredDistance(a, b));
  }

  /** Whether two bodies are closer than the sum of their radii. */
  touch(a: number, b: number): boolean {
    return this.distance(a, b) < this.#radii[a] + this.#radii[b];
  }

  /** Distance of a body to the nearest of the bodies from … to − 1; infinite when there is none. */
  nearest(body: number, from: number, to: number): number {
    let least = Number.POSITIVE_INFINITY;
    for (let other = from; other < to; other++) {
      const square = this.squaredDistance(body, other);
      if (square < least) least = square;
    }
    return Math.sqrt(least);
  }
}
