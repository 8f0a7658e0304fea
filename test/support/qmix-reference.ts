/** QMIX in f64, straight from its equations, one episode and one agent at a time. */
import type { NamedTensor } from "../../src/nn/parameters.ts";
import { choices, heads, type PlainEpisode, type PlainMoment, team } from "./qmix-scene.ts";

type Vector = readonly number[];
type Tensors = Readonly<
  Record<string, NamedTensor | { readonly shape: Vector; readonly values: Float64Array }>
>;

export interface ReferenceOptions {
  readonly recurrent: boolean;
  readonly agentId: boolean;
  readonly lastAction: boolean;
  readonly mixer: "qmix" | "vdn";
  /** Which network each agent has, and which of its users it is. */
  readonly networks: readonly { readonly network: number; readonly member: number; readonly users: number }[];
}

export const sharedNetworks = [
  { network: 0, member: 0, users: 2 },
  { network: 0, member: 1, users: 2 },
  { network: 1, member: 0, users: 1 },
];
export const ownNetworks = [0, 1, 2].map((network) => ({ network, member: 0, users: 1 }));

const relu = (x: number): number => Math.max(0, x);
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const elu = (x: number): number => (x > 0 ? x : Math.expm1(x));

/** x·W + b of the tensors `weight` and `bias`; without bias, x·W. */
function linear(tensors: Tensors, weight: string, bias: string | undefined, x: Vector): number[] {
  const { shape, values } = tensors[weight];
  return Array.from({ length: shape[1] }, (_, j) =>
    x.reduce((sum, xi, i) => sum + xi * values[i * shape[1] + j], bias ? tensors[bias].values[j] : 0),
  );
}
const layer = (tensors: Tensors, name: string, x: Vector): number[] =>
  linear(tensors, `${name}.weight`, `${name}.bias`, x);

/** Utilities of one input, and the memory that follows. */
export function utilityReference(
  tensors: Tensors,
  prefix: string,
  recurrent: boolean,
  input: Vector,
  memory: Vector,
): { readonly utilities: number[]; readonly memory: Vector } {
  const x = layer(tensors, `${prefix}input`, input).map(relu);
  if (!recurrent) {
    const hidden = layer(tensors, `${prefix}hidden`, x).map(relu);
    return { utilities: layer(tensors, `${prefix}output`, hidden), memory };
  }
  const [seen, past] = [layer(tensors, `${prefix}gates`, x), layer(tensors, `${prefix}memory`, memory)];
  const size = memory.length;
  const next = memory.map((before, i) => {
    const reset = sigmoid(seen[i] + past[i]);
    const update = sigmoid(seen[size + i] + past[size + i]);
    const fresh = Math.tanh(seen[2 * size + i] + reset * past[2 * size + i]);
    return (1 - update) * fresh + update * before;
  });
  return { utilities: layer(tensors, `${prefix}output`, next), memory: next };
}

export function mixReference(tensors: Tensors, mixer: "qmix" | "vdn", q: Vector, state: Vector): number {
  if (mixer === "vdn") return q.reduce((sum, qi) => sum + qi, 0);
  const weights = (name: string): number[] =>
    layer(tensors, `mixer.${name}.weights`, layer(tensors, `mixer.${name}.hidden`, state).map(relu)).map(
      Math.abs,
    );
  const [first, second] = [weights("first"), weights("second")];
  const hidden = layer(tensors, "mixer.first.bias", state).map((bias, e, { length }) =>
    elu(q.reduce((sum, qi, i) => sum + qi * first[i * length + e], bias)),
  );
  const value = layer(tensors, "mixer.value.hidden", state).map(relu);
  const [v] = layer(tensors, "mixer.value.output", value);
  return hidden.reduce((sum, h, e) => sum + h * second[e], v);
}

/** Utilities [moments][agent][choices] of an episode. */
function unroll(
  tensors: Tensors,
  options: ReferenceOptions,
  { moments, actions }: PlainEpisode,
): number[][][] {
  const memories: Vector[] = team.agents.map((_, agent) =>
    new Array(tensors[`agents.${options.networks[agent].network}.input.bias`].shape[0]).fill(0),
  );
  return moments.map((moment, t) =>
    team.agents.map((_, agent) => {
      const { network } = options.networks[agent];
      const input = inputOf(options, moment, agent, actions[t - 1]);
      const step = utilityReference(tensors, `agents.${network}.`, options.recurrent, input, memories[agent]);
      memories[agent] = step.memory;
      return step.utilities;
    }),
  );
}

export function inputOf(
  { agentId, lastAction, networks }: ReferenceOptions,
  { observations }: PlainMoment,
  agent: number,
  before: Vector | undefined,
): number[] {
  const { member, users } = networks[agent];
  const last = new Array(lastAction ? choices[agent] : 0).fill(0);
  for (const [head, place] of heads.entries()) {
    if (before && lastAction && place.agent === agent) last[place.first + before[head]] = 1;
  }
  const id = agentId && users > 1 ? Array.from({ length: users }, (_, i) => Number(i === member)) : [];
  return [...observations[agent], ...last, ...id];
}

/** y of every step of an episode. */
export function targetsReference(
  online: Tensors,
  target: Tensors,
  options: ReferenceOptions,
  episode: PlainEpisode,
  gamma: number,
): number[] {
  const [chooses, judges] = [online, target].map((tensors) => unroll(tensors, options, episode));
  return episode.actions.map((_, t) => {
    const reward = episode.rewards[t].reduce((sum, value) => sum + value, 0);
    if (episode.terminated && t === episode.actions.length - 1) return reward;
    const { masks, alive, state } = episode.moments[t + 1];
    const q = heads.map(({ agent, first, size }) => {
      const legal = Array.from({ length: size }, (_, k) => first + k).filter((k) => masks[agent][k] === 1);
      const utilities = chooses[t + 1][agent];
      const best = legal.reduce((sofar, k) => (utilities[k] > utilities[sofar] ? k : sofar));
      return alive[agent] * judges[t + 1][agent][best];
    });
    return reward + gamma * mixReference(target, options.mixer, q, state);
  });
}

/** Q_tot of every step of an episode, of what was done. */
export function valuesReference(
  tensors: Tensors,
  options: ReferenceOptions,
  episode: PlainEpisode,
): number[] {
  const utilities = unroll(tensors, options, episode);
  return episode.actions.map((actions, t) => {
    const { alive, state } = episode.moments[t];
    const q = heads.map(
      ({ agent, first }, head) => alive[agent] * utilities[t][agent][first + actions[head]],
    );
    return mixReference(tensors, options.mixer, q, state);
  });
}
