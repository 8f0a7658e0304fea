/** Random rows of several categorical heads. */
import * as fc from "fast-check";
import { Random } from "../../src/tensor/random.ts";

export interface HeadCase {
  readonly rows: number;
  readonly sizes: Int32Array;
  readonly width: number;
  readonly random: Random;
}

export function headCase(rows: number, sizes: readonly number[], seed: number): HeadCase {
  const width = sizes.reduce((sum, size) => sum + size, 0);
  return { rows, sizes: Int32Array.from(sizes), width, random: Random.fromSeed(seed).derive("heads") };
}

/** Few rows, heads of 1 to 9 actions, also many heads and one wide head. */
export const headCases = fc
  .tuple(
    fc.integer({ min: 0, max: 9 }),
    fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
    fc.integer({ min: 0, max: 2 ** 31 }),
  )
  .map(([rows, sizes, seed]) => headCase(rows, sizes, seed));

export interface Head {
  readonly row: number;
  readonly head: number;
  /** Index of the head's first value and the number of its values. */
  readonly start: number;
  readonly size: number;
  /** row · heads + head. */
  readonly index: number;
}

/** Every head of every row. */
export function* headsOf({ rows, sizes }: HeadCase): Generator<Head> {
  let start = 0;
  for (let row = 0; row < rows; row++) {
    for (const [head, size] of sizes.entries()) {
      yield { row, head, start, size, index: row * sizes.length + head };
      start += size;
    }
  }
}

/** [rows,width] normals times scale; a share of them, but never a whole head, is −∞. */
export function randomLogits(heads: HeadCase, scale = 2, masked = 0.2): Float32Array {
  const { rows, width, random } = heads;
  const logits = Float32Array.from({ length: rows * width }, () => scale * random.normal());
  for (const { start, size } of headsOf(heads)) {
    const kept = random.integer(size);
    for (let i = 0; i < size; i++) {
      if (i !== kept && random.float() < masked) logits[start + i] = Number.NEGATIVE_INFINITY;
    }
  }
  return logits;
}

/** An action of every head. */
export function randomActions(heads: HeadCase): Int32Array {
  return Int32Array.from([...headsOf(heads)], ({ size }) => heads.random.integer(size));
}

export function normals({ random }: HeadCase, length: number): Float32Array {
  return Float32Array.from({ length }, () => random.normal());
}
