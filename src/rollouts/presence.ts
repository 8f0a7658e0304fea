/** Where an agent of a batch is there: agents may leave before the others, and come again with the next episode. */
import type { AgentBatch, Batch } from "./batch.ts";

export type Presence = Pick<AgentBatch, "alive" | "cutAlive">;

/** [rows], 1 where an agent is not there after the row, nor again before the batch or the episode ends. */
export function departures({ rows, cuts }: Batch, { alive, cutAlive }: Presence): Uint8Array {
  const gone = new Uint8Array(rows);
  let cut = cuts.length;
  for (let row = rows - 1; row >= 0; row--) {
    if (row === cuts[cut - 1]) gone[row] = cutAlive[--cut] ? 0 : 1;
    else gone[row] = alive[row + 1] ? 0 : gone[row + 1];
  }
  return gone;
}

/** Of rows of `width` values those in which the agent is there; the same array when it always is. */
export function presentRows<Values extends Float32Array | Int32Array>(
  values: Values,
  alive: Uint8Array,
  width = 1,
): Values {
  if (!alive.includes(0)) return values;
  return values.filter((_, i) => alive[Math.floor(i / width)] === 1) as Values;
}
