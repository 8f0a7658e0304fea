/**
 * How the rows of a batch follow each other, for policies that remember: each copy's steps are cut into chunks, through
 * which gradients pass, and between which they do not. Networks read chunks side by side, ordered by time.
 */
import type { Batch } from "../../rollouts/batch.ts";
import { InvalidInputError } from "../../validation/errors.ts";

/** @throws InvalidInputError when the steps of a copy cannot be cut into chunks of one length */
export function requireWholeChunks(stepsPerIteration: number, copies: number, chunkLength: number): void {
  const steps = stepsPerIteration / copies;
  if (!Number.isInteger(steps) || steps % chunkLength === 0) return;
  throw new InvalidInputError(
    `chunkLength is ${chunkLength}, but each of the ${copies} copies has ${steps} steps an iteration, which it does ` +
      "not divide; change one of stepsPerIteration, environmentCopies and chunkLength.",
  );
}

export class Sequences {
  readonly copies: number;
  readonly length: number;
  /** Chunks of all copies: number copy · chunks a copy + chunk. */
  readonly chunks: number;
  readonly chunksPerCopy: number;
  /** [rows of an agent], 1 where an episode begins after another within the batch. */
  readonly starts: Uint8Array;

  constructor({ rows, copies, steps, terminated, truncated }: Batch, chunkLength: number) {
    this.copies = copies;
    this.length = chunkLength;
    this.chunks = rows / chunkLength;
    this.chunksPerCopy = steps / chunkLength;
    this.starts = new Uint8Array(rows);
    for (let row = 1; row < rows; row++) {
      if (row % steps > 0) this.starts[row] = terminated[row - 1] | truncated[row - 1];
    }
  }

  /** Rows of these chunks by time: row step · chunks + i is step `step` of the i-th chunk. */
  rowsOf(chunks: Int32Array): Int32Array {
    const rows = new Int32Array(chunks.length * this.length);
    for (let step = 0; step < this.length; step++) {
      for (let i = 0; i < chunks.length; i++) rows[step * chunks.length + i] = chunks[i] * this.length + step;
    }
    return rows;
  }

  /** [places], 1 where an episode begins; places of several agents or views stand one below another. */
  startsAt(places: Int32Array): Uint8Array {
    return Uint8Array.from(places, (place) => this.starts[place % this.starts.length]);
  }

  /** The chunks at one place in every copy. */
  chunksAt(place: number): Int32Array {
    return Int32Array.from({ length: this.copies }, (_, copy) => copy * this.chunksPerCopy + place);
  }
}

/** The same places for agents that stand one below another, `stride` apart; by time when `steps` > 1. */
export function forMembers(
  members: readonly number[],
  places: Int32Array,
  stride: number,
  steps = 1,
): Int32Array {
  const width = places.length / steps;
  const all = new Int32Array(members.length * places.length);
  let i = 0;
  for (let step = 0; step < steps; step++) {
    for (const member of members) {
      for (let k = 0; k < width; k++) all[i++] = member * stride + places[step * width + k];
    }
  }
  return all;
}
