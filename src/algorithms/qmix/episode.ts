/**
 * One episode as replay keeps it: a row of numbers a step, and one for what was seen at the end. A row holds
 *   observations of all agents | central state | actions of all heads | team reward | who was there and what was legal
 * the last as bits, 24 to a number, which f32 holds exactly.
 */
import type { TaskShape } from "../algorithm.ts";

/** Bits that a number of a row holds. */
const WORD = 24;

export interface Episode {
  /** [length + 1, width]; actions and reward of the last row are 0. Never changed. */
  readonly rows: Float32Array;
  /** Steps. */
  readonly length: number;
  /** Whether its last state has no value. */
  readonly terminated: boolean;
}

/** Where things are in a row, by index. */
export class RowLayout {
  /** First number of each agent's observation. */
  readonly observations: readonly number[];
  readonly observationSizes: readonly number[];
  readonly state: number;
  readonly stateSize: number;
  readonly actions: number;
  /** Heads of the joint action. */
  readonly heads: number;
  readonly reward: number;
  /** Choices of each agent, all heads. */
  readonly choices: readonly number[];
  /** Numbers in a row. */
  readonly width: number;
  readonly #masked: boolean;
  readonly #flags: number;
  /** First bit of each agent: whether it is there, then its mask. */
  readonly #bits: readonly number[];

  constructor({ observationSizes, stateSize, headSizes, masked }: TaskShape) {
    const bitsOf = (choices: number): number => 1 + (masked ? choices : 0);
    this.observationSizes = observationSizes;
    this.observations = starts(observationSizes);
    this.stateSize = stateSize;
    this.state = total(observationSizes);
    this.actions = this.state + stateSize;
    this.heads = headSizes.flat().length;
    this.reward = this.actions + this.heads;
    this.choices = headSizes.map(total);
    this.#masked = masked;
    this.#flags = this.reward + 1;
    this.#bits = starts(this.choices.map(bitsOf));
    this.width = this.#flags + Math.ceil(total(this.choices.map(bitsOf)) / WORD);
  }

  /** Notes whether an agent is there and, if the task masks, what it may do: `mask` from `from` on. */
  writeFlags(
    row: Float32Array,
    agent: number,
    alive: number,
    mask: Uint8Array | undefined,
    from: number,
  ): void {
    this.#setBit(row, this.#bits[agent], alive);
    if (!this.#masked) return;
    const { [agent]: choices } = this.choices;
    for (let k = 0; k < choices; k++) this.#setBit(row, this.#bits[agent] + 1 + k, mask ? mask[from + k] : 1);
  }

  isAlive(rows: Float32Array, row: number, agent: number): boolean {
    return this.#bit(rows, row, this.#bits[agent]);
  }

  /** `choice` counts through all heads of the agent. */
  isLegal(rows: Float32Array, row: number, agent: number, choice: number): boolean {
    return !this.#masked || this.#bit(rows, row, this.#bits[agent] + 1 + choice);
  }

  #setBit(row: Float32Array, bit: number, value: number): void {
    if (value) row[this.#flags + Math.floor(bit / WORD)] += 1 << (bit % WORD);
  }

  #bit(rows: Float32Array, row: number, bit: number): boolean {
    const word = rows[row * this.width + this.#flags + Math.floor(bit / WORD)];
    return ((word >>> (bit % WORD)) & 1) === 1;
  }
}

/** Where each part starts when parts of these sizes stand one after another. */
export function starts(sizes: readonly number[]): number[] {
  let start = 0;
  return sizes.map((size) => {
    start += size;
    return start - size;
  });
}

export const total = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + size, 0);
