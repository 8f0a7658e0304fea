/** Treasure scenes set by hand, and steps from them. */
import type { Point } from "../../src/environments/particle/points.ts";
import type { TreasureState } from "../../src/environments/particle/treasure/saved-state.ts";
import {
  type TreasureOptions,
  treasureCollection,
} from "../../src/environments/particle/treasure-collection.ts";
import { type VectorisedEnv, vectorise } from "../../src/environments/vectorise.ts";

export interface Cast {
  readonly hunters: readonly { readonly at: Point; readonly v?: Point; readonly holds?: number }[];
  readonly banks: readonly { readonly at: Point; readonly v?: Point }[];
  readonly treasures: readonly { readonly at: Point; readonly type?: number; readonly alive?: boolean }[];
}

/** Everything is at rest, empty-handed, of type 0 and alive unless said. */
export function stateOf({ hunters, banks, treasures }: Cast): TreasureState {
  const agents = [...hunters, ...banks];
  return {
    positions: agents.map(({ at }) => at),
    velocities: agents.map(({ v = [0, 0] }) => v),
    holding: hunters.map(({ holds = null }) => holds),
    treasures: treasures.map(({ at, type = 0, alive = true }) => ({ position: at, type, alive })),
  };
}

/** One copy that starts in this scene. */
export function stage(cast: Cast, options: TreasureOptions = {}): VectorisedEnv<TreasureState> {
  const { hunters, banks, treasures } = cast;
  const counts = { hunters: hunters.length, banks: banks.length, treasures: treasures.length };
  const env = vectorise(treasureCollection({ ...counts, ...options }));
  env.loadState(0, { state: stateOf(cast) });
  return env;
}

/** Makes a step in which agents move as listed, the rest stays; returns the rewards. */
export function move(env: VectorisedEnv<TreasureState>, ...moves: readonly number[]): number[] {
  env.batch.actions.fill(0);
  env.batch.actions.set(moves);
  env.step();
  return [...env.batch.rewards];
}

/** A hunter's speed towards a bank at this distance that the push of their contact takes away. */
export const against = (distance: number): number =>
  (100 * Math.max(0, 0.125 - distance) * 2.25 * 0.1) / 0.75;

export const stateNow = (env: VectorisedEnv<TreasureState>): TreasureState => env.saveState(0).state;

/** The numbers an agent observes, without padding. */
export function seen({ batch, spec }: VectorisedEnv<TreasureState>, agent: number): number[] {
  const first = agent * spec.observationSize;
  return [...batch.observations.subarray(first, first + spec.observationSizes[agent])];
}
