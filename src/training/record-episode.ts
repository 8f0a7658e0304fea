/** Plays one episode and keeps what can be shown of it. */
import type { Algorithm } from "../algorithms/algorithm.ts";
import type { AsyncVecEnv, Drawing, MaybePromise } from "../environments/environment.ts";
import { Actor } from "../rollouts/actor.ts";
import { drive } from "../rollouts/drive.ts";
import { InvalidInputError } from "../validation/errors.ts";
import type { Episode } from "../viewer/episode.ts";

/** Frames kept of an episode that does not end. */
const FRAME_LIMIT = 10_000;

/**
 * @param environment one copy, of an environment that can draw itself
 * @throws InvalidInputError when the environment cannot draw
 */
export async function recordEpisode(
  algorithm: Algorithm,
  environment: AsyncVecEnv,
  { seed, deterministic }: { readonly seed: number; readonly deterministic: boolean },
): Promise<Episode> {
  if (!environment.draw) {
    throw new InvalidInputError(
      `${environment.spec.id} does not draw itself; give it a draw() method to replay it.`,
    );
  }
  return drive(play(algorithm, environment, seed, deterministic));
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
  while (frames.length < FRAME_LIMIT) {
    frames.push(environment.draw?.(0) as Drawing);
    actor.act(algorithm, batch, frames.length - 1, deterministic);
    yield environment.step();
    rewards.push([...batch.rewards]);
    if (batch.terminated[0] + batch.truncated[0] > 0) break;
  }
  return { agents: spec.agents, frames, rewards };
}
