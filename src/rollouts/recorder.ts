/**
 * Writes what happened into a `Batch`: rows copy-major (row = copy · steps + step), the observations and states
 * that followed each cut, the statistics of finished episodes. Its large arrays are allocated once and filled
 * again and again.
 */
import type { EnvironmentSpec, VecBatch } from "../environments/environment.ts";
import { gather, gatherMasks, refuse, sum } from "./actor.ts";
import type { AgentBatch, Batch } from "./batch.ts";
import type { Actions, Situation } from "./joint-policy.ts";

/** What followed a row that ends a trace, padded as it came: observations are [A, observationSize]. */
interface Cut extends Followed {
  readonly row: number;
}
interface Followed {
  readonly observations: Float32Array;
  readonly state: Float32Array;
  readonly mask: Uint8Array;
  readonly alive: Uint8Array;
}
interface Episode {
  readonly returns: Float64Array;
  readonly length: number;
}

/** What one agent did, row after row. */
interface AgentRecord {
  readonly observations: Float32Array;
  readonly rewards: Float32Array;
  readonly alive: Uint8Array;
  readonly masks?: Uint8Array;
}

export class Recorder {
  readonly #spec: EnvironmentSpec;
  readonly #copies: number;
  readonly #steps: number;
  readonly #agents: readonly AgentRecord[];
  readonly #actions: Actions;
  readonly #state: Float32Array;
  readonly #terminated: Uint8Array;
  readonly #truncated: Uint8Array;
  #memory = new Float32Array(0);
  #newEpisodes = true;
  #cuts: Cut[] = [];
  #episodes: Episode[] = [];

