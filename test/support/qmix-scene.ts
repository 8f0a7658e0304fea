/** A team of unequal agents, batches of random play of it, and the episodes in them as plain objects. */
import type { TaskShape } from "../../src/algorithms/algorithm.ts";
import type { Batch } from "../../src/rollouts/batch.ts";
import { Random } from "../../src/tensor/random.ts";

/** Two equal agents that may share a network, and one with two heads; everything that a task may have. */
export const team: TaskShape = {
  agents: ["a", "b", "c"],
  observationSizes: [3, 3, 2],
  action: "discrete",
  headSizes: [[3], [3], [2, 2]],
  actionSizes: [1, 1, 2],
  masked: true,
  stateSize: 4,
  agentStateSize: 0,
};
/** Choices of each agent, and the joint action's heads: which agent's, and which of its choices they are. */
export const choices = [3, 3, 4];
export const heads = [
  { agent: 0, first: 0, size: 3 },
  { agent: 1, first: 0, size: 3 },
  { agent: 2, first: 0, size: 2 },
  { agent: 2, first: 2, size: 2 },
];

/** What a moment shows of each agent. */
export interface PlainMoment {
  readonly observations: readonly (readonly number[])[];
  readonly masks: readonly (readonly number[])[];
  readonly alive: readonly number[];
  readonly state: readonly number[];
}
export interface PlainEpisode {
  /** One more than actions. */
  readonly moments: readonly PlainMoment[];
  readonly actions: readonly (readonly number[])[];
  /** Of each agent. */
  readonly rewards: readonly (readonly number[])[];
  readonly terminated: boolean;
}

/**
 * Random legal play: after each step an episode ends with probability 1/4, of which half are terminations.
 * @param begun steps that the copies' episodes already have
 */
export function randomPlay(
  copies: number,
  steps: number,
  seed: number,
  begun: readonly number[] = [],
): Batch {
  const random = Random.fromSeed(seed).derive("play");
  const rows = copies * steps;
  const normals = (length: number) => Float32Array.from({ length }, () => random.normal());
  const terminated = new Uint8Array(rows);
  const truncated = new Uint8Array(rows);
  const cuts: number[] = [];
  for (let row = 0; row < rows; row++) {
    const end = random.integer(8);
    terminated[row] = end === 0 ? 1 : 0;
    truncated[row] = end === 1 ? 1 : 0;
    if (end < 2 || (row + 1) % steps === 0) cuts.push(row);
  }
  const flags = (length: number) => Uint8Array.from({ length }, () => (random.integer(4) > 0 ? 1 : 0));
  const masks = team.observationSizes.map((_, agent) => randomMasks(random, rows, agent));
  const actions = Int32Array.from({ length: rows * heads.length }, (_, i) => {
    const { agent, first, size } = heads[i % heads.length];
    const from = Math.floor(i / heads.length) * choices[agent] + first;
    const legal = Array.from({ length: size }, (_, k) => k).filter((k) => masks[agent][from + k] === 1);
    return legal[random.integer(legal.length)];
  });
  return {
    rows,
    copies,
    steps,
    actions,
    terminated,
    truncated,
    cuts: Int32Array.from(cuts),
    agents: team.observationSizes.map((size, agent) => ({
      observations: normals(rows * size),
      rewards: normals(rows),
      alive: flags(rows),
      masks: masks[agent],
      cutObservations: normals(cuts.length * size),
      cutAlive: flags(cuts.length),
      cutMasks: randomMasks(random, cuts.length, agent),
    })),
    state: normals(rows * team.stateSize),
    newEpisodes: begun.length === 0,
    cutStates: normals(cuts.length * team.stateSize),
    memory: Float32Array.from({ length: copies }, (_, copy) => begun[copy] ?? 0),
    episodes: { count: 0, returns: new Float64Array(0), lengths: new Int32Array(0) },
  };
}

/** At least one choice of every head is legal. */
function randomMasks(random: Random, rows: number, agent: number): Uint8Array {
  const masks = Uint8Array.from({ length: rows * choices[agent] }, () => random.integer(2));
  for (let row = 0; row < rows; row++) {
    for (const { first, size } of heads.filter((head) => head.agent === agent)) {
      masks[row * choices[agent] + first + random.integer(size)] = 1;
    }
  }
  return masks;
}

/** The whole episodes of batches that follow each other, copy after copy in the order of their ends. */
export function plainEpisodes(batches: readonly Batch[]): PlainEpisode[] {
  const [{ copies }] = batches;
  const open = Array.from({ length: copies }, emptyEpisode);
  const finished: PlainEpisode[] = [];
  for (const batch of batches) {
    for (let row = 0; row < batch.rows; row++) {
      const copy = Math.floor(row / batch.steps);
      const { moments, actions, rewards } = open[copy];
      moments.push(momentOf(batch, row));
      actions.push([...batch.actions.slice(row * heads.length, (row + 1) * heads.length)]);
      rewards.push(batch.agents.map((agent) => agent.rewards[row]));
      if (batch.terminated[row] + batch.truncated[row] === 0) continue;
      moments.push(momentAfter(batch, batch.cuts.indexOf(row)));
      finished.push({ moments, actions, rewards, terminated: batch.terminated[row] === 1 });
      open[copy] = emptyEpisode();
    }
  }
  return finished;
}

const emptyEpisode = () => ({
  moments: [] as PlainMoment[],
  actions: [] as number[][],
  rewards: [] as number[][],
});

const slice = (all: Float32Array | Uint8Array | undefined, row: number, size: number): number[] =>
  Array.from(all ?? []).slice(row * size, (row + 1) * size);

function momentOf({ agents, state }: Batch, row: number): PlainMoment {
  return {
    observations: agents.map((agent, i) => slice(agent.observations, row, team.observationSizes[i])),
    masks: agents.map(({ masks }, i) => slice(masks, row, choices[i])),
    alive: agents.map(({ alive }) => alive[row]),
    state: slice(state, row, team.stateSize),
  };
}

function momentAfter({ agents, cutStates }: Batch, cut: number): PlainMoment {
  return {
    observations: agents.map((agent, i) => slice(agent.cutObservations, cut, team.observationSizes[i])),
    masks: agents.map(({ cutMasks }, i) => slice(cutMasks, cut, choices[i])),
    alive: agents.map(({ cutAlive }) => cutAlive[cut]),
    state: slice(cutStates, cut, team.stateSize),
  };
}

/** Batches of random play of which each goes on where the one before ended. */
export function playsInARow(count: number, copies: number, steps: number, seed: number): Batch[] {
  let begun: readonly number[] = new Array<number>(copies).fill(0);
  return Array.from({ length: count }, (_, i) => {
    const batch = randomPlay(copies, steps, seed + i, begun);
    begun = begun.map((before, copy) => {
      const ends = batch.terminated.map((end, row) => end + batch.truncated[row]);
      const last = ends.subarray(copy * steps, (copy + 1) * steps).lastIndexOf(1);
      return last < 0 ? before + steps : steps - 1 - last;
    });
    return batch;
  });
}
