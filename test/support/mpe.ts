/** What tests of the MPE tasks share: the list of tasks, scenes, single steps. */
import type { MpeState } from "../../src/environments/mpe/saved-state.ts";
import { environments, makeEnvironment } from "../../src/environments/registry.ts";
import { type VectorisedEnv, vectorise } from "../../src/environments/vectorise.ts";

export const mpeTasks: readonly string[] = Object.keys(environments).filter((id) => id.startsWith("mpe/"));

export type MpeEnv = VectorisedEnv<MpeState>;

export function mpe(id: string, options: object = {}, copies = 1, seed = 0): MpeEnv {
  return vectorise(makeEnvironment(id, options), { copies, seed }) as MpeEnv;
}

/** One copy in this state; what is left out is at rest, and landmarks are where the first episode has them. */
export function stage(id: string, state: Partial<MpeState>, options: object = {}): MpeEnv {
  const env = mpe(id, options);
  const drawn = env.saveState(0).state;
  const velocities = drawn.positions.map(() => [0, 0] as const);
  env.loadState(0, { state: { ...drawn, velocities, ...state } });
  return env;
}

/** Steps all copies with `actions` and returns all rewards. */
export function act(env: MpeEnv, actions: readonly number[]): number[] {
  env.batch.actions.set(actions);
  env.step();
  return [...env.batch.rewards];
}

/** What an agent of copy 0 observes. */
export function seenBy(env: MpeEnv, agent: number): number[] {
  const { observationSize, observationSizes } = env.spec;
  const first = agent * observationSize;
  return [...env.batch.observations.subarray(first, first + observationSizes[agent])];
}
