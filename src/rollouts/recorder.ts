/**
 * Writes what happened into a `Batch`: rows copy-major (row = copy · steps + step), the observations that
 * followed each cut, the statistics of finished episodes. Its large arrays are allocated once and filled
 * again and again.
 */
import type { EnvironmentSpec, VecBatch } from "../environments/environment.ts";
import { gather, refuse } from "./actor.ts";
import type { Batch } from "./batch.ts";

/** The observations after a row that ends a trace, padded as they came: [A, observationSize]. */
interface Cut {
  readonly row: number;
  readonly observations: Float32Array;
}
interface Episode {
  readonly returns: Float64Array;
  readonly length: number;
}

export class Recorder {
  readonly #spec: EnvironmentSpec;
  readonly #copies: number;
  readonly #steps: number;
  readonly #observations: readonly Float32Array[];
  readonly #rewards: readonly Float32Array[];
  readonly #actions: Int32Array;
  readonly #terminated: Uint8Array;
  readonly #truncated: Uint8Array;
  #cuts: Cut[] = [];
  #episodes: Episode[] = [];

  constructor(spec: EnvironmentSpec, copies: number, steps: number) {
    const rows = copies * steps;
    this.#spec = spec;
    this.#copies = copies;
    this.#steps = steps;
    this.#observations = spec.observationSizes.map((size) => new Float32Array(rows * size));
    this.#rewards = spec.agents.map(() => new Float32Array(rows));
    this.#actions = new Int32Array(rows * spec.actionSizes.reduce((sum, size) => sum + size, 0));
    this.#terminated = new Uint8Array(rows);
    this.#truncated = new Uint8Array(rows);
  }

  /** Forgets the last batch. */
  begin(): void {
    this.#cuts = [];
    this.#episodes = [];
  }

  /** What was seen and done before the environment moved: [copies, size] an agent and [copies, heads]. */
  recordChoice(step: number, observations: readonly Float32Array[], actions: Int32Array): void {
    for (const [agent, size] of this.#spec.observationSizes.entries()) {
      this.#spread(observations[agent], this.#observations[agent], size, step);
    }
    this.#spread(actions, this.#actions, actions.length / this.#copies, step);
  }

  /** What the environment answered. @throws NonFiniteError naming the agent whose number is not finite */
  recordOutcome(step: number, batch: VecBatch): void {
    const agents = this.#spec.agents.length;
    for (let copy = 0; copy < this.#copies; copy++) {
      const row = copy * this.#steps + step;
      for (let agent = 0; agent < agents; agent++) {
        const reward = batch.rewards[copy * agents + agent];
        if (!Number.isFinite(reward)) refuse("reward", reward, this.#spec.agents[agent], copy, step);
        this.#rewards[agent][row] = reward;
      }
      const terminated = batch.terminated[copy] !== 0;
      const truncated = !terminated && batch.truncated[copy] !== 0;
      this.#terminated[row] = Number(terminated);
      this.#truncated[row] = Number(truncated);
      if (terminated || truncated) this.#endEpisode(row, copy, batch);
      else if (step === this.#steps - 1) this.#cut(row, copy, batch.observations);
    }
  }

  /** The batch; valid until `begin`. */
  finish(): Batch {
    const { observationSizes } = this.#spec;
    const cuts = this.#cuts.sort((a, b) => a.row - b.row);
    const cutObservations = observationSizes.map((size) => new Float32Array(cuts.length * size));
    for (const [i, { row, observations }] of cuts.entries()) {
      const place = { copies: 1, copy: Math.floor(row / this.#steps), step: row % this.#steps };
      const into = cutObservations.map((all, agent) => all.subarray(i * observationSizes[agent]));
      gather(this.#spec, observations, place, into);
    }
    return {
      rows: this.#copies * this.#steps,
      copies: this.#copies,
      steps: this.#steps,
      agents: this.#spec.agents.map((_, agent) => ({
        observations: this.#observations[agent],
        rewards: this.#rewards[agent],
        cutObservations: cutObservations[agent],
      })),
      actions: this.#actions,
      terminated: this.#terminated,
      truncated: this.#truncated,
      cuts: Int32Array.from(cuts, ({ row }) => row),
      episodes: {
        count: this.#episodes.length,
        returns: Float64Array.from(this.#episodes.flatMap(({ returns }) => [...returns])),
        lengths: Int32Array.from(this.#episodes, ({ length }) => length),
      },
    };
  }

  #endEpisode(row: number, copy: number, batch: VecBatch): void {
    const agents = this.#spec.agents.length;
    this.#cut(row, copy, batch.finalObservations);
    this.#episodes.push({
      returns: batch.episodeReturns.slice(copy * agents, (copy + 1) * agents),
      length: batch.episodeLengths[copy],
    });
  }

  #cut(row: number, copy: number, observations: Float32Array): void {
    const size = this.#spec.agents.length * this.#spec.observationSize;
    this.#cuts.push({ row, observations: observations.slice(copy * size, (copy + 1) * size) });
  }

  /** from[copies, width] → the rows of this step in to[rows, width]. */
  #spread<T extends Float32Array | Int32Array>(from: T, to: T, width: number, step: number): void {
    for (let copy = 0; copy < this.#copies; copy++) {
      const row = (copy * this.#steps + step) * width;
      for (let k = 0; k < width; k++) to[row + k] = from[copy * width + k];
    }
  }
}
