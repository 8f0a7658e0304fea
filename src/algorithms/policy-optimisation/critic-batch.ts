/** A critic's part of a batch while it is fitted: what it sees, what it said of it and what it learns to say. */
import type { NetworkData } from "../../nn/network-tape.ts";
import type { RememberedValues } from "./critic-memory.ts";
import { takeRows } from "./rows.ts";
import type { Sequences } from "./sequences.ts";

/** All views of a batch, one below another. */
export interface CriticRows {
  /** [views · rows, inputSize]. */
  readonly input: Float32Array;
  /** [views · rows] V before the fit, in the units of the critic's choice. */
  readonly old: Float32Array;
  /** [views · rows], in units of rewards. */
  readonly targets: Float32Array;
  /** [views · rows], 1 where the agent was there. */
  readonly alive: Uint8Array;
}

/** What a critic that remembers did on its way through a batch. */
export interface Remembered extends Pick<RememberedValues, "memories" | "last"> {
  readonly sequences: Sequences;
}

/** Some of these rows with what the network reads, by time where it remembers. */
export type CriticSamples = NetworkData & Omit<CriticRows, "input">;

export class CriticBatch {
  /** Rows, or chunks where the critic remembers: what minibatches are made of. */
  readonly units: number;
  readonly #all: CriticRows;
  readonly #remembered: Remembered | undefined;

  constructor(all: CriticRows, remembered: Remembered | undefined) {
    this.units = all.targets.length / (remembered?.sequences.length ?? 1);
    this.#all = all;
    this.#remembered = remembered;
  }

  /** All rows, or those of the units `at`. */
  select(at?: Int32Array): CriticSamples {
    if (!this.#remembered) return this.#take(at);
    const { sequences, memories } = this.#remembered;
    const chunks = at ?? Int32Array.from({ length: this.units }, (_, chunk) => chunk);
    // Every view is whole chunks, so those of all views are numbered through.
    const places = sequences.rowsOf(chunks);
    const starts = sequences.startsAt(places);
    const initial = takeRows(memories, memories.length / this.units, chunks);
    return { ...this.#take(places), memory: { initial, starts } };
  }

  #take(places: Int32Array | undefined): CriticSamples {
    const { input, old, targets, alive } = this.#all;
    return {
      rows: places?.length ?? targets.length,
      input: takeRows(input, input.length / targets.length, places),
      old: takeRows(old, 1, places),
      targets: takeRows(targets, 1, places),
      alive: takeRows(alive, 1, places),
    };
  }
}
