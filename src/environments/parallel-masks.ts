/** Masks in infos, as PettingZoo has them, are not declared: they show when the environment is first reset. */
import type { Info, MaybePromise, ParallelEnv, PerAgent } from "./environment.ts";
import { isPromise } from "./maybe-promise.ts";

/** Whether anybody's infos carry a mask. */
export function infosHaveMasks(infos: PerAgent<Info> | undefined): boolean {
  return Object.values(infos ?? {}).some((info) => info?.action_mask !== undefined);
}

/**
 * Resets the environment to see whether its infos carry masks. A slow one is not waited for and counts as one without.
 * @returns whether they do, and when the environment is ready for its next reset
 */
export function lookForMasks(environment: ParallelEnv): {
  readonly masked: boolean;
  readonly ready: MaybePromise<void>;
} {
  if (typeof environment.reset !== "function") return { masked: false, ready: undefined };
  const reply = environment.reset({ seed: 0 });
  if (!isPromise(reply)) return { masked: infosHaveMasks(reply?.infos), ready: undefined };
  const done = () => undefined;
  // What goes wrong here goes wrong again in the reset that counts, and is told there.
  return { masked: false, ready: reply.then(done, done) };
}
