/** Which units of a batch (rows, or chunks of sequences) each step of a pass takes. */
import type { Random } from "../../tensor/random.ts";

/** All units in one step, in their own order. */
export const WHOLE: readonly [undefined] = [undefined];

/**
 * The minibatches of one pass: a new random order cut into `count` parts whose sizes differ by at most 1.
 * One part is the whole batch and draws nothing.
 */
export function minibatches(
  units: number,
  count: number,
  random: Random,
): readonly (Int32Array | undefined)[] {
  if (count === 1) return WHOLE;
  const order = random.shuffle(Int32Array.from({ length: units }, (_, unit) => unit));
  const parts = Math.min(count, units);
  return Array.from({ length: parts }, (_, part) =>
    order.slice(Math.floor((part * units) / parts), Math.floor(((part + 1) * units) / parts)),
  );
}
