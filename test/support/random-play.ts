/** Statistics of uniformly random play, to compare with those of other programs. */
import type { EnvironmentDefinition } from "../../src/environments/environment.ts";
import { type VectorisedEnv, vectorise } from "../../src/environments/vectorise.ts";
import { Random } from "../../src/tensor/random.ts";

/** Of a sample: mean, standard error of the mean, standard deviation. */
export interface Moments {
  readonly mean: number;
  readonly error: number;
  readonly deviation: number;
}

const COPIES = 100;

/**
 * Writes random actions of all copies, uniform over each agent's choices or between its bounds.
 * @param shared every agent of a copy does what the first does
 */
export function actRandomly({ batch, spec }: VectorisedEnv, random: Random, shared = false): void {
  const { agents, action, actionSize, actionSizes, headSizes, low, high } = spec;
  const slots = agents.length * actionSize;
  for (let i = 0; i < batch.actions.length; i++) {
    const k = i % slots;
    const agent = Math.floor(k / actionSize);
    const entry = k % actionSize;
    if (entry >= actionSizes[agent]) continue;
    if (shared && k >= actionSize) batch.actions[i] = batch.actions[i - actionSize];
    else if (action === "discrete") batch.actions[i] = random.integer(headSizes[agent][entry]);
    else batch.actions[i] = random.uniform(low?.[k] ?? 0, high?.[k] ?? 1);
  }
}

/** What `measure` makes of the agents' returns, over at least `episodes` episodes of the same length. */
export function playRandomly<Name extends string>(
  definition: EnvironmentDefinition,
  { episodes, shared }: { readonly episodes: number; readonly shared: boolean },
  measure: (returns: readonly number[]) => Record<Name, number>,
): Record<Name, Moments> {
  const env = vectorise(definition, { copies: COPIES, seed: 12345 });
  const agents = env.spec.agents.length;
  const random = Random.fromSeed("random play");
  const samples: Record<Name, number>[] = [];
  while (samples.length < episodes) {
    do {
      actRandomly(env, random, shared);
      env.step();
    } while (env.batch.truncated[0] === 0);
    for (let copy = 0; copy < COPIES; copy++)
      samples.push(measure([...env.batch.episodeReturns.subarray(copy * agents, (copy + 1) * agents)]));
  }
  const names = Object.keys(samples[0]) as Name[];
  const moments = names.map((name) => [name, momentsOf(samples.map((sample) => sample[name]))]);
  return Object.fromEntries(moments) as Record<Name, Moments>;
}

function momentsOf(values: readonly number[]): Moments {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return { mean, error: Math.sqrt(variance / n), deviation: Math.sqrt(variance) };
}
