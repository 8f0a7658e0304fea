/**
 * Plays whole episodes with a fixed policy and says how good it is: mean ± standard error √(s²/n).
 * Each copy plays a number of episodes fixed beforehand; taking the first to finish would favour short ones.
 */
import type { Algorithm } from "../algorithms/algorithm.ts";
import type { AsyncVecEnv, EnvironmentSpec, MaybePromise } from "../environments/environment.ts";
import { Actor } from "../rollouts/actor.ts";
import { drive } from "../rollouts/drive.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { formatValue } from "../validation/format.ts";
import { givenOptions } from "../validation/given-options.ts";
import { requireKnownKeys } from "../validation/known-keys.ts";
import { requireSeed } from "./require-seed.ts";
import { sampleBySeed } from "./sample-by-seed.ts";

export interface EvaluateOptions {
  /** How many episodes. @defaultValue 100 */
  readonly episodes?: number;
  /** Every random number follows from it, of the environment and of sampled actions. @defaultValue 1 */
  readonly seed?: number;
  /** Take the likeliest actions, as evaluations while training do; false samples them. @defaultValue true */
  readonly deterministic?: boolean;
  /** Steps after which an episode counts as one that never ends. @defaultValue 100,000 */
  readonly longestEpisode?: number;
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
/** An episode that is not over by then will hardly ever be. */
const LONGEST_EPISODE = 100_000;

/**
 * Evaluates a policy: the same policy and seed give the same numbers, whatever was drawn before. Afterwards the
 * algorithm is as it was, its random streams included.
 * @throws InvalidInputError for impossible or unknown options or endless episodes; NonFiniteError as training does
 */
export async function evaluate(
  algorithm: Algorithm,
  makeEnvironment: (copies: number) => AsyncVecEnv,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const resolved = resolveOptions(options);
  const environment = makeEnvironment(Math.min(resolved.episodes, COPIES));
  const before = algorithm.save();
  try {
    sampleBySeed(algorithm, resolved.seed);
    return summarise(await drive(play(algorithm, environment, resolved)), environment);
  } finally {
    algorithm.load(before);
    await environment.close?.();
  }
}

const defaults: Required<EvaluateOptions> = {
  episodes: 100,
  seed: 1,
  deterministic: true,
  longestEpisode: LONGEST_EPISODE,
};

function resolveOptions(given: EvaluateOptions): Required<EvaluateOptions> {
  requireKnownKeys(given, Object.keys(defaults), "options of evaluate");
  const options: Required<EvaluateOptions> = { ...defaults, ...givenOptions(given) };
  for (const name of ["episodes", "longestEpisode"] as const) {
    if (Number.isSafeInteger(options[name]) && options[name] >= 1) continue;
    throw new InvalidInputError(
      `${name} is ${formatValue(options[name])}; it must be an integer of at least 1`,
    );
  }
  requireSeed(options.seed);
  return options;
}

interface Episode {
  readonly returns: Float64Array;
  readonly length: number;
  readonly metrics: Float32Array;
}

function* play(
  algorithm: Algorithm,
  environment: AsyncVecEnv,
  { episodes, seed, deterministic, longestEpisode }: Required<EvaluateOptions>,
): Generator<MaybePromise<void>, Episode[], void> {
  const { batch, copies, spec } = environment;
  const actor = new Actor(spec, copies, algorithm.memorySize);
  const left = Int32Array.from({ length: copies }, (_, copy) => Math.ceil((episodes - copy) / copies));
  const finished: Episode[] = [];
  let lastEnd = 0;
  yield environment.reset(seed);
  for (let step = 0; finished.length < episodes; step++) {
    if (step - lastEnd >= longestEpisode) refuseEndless(spec, longestEpisode);
    actor.act(algorithm, batch, step, deterministic);
    yield environment.step();
    actor.forgetEnded(batch);
    for (let copy = 0; copy < copies; copy++) {
      if (batch.terminated[copy] + batch.truncated[copy] === 0 || left[copy]-- <= 0) continue;
      finished.push(readEpisode(environment, copy));
      lastEnd = step + 1;
    }
  }
  return finished;
}

function refuseEndless({ id }: EnvironmentSpec, steps: number): never {
  throw new InvalidInputError(
    `${id}: no episode ended in ${steps} steps. End them in step(), or from outside, with { make, episodeLimit: 500 } ` +
      "in the place of make. If they are so long, raise longestEpisode.",
  );
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
