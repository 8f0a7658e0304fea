/**
 * The replay memory: the last so many episodes, oldest first. It is a value: `with` gives a new one, so that an update
 * that fails has changed nothing. Episodes themselves are never copied.
 */
import type { NamedTensor } from "../../nn/parameters.ts";
import type { Random } from "../../tensor/random.ts";
import { InvalidInputError } from "../../validation/errors.ts";
import { join } from "./assemble-episodes.ts";
import type { Episode } from "./episode.ts";

/** @throws InvalidInputError when a full memory would have too few episodes for an update, so that none ever came */
export function requireRoom(replayEpisodes: number, batchEpisodes: number): void {
  if (replayEpisodes >= batchEpisodes) return;
  throw new InvalidInputError(
    `replayEpisodes is ${replayEpisodes}, but each update takes ${batchEpisodes} episodes (batchEpisodes): nothing ` +
      "would ever be learned; make replayEpisodes at least batchEpisodes.",
  );
}

export class Replay {
  readonly capacity: number;
  /** Oldest first. */
  readonly episodes: readonly Episode[];

  constructor(capacity: number, episodes: readonly Episode[] = []) {
    this.capacity = capacity;
    this.episodes = episodes.slice(-capacity);
  }

  /** With newer episodes; the oldest go when there are more than `capacity`. */
  with(episodes: readonly Episode[]): Replay {
    return episodes.length === 0 ? this : new Replay(this.capacity, [...this.episodes, ...episodes]);
  }

  /** `count` different episodes, each set of them equally likely (Floyd's algorithm). */
  sample(count: number, random: Random): Episode[] {
    const chosen = new Set<number>();
    for (let last = this.episodes.length - count; last < this.episodes.length; last++) {
      const index = random.integer(last + 1);
      chosen.add(chosen.has(index) ? last : index);
    }
    return Array.from(chosen, (index) => this.episodes[index]);
  }

  /** All rows one after another, and length and kind of end of each episode. @param width numbers in a row */
  save(width: number): { readonly rows: NamedTensor; readonly ends: NamedTensor } {
    const rows = join(this.episodes.map((episode) => episode.rows));
    const ends = this.episodes.flatMap(({ length, terminated }) => [length, Number(terminated)]);
    return {
      rows: { shape: [rows.length / width, width], values: rows },
      ends: { shape: [this.episodes.length, 2], values: Float32Array.from(ends) },
    };
  }

  /** @throws InvalidInputError when the tensors are not what `save` made of rows of this width */
  static load(capacity: number, width: number, { rows, ends }: ReturnType<Replay["save"]>): Replay {
    const episodes: Episode[] = [];
    let start = 0;
    for (let i = 0; i < ends.values.length; i += 2) {
      const [length, terminated] = ends.values.subarray(i, i + 2);
      const end = start + (length + 1) * width;
      episodes.push({ rows: rows.values.slice(start, end), length, terminated: terminated === 1 });
      start = end;
    }
    if (
      start === rows.values.length &&
      episodes.every(({ length }) => Number.isInteger(length) && length > 0)
    ) {
      return new Replay(capacity, episodes);
    }
    throw new InvalidInputError(
      `the replay memory has ${rows.values.length} numbers, but its ${episodes.length} episodes need ${start}; ` +
        "load what was saved with this task.",
    );
  }
}
