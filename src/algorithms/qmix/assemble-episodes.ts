/**
 * Cuts batches into episodes. An episode may begin in one iteration and end in another; what is open at the end of a
 * batch is handed back and goes into the next call.
 */
import type { Batch } from "../../rollouts/batch.ts";
import { type Episode, type RowLayout, starts } from "./episode.ts";
import type { QmixSettings } from "./options.ts";

/** The episode of a copy that has not ended. */
export interface OpenEpisode {
  /** [steps so far, width]. */
  readonly rows: Float32Array;
  /** Its beginning was never seen, so it is left out. */
  readonly broken: boolean;
}

export const unopened: OpenEpisode = { rows: new Float32Array(0), broken: false };

export interface Assembled {
  /** Copy after copy, in each by time. */
  readonly finished: readonly Episode[];
  /** One a copy. */
  readonly open: readonly OpenEpisode[];
}

/**
 * @param open what the call before handed back; copies beyond it have nothing open
 * @param batch whose policy's memory begins with the steps of the episode so far: they say whether a batch goes on where
 *   the last one ended, which it does not after an update that failed or in an environment that begins anew
 */
export function assembleEpisodes(
  layout: RowLayout,
  open: readonly OpenEpisode[],
  batch: Batch,
  settings: Pick<QmixSettings, "teamReward" | "timeLimits">,
): Assembled {
  const finished: Episode[] = [];
  const memorySize = batch.memory.length / batch.copies;
  const cutOf = new Map(Array.from(batch.cuts, (row, cut) => [row, cut]));
  const left = Array.from({ length: batch.copies }, (_, copy) => {
    const begun = open[copy] ?? unopened;
    const rows = encodeRows(layout, batch, copy, settings.teamReward === "mean" ? batch.agents.length : 1);
    let { rows: head, broken } = continued(begun, batch.memory[copy * memorySize], layout.width);
    let from = 0;
    for (let step = 0; step < batch.steps; step++) {
      const row = copy * batch.steps + step;
      const cut = cutOf.get(row);
      if (cut === undefined || batch.terminated[row] + batch.truncated[row] === 0) continue;
      const tail = rows.subarray(from * layout.width, (step + 1) * layout.width);
      const all = join([head, tail, encodeLast(layout, batch, cut)]);
      const terminated = batch.terminated[row] === 1 || settings.timeLimits === "terminal";
      if (!broken) finished.push({ rows: all, length: all.length / layout.width - 1, terminated });
      head = unopened.rows;
      broken = false;
      from = step + 1;
    }
    return { rows: join([head, rows.subarray(from * layout.width)]), broken };
  });
  return { finished, open: left };
}

function continued(begun: OpenEpisode, steps: number, width: number): OpenEpisode {
  if (steps === 0) return unopened;
  if (begun.broken || begun.rows.length !== steps * width) return { ...unopened, broken: true };
  return begun;
}

/** [steps, width]: what a copy saw, did and got. The team's reward is the sum over agents, divided by `divisor`. */
function encodeRows(layout: RowLayout, batch: Batch, copy: number, divisor: number): Float32Array {
  const { actions, agents, state } = batch;
  const { heads, stateSize, width, choices } = layout;
  const rows = new Float32Array(batch.steps * width);
  for (let step = 0; step < batch.steps; step++) {
    const from = copy * batch.steps + step;
    const row = rows.subarray(step * width, (step + 1) * width);
    let reward = 0;
    for (const [i, agent] of agents.entries()) {
      writeObservation(layout, row, i, agent.observations, from);
      layout.writeFlags(row, i, agent.alive[from], agent.masks, from * choices[i]);
      reward += agent.rewards[from];
    }
    row.set(state.subarray(from * stateSize, (from + 1) * stateSize), layout.state);
    for (let head = 0; head < heads; head++) row[layout.actions + head] = actions[from * heads + head];
    row[layout.reward] = reward / divisor;
  }
  return rows;
}

/** [width]: what followed the last step. */
function encodeLast(layout: RowLayout, { agents, cutStates }: Batch, cut: number): Float32Array {
  const { stateSize, choices } = layout;
  const row = new Float32Array(layout.width);
  for (const [i, { cutObservations, cutAlive, cutMasks }] of agents.entries()) {
    writeObservation(layout, row, i, cutObservations, cut);
    layout.writeFlags(row, i, cutAlive[cut], cutMasks, cut * choices[i]);
  }
  row.set(cutStates.subarray(cut * stateSize, (cut + 1) * stateSize), layout.state);
  return row;
}

function writeObservation(
  layout: RowLayout,
  row: Float32Array,
  agent: number,
  all: Float32Array,
  at: number,
) {
  const { [agent]: size } = layout.observationSizes;
  row.set(all.subarray(at * size, (at + 1) * size), layout.observations[agent]);
}

/** One after another. A list, since a full memory has more parts than a call may have arguments. */
export function join(parts: readonly Float32Array[]): Float32Array {
  const lengths = parts.map(({ length }) => length);
  const all = new Float32Array(lengths.reduce((sum, length) => sum + length, 0));
  for (const [i, start] of starts(lengths).entries()) all.set(parts[i], start);
  return all;
}
