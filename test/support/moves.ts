/** Steps environments with given or uniformly random legal moves. */
import type { VectorisedEnv } from "../../src/environments/vectorise.ts";
import type { Random } from "../../src/tensor/random.ts";

/** One step of an environment of one copy with these actions; returns the rewards. */
export function play(env: VectorisedEnv, ...actions: readonly number[]): number[] {
  env.batch.actions.set(actions);
  env.step();
  return [...env.batch.rewards];
}

/** Writes moves for all copies, each of an agent's choices equally likely, masked or not. */
export function moveRandomly({ batch, spec, copies }: VectorisedEnv, random: Random): void {
  const agents = spec.agents.length;
  for (let slot = 0; slot < copies * agents; slot++) {
    const [choices] = spec.headSizes[slot % agents];
    batch.actions[slot] = random.integer(choices);
  }
}

/** A copy of everything that a step writes. */
export function seen({ batch }: VectorisedEnv): number[][] {
  const { observations, state, mask, rewards, terminated, truncated } = batch;
  return [observations, state, mask, rewards, terminated, truncated].map((array) => [...array]);
}
