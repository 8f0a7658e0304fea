/** Episodes of a batch side by side, time first: padded with zeros to the longest, `filled` tells what is real. */
import type { AgentGroup } from "./agent-group.ts";
import type { Episode, RowLayout } from "./episode.ts";

/** T steps of the longest of B episodes; T + 1 where what follows the last step counts too. */
export interface EpisodeBatch {
  readonly steps: number;
  readonly episodes: number;
  /** [T, B], 1 where the episode has that step. */
  readonly filled: Float32Array;
  /** [T, B]. */
  readonly rewards: Float32Array;
  /** [T, B], 1 where nothing follows. */
  readonly terminated: Uint8Array;
  /** [T, B, heads], each counted within its head. */
  readonly actions: Int32Array;
  /** [T + 1, B, size of a state]: the central state, or all observations where the task has none. */
  readonly states: Float32Array;
  /** [T + 1, B, heads], 1 where the agent of the head is there. */
  readonly alive: Float32Array;
  /** A group: [T + 1, B, agents, inputSize]. */
  readonly inputs: readonly Float32Array[];
  /** A group: [T + 1, B, agents, choices], 1 = legal. */
  readonly legal: readonly Uint8Array[];
}

/** Numbers that the mixer is shown of a state. */
export function mixedStateSize({ state, stateSize }: RowLayout): number {
  return stateSize > 0 ? stateSize : state;
}

export function padEpisodes(
  layout: RowLayout,
  groups: readonly AgentGroup[],
  episodes: readonly Episode[],
): EpisodeBatch {
  const steps = episodes.reduce((most, { length }) => Math.max(most, length), 0);
  const count = episodes.length;
  const [cells, padded] = [steps * count, (steps + 1) * count];
  const batch: EpisodeBatch = {
    steps,
    episodes: count,
    filled: new Float32Array(cells),
    rewards: new Float32Array(cells),
    terminated: new Uint8Array(cells),
    actions: new Int32Array(cells * layout.heads),
    states: new Float32Array(padded * mixedStateSize(layout)),
    alive: new Float32Array(padded * layout.heads),
    inputs: groups.map(({ agents, inputSize }) => new Float32Array(padded * agents.length * inputSize)),
    legal: groups.map(({ agents, choices }) => new Uint8Array(padded * agents.length * choices)),
  };
  for (const [place, episode] of episodes.entries()) {
    for (let step = 0; step <= episode.length; step++) {
      const cell = step * count + place;
      showStep(layout, groups, episode, step, batch, cell);
      if (step < episode.length) tellStep(layout, episode, step, batch, cell);
    }
  }
  return batch;
}

/** What was done and paid. */
function tellStep(
  layout: RowLayout,
  episode: Episode,
  step: number,
  batch: EpisodeBatch,
  cell: number,
): void {
  const { heads, actions, reward, width } = layout;
  const row = step * width;
  batch.filled[cell] = 1;
  batch.rewards[cell] = episode.rows[row + reward];
  batch.terminated[cell] = episode.terminated && step === episode.length - 1 ? 1 : 0;
  for (let head = 0; head < heads; head++) {
    batch.actions[cell * heads + head] = episode.rows[row + actions + head];
  }
}

/** What was seen and what was possible. */
function showStep(
  layout: RowLayout,
  groups: readonly AgentGroup[],
  { rows }: Episode,
  step: number,
  { states, alive, inputs, legal }: EpisodeBatch,
  cell: number,
): void {
  const { width, heads, actions } = layout;
  const row = rows.subarray(step * width, (step + 1) * width);
  const before = step > 0 ? rows.subarray((step - 1) * width + actions, step * width) : undefined;
  const stateSize = mixedStateSize(layout);
  const firstOfState = layout.stateSize > 0 ? layout.state : 0;
  states.set(row.subarray(firstOfState, firstOfState + stateSize), cell * stateSize);
  for (const [g, group] of groups.entries()) {
    const { inputSize, choices, observationSize, headSizes, jointHeads } = group;
    for (const [member, agent] of group.agents.entries()) {
      const slot = cell * group.agents.length + member;
      const { [agent]: first } = layout.observations;
      const into = inputs[g].subarray(slot * inputSize, (slot + 1) * inputSize);
      group.writeInput(into, member, row.subarray(first, first + observationSize), before);
      for (let k = 0; k < choices; k++) {
        legal[g][slot * choices + k] = layout.isLegal(rows, step, agent, k) ? 1 : 0;
      }
      if (!layout.isAlive(rows, step, agent)) continue;
      for (const k of headSizes.keys()) alive[cell * heads + jointHeads[member * headSizes.length + k]] = 1;
    }
  }
}
