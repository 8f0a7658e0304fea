/** Masks, and where they are: those in infos, as PettingZoo has them, show only when the environment is first reset. */
import type { Info, MaybePromise, ParallelEnv, PerAgent } from "./environment.ts";
import { isPromise } from "./maybe-promise.ts";

/** Whether anybody's infos carry a mask. */
export function infosHaveMasks(infos: PerAgent<Info> | undefined): boolean {
  return Object.keys(infos ?? {}).some((agent) => maskIn(infos, agent) !== undefined);
}

/** The mask of an agent, if it has one. */
export function maskOf(
  environment: ParallelEnv,
  infos: PerAgent<Info> | undefined,
  agent: string,
): ArrayLike<number> | undefined {
  return environment.actionMask?.(agent) ?? maskIn(infos, agent);
}

/** Where others would leave it out, environments that speak JSON say null. */
function maskIn(infos: PerAgent<Info> | undefined, agent: string): ArrayLike<number> | undefined {
  return infos?.[agent]?.action_mask ?? undefined;
}

/**
 * Resets the environment to see whether its infos carry masks. A slow one is not waited for and counts as one without.
 * @returns whether they do, and when the environment is ready for its next reset
 */
export function lookForMasks(environment: ParallelEnv): {
  readonly masked: boolean;
  readonly ready: MaybePromise<void>;
} {
  const reply = environment.reset({ seed: 0 });
  if (!isPromise(reply)) return { masked: infosHaveMasks(reply?.infos), ready: undefined };
  const done = () => undefined;
  // What goes wrong here goes wrong again in the reset that counts, and is told there.
  return { masked: false, ready: reply.then(done, done) };
}
