/** Plays one episode and keeps what can be shown of it. */
import type { Algorithm } from "../algorithms/algorithm.ts";
import type { AsyncVecEnv, Drawing, MaybePromise } from "../environments/environment.ts";
import { Actor } from "../rollouts/actor.ts";
import { drive } from "../rollouts/drive.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { requireKnownKeys } from "../validation/known-keys.ts";
import type { Episode } from "../viewer/episode.ts";
import { requireSeed } from "./require-seed.ts";
import { sampleBySeed } from "./sample-by-seed.ts";

/** Steps that are kept of an episode; what is longer is cut. */
const STEP_LIMIT = 10_000;

export interface RecordOptions {
  /** Every random number follows from it, of the environment and of sampled actions. @defaultValue 1 */
  readonly seed?: number;
  /** Take the likeliest actions, as `evaluate` does; false samples them. @defaultValue true */
  readonly deterministic?: boolean;
}

/**
 * Plays one episode, or the first 10,000 steps of it, the same for the same policy and seed; afterwards the algorithm is
 * as it was, its random streams included.
 * @param environment one copy, of an environment that can draw itself; closed at the end
 * @throws InvalidInputError when the environment cannot draw, or for an option that is unknown or out of range
 */
export async function recordEpisode(
  algorithm: Algorithm,
  environment: AsyncVecEnv,
  options: RecordOptions = {},
): Promise<Episode> {
  requireKnownKeys(options, ["seed", "deterministic"], "options of recordEpisode");
  const { seed = 1, deterministic = true } = options;
  requireSeed(seed);
  const before = algorithm.save();
  try {
    sampleBySeed(algorithm, seed);
    if (environment.draw) return await drive(play(algorithm, environment, seed, deterministic));
    const { id } = environment.spec;
    throw new InvalidInputError(
      `${id} does not draw itself, so there is nothing to watch; an environment of your own may have a draw() method.`,
    );
  } finally {
    algorithm.load(before);
    await environment.close?.();
  }
}

function* play(
  algorithm: Algorithm,
  environment: AsyncVecEnv,
  seed: number,
  deterministic: boolean,
): Generator<MaybePromise<void>, Episode, void> {
  const { batch, spec } = environment;
  const actor = new Actor(spec, 1, algorithm.memorySize);
  const frames: Drawing[] = [];
  const rewards: number[][] = [];
  yield environment.reset(seed);
  while (frames.length < STEP_LIMIT) {
    frames.push(environment.draw?.(0) as Drawing);
    actor.act(algorithm, batch, frames.length - 1, deterministic);
    yield environment.step();
    rewards.push([...batch.rewards]);
    if (batch.terminated[0] + batch.truncated[0] > 0) return { agents: spec.agents, frames, rewards };
  }
  return { agents: spec.agents, frames, rewards, cut: true };
}
