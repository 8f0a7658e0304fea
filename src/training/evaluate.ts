/**
 * Plays whole episodes with a fixed policy and says how good it is: mean ± standard error √(s²/n).
 * Each copy plays a number of episodes fixed beforehand; taking the first to finish would favour short ones.
 */
import type { Algorithm } from "../algorithms/algorithm.ts";
import type { AsyncVecEnv, MaybePromise } from "../environments/environment.ts";
import { Actor } from "../rollouts/actor.ts";
import { drive } from "../rollouts/drive.ts";
import { InvalidInputError } from "../validation/errors.ts";

export interface EvaluateOptions {
  /** How many episodes. @defaultValue 100 */
  readonly episodes?: number;
  /** Starts the environment's random streams. @defaultValue 1 */
  readonly seed?: number;
  /** Take the likeliest actions, as evaluations while training do; false samples them. @defaultValue true */
  readonly deterministic?: boolean;
}

export interface Statistic {
  readonly mean: number;
  /** √(sample variance / episodes); null for one episode. */
  readonly standardError: number | null;
}
export interface Evaluation {
  readonly episodes: number;
  /** Sum over agents of undiscounted rewards. */
  readonly return: Statistic;
  readonly agentReturns: Readonly<Record<string, Statistic>>;
  readonly length: Statistic;
  /** The environment's own measurements. */
  readonly metrics: Readonly<Record<string, Statistic>>;
}

/** Copies that play side by side. */
const COPIES = 100;
/** An episode that is not over by then will never be. */
const STEP_LIMIT = 1_000_000;

/**
 * Evaluates a policy; afterwards the algorithm is as it was, its random streams included.
 * @throws InvalidInputError for impossible options or endless episodes; NonFiniteError as training does
 */
export async function evaluate(
  algorithm: Algorithm,
  makeEnvironment: (copies: number) => AsyncVecEnv,
  { episodes = 100, seed = 1, deterministic = true }: EvaluateOptions = {},
): Promise<Evaluation> {
  if (!Number.isSafeInteger(episodes) || episodes < 1) {
    throw new InvalidInputError(`episodes is ${episodes}; it must be an integer of at least 1`);
  }
  const environment = makeEnvironment(Math.min(episodes, COPIES));
  const before = algorithm.save();
  try {
    return summarise(await drive(play(algorithm, environment, episodes, seed, deterministic)), environment);
  } finally {
    algorithm.load(before);
    await environment.close?.();
  }
}

interface Episode {
  readonly returns: Float64Array;
  readonly length: number;
  readonly metrics: Float32Array;
}

function* play(
  algorithm: Algorithm,
  environment: AsyncVecEnv,
  episodes: number,
  seed: number,
  deterministic: boolean,
): Generator<MaybePromise<void>, Episode[], void> {
  const { batch, copies, spec } = environment;
  const actor = new Actor(spec, copies, algorithm.memorySize);
  const left = Int32Array.from({ length: copies }, (_, copy) => Math.ceil((episodes - copy) / copies));
  const finished: Episode[] = [];
  yield environment.reset(seed);
  for (let step = 0; finished.length < episodes; step++) {
    if (step === STEP_LIMIT)
      throw new InvalidInputError(`${spec.id}: an episode did not end in ${STEP_LIMIT} steps.`);
    actor.act(algorithm, batch, step, deterministic);
    yield environment.step();
    actor.forgetEnded(batch);
    for (let copy = 0; copy < copies; copy++) {
      if (batch.terminated[copy] + batch.truncated[copy] === 0 || left[copy]-- <= 0) continue;
      finished.push(readEpisode(environment, copy));
    }
  }
  return finished;
}

function readEpisode({ batch, spec }: AsyncVecEnv, copy: number): Episode {
  const row = <T extends Float32Array | Float64Array>(all: T, size: number): T =>
    all.slice(copy * size, (copy + 1) * size) as T;
  return {
    returns: row(batch.episodeReturns, spec.agents.length),
    length: batch.episodeLengths[copy],
    metrics: row(batch.metrics, spec.metrics.length),
  };
}

function summarise(episodes: readonly Episode[], { spec }: AsyncVecEnv): Evaluation {
  const named = (names: readonly string[], value: (episode: Episode, index: number) => number) =>
    Object.fromEntries(
      names.map((name, i) => [name, statistic(episodes.map((episode) => value(episode, i)))]),
    );
  return {
    episodes: episodes.length,
    return: statistic(episodes.map(({ returns }) => returns.reduce((sum, value) => sum + value, 0))),
    agentReturns: named(spec.agents, ({ returns }, agent) => returns[agent]),
    length: statistic(episodes.map(({ length }) => length)),
    metrics: named(spec.metrics, ({ metrics }, i) => metrics[i]),
  };
}

/** Mean and standard error of a sample. */
export function statistic(values: readonly number[]): Statistic {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2) return { mean, standardError: null };
  const variance = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / (n - 1);
  return { mean, standardError: Math.sqrt(variance / n) };
}
