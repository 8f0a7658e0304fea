/** A tiny built-in environment with everything that can vary: unequal agents, deaths, masks, random ends, a state. */
import type {
  EnvironmentDefinition,
  EnvironmentInstance,
  VecBatch,
} from "../../src/environments/environment.ts";
import { StepOutcome } from "../../src/environments/environment.ts";
import { makeSpec } from "../../src/environments/spec.ts";
import type { Random } from "../../src/tensor/random.ts";

export interface WalkState {
  readonly time: number;
  readonly place: number;
  readonly length: number;
  readonly end: number;
}

export interface WalkOptions {
  readonly episodeLimit?: number;
  /** Fixes how long episodes are and how they end; else both are drawn. */
  readonly length?: number;
  readonly end?: StepOutcome;
}

const ROOM = 6;

/**
 * Two agents. "left" sees [place], "right" sees [place, time, length] and dies at time 2. Actions 0, 1, 2 move the
 * walker by −1, 0, 1; 2 is masked for "left". Rewards are the place, and half of it. The metric is the ground covered.
 */
export function walk({ episodeLimit = 0, length, end }: WalkOptions = {}): EnvironmentDefinition<WalkState> {
  const spec = makeSpec({
    id: "test/walk",
    agents: ["left", "right"],
    observationSizes: [1, 3],
    stateSize: 2,
    headSizes: [[3], [3]],
    masked: true,
    episodeLimit,
    metrics: ["ground"],
  });
  return { spec, create: (copies) => new Walk(copies, length, end) };
}

class Walk implements EnvironmentInstance<WalkState> {
  readonly #states: Int32Array;
  readonly #length: number | undefined;
  readonly #end: StepOutcome | undefined;

  constructor(copies: number, length: number | undefined, end: StepOutcome | undefined) {
    this.#states = new Int32Array(copies * 4);
    this.#length = length;
    this.#end = end;
  }

  reset(copy: number, random: Random): void {
    const place = random.integer(ROOM);
    const length = this.#length ?? 2 + random.integer(4);
    const end = this.#end ?? 1 + random.integer(2);
    this.#states.set([0, place, length, end], copy * 4);
  }

  step(copy: number, random: Random, batch: VecBatch): StepOutcome {
    const at = copy * 4;
    const states = this.#states;
    const move = batch.actions[copy * 2] + batch.actions[copy * 2 + 1] - 2 + random.integer(2);
    states[at]++;
    states[at + 1] += move;
    batch.metrics[copy] += Math.abs(move);
    batch.rewards[copy * 2] = states[at + 1];
    batch.rewards[copy * 2 + 1] = states[at] > 2 ? 0 : states[at + 1] / 2;
    return states[at] < states[at + 2] ? StepOutcome.running : (states[at + 3] as StepOutcome);
  }

  observe(copy: number, batch: VecBatch): void {
    const [time, place, length] = this.#states.subarray(copy * 4, copy * 4 + 3);
    const dead = time >= 2;
    batch.observations.set([place, 0, 0], copy * 6);
    batch.observations.set(dead ? [0, 0, 0] : [place, time, length], copy * 6 + 3);
    batch.state.set([time, place], copy * 2);
    batch.mask.set([1, 1, 0, 1, dead ? 0 : 1, dead ? 0 : 1], copy * 6);
    batch.alive[copy * 2 + 1] = dead ? 0 : 1;
  }

  saveState(copy: number): WalkState {
    const [time, place, length, end] = this.#states.subarray(copy * 4, copy * 4 + 4);
    return { time, place, length, end };
  }

  loadState(copy: number, { time, place, length, end }: WalkState): void {
    this.#states.set([time, place, length, end], copy * 4);
  }
}