  constructor(spec: EnvironmentSpec, copies: number, steps: number) {
    const rows = copies * steps;
    const width = sum(spec.actionSizes);
    this.#spec = spec;
    this.#copies = copies;
    this.#steps = steps;
    this.#agents = spec.agents.map((_, agent) => ({
      observations: new Float32Array(rows * spec.observationSizes[agent]),
      rewards: new Float32Array(rows),
      alive: new Uint8Array(rows),
      ...(spec.maskSize > 0 && { masks: new Uint8Array(rows * sum(spec.headSizes[agent])) }),
    }));
    this.#actions =
      spec.action === "discrete" ? new Int32Array(rows * width) : new Float32Array(rows * width);
    this.#state = new Float32Array(rows * spec.stateSize);
    this.#terminated = new Uint8Array(rows);
    this.#truncated = new Uint8Array(rows);
  }

  /**
   * Forgets the last batch.
   * @param memory [copies, memorySize] with which the policy begins
   * @param newEpisodes whether all copies have just been reset
   */
  begin(memory: Float32Array, newEpisodes: boolean): void {
    this.#memory = memory.slice();
    this.#newEpisodes = newEpisodes;
    this.#cuts = [];
    this.#episodes = [];
  }

  /** What was seen and done before the environment moved: [copies, size] an agent and [copies, heads]. */
  recordChoice(
    step: number,
    { observations, masks }: Situation,
    actions: Actions,
    { state, alive }: VecBatch,
  ): void {
    const agents = this.#agents.length;
    for (const [i, agent] of this.#agents.entries()) {
      this.#spread(observations[i], agent.observations, step);
      if (agent.masks && masks) this.#spread(masks[i], agent.masks, step);
      for (let copy = 0; copy < this.#copies; copy++) {
        agent.alive[copy * this.#steps + step] = alive[copy * agents + i];
      }
    }
    this.#spread(state, this.#state, step);
    this.#spread(actions, this.#actions, step);
  }

  /** What the environment answered. @throws NonFiniteError naming the agent whose number is not finite */
  recordOutcome(step: number, batch: VecBatch): void {
    const agents = this.#spec.agents.length;
    for (let copy = 0; copy < this.#copies; copy++) {
      const row = copy * this.#steps + step;
      for (let agent = 0; agent < agents; agent++) {
        const reward = batch.rewards[copy * agents + agent];
        if (!Number.isFinite(reward)) refuse("reward", reward, this.#spec.agents[agent], copy, step + 1);
        this.#agents[agent].rewards[row] = reward;
      }
      const terminated = batch.terminated[copy] !== 0;
      const truncated = !terminated && batch.truncated[copy] !== 0;
      this.#terminated[row] = Number(terminated);
      this.#truncated[row] = Number(truncated);
      if (terminated || truncated) this.#endEpisode(row, copy, batch);
      else if (step === this.#steps - 1) this.#cut(row, copy, batch);
    }
  }

  /** The batch; valid until `begin`. */
  finish(): Batch {
    const cuts = this.#cuts.sort((a, b) => a.row - b.row);
    const followed = this.#followed(cuts);
    return {
      rows: this.#copies * this.#steps,
      copies: this.#copies,
      steps: this.#steps,
      agents: this.#agents.map((agent, i) => ({ ...agent, ...followed[i] })),
      actions: this.#actions,
      state: this.#state,
      cutStates: concatenate(cuts, this.#spec.stateSize),
      newEpisodes: this.#newEpisodes,
      memory: this.#memory,
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

  /** What each agent saw and might have done after the cuts. */
  #followed(cuts: readonly Cut[]): readonly Pick<AgentBatch, "cutObservations" | "cutMasks" | "cutAlive">[] {
    const { observationSizes, headSizes, maskSize } = this.#spec;
    const observations = observationSizes.map((size) => new Float32Array(cuts.length * size));
    const masks = headSizes.map((sizes) => new Uint8Array(maskSize > 0 ? cuts.length * sum(sizes) : 0));
    for (const [i, cut] of cuts.entries()) {
      const [copy, step] = [Math.floor(cut.row / this.#steps), (cut.row % this.#steps) + 1];
      const place = { copies: 1, copy, step };
      const row = <T extends Float32Array | Uint8Array>(all: T): T => {
        const size = all.length / cuts.length;
        return all.subarray(i * size, (i + 1) * size) as T;
      };
      gather(this.#spec, cut.observations, place, observations.map(row));
      if (maskSize > 0) gatherMasks(this.#spec, cut.mask, 1, masks.map(row));
    }
    return observations.map((cutObservations, agent) => ({
      cutObservations,
      cutAlive: Uint8Array.from(cuts, ({ alive }) => alive[agent]),
      ...(maskSize > 0 && { cutMasks: masks[agent] }),
    }));
  }

  #endEpisode(row: number, copy: number, batch: VecBatch): void {
    const agents = this.#spec.agents.length;
    const { finalObservations: observations, finalState: state, finalMask: mask, finalAlive: alive } = batch;
    this.#cut(row, copy, { observations, state, mask, alive });
    this.#episodes.push({
      returns: batch.episodeReturns.slice(copy * agents, (copy + 1) * agents),
      length: batch.episodeLengths[copy],
    });
  }

  #cut(row: number, copy: number, { observations, state, mask, alive }: Followed): void {
    const own = <T extends Float32Array | Uint8Array>(all: T): T => {
      const size = all.length / this.#copies;
      return all.slice(copy * size, (copy + 1) * size) as T;
    };
    this.#cuts.push({
      row,
      observations: own(observations),
      state: own(state),
      mask: own(mask),
      alive: own(alive),
    });
  }

  /** from[copies, width] → the rows of this step in to[rows, width]. */
  #spread<T extends Float32Array | Int32Array | Uint8Array>(from: T, to: T, step: number): void {
    const width = from.length / this.#copies;
    for (let copy = 0; copy < this.#copies; copy++) {
      const row = (copy * this.#steps + step) * width;
      for (let k = 0; k < width; k++) to[row + k] = from[copy * width + k];
    }
  }
}

function concatenate(cuts: readonly Cut[], size: number): Float32Array {
  const states = new Float32Array(cuts.length * size);
  for (const [i, { state }] of cuts.entries()) states.set(state, i * size);
  return states;
}
