/** ε-greedy: with chance ε an agent takes any legal choice, all equally likely; ε falls linearly. */
import type { Random } from "../../tensor/random.ts";
import type { QmixSettings } from "./options.ts";

export type EpsilonSchedule = Pick<QmixSettings, "epsilonStart" | "epsilonEnd" | "epsilonSteps">;

/** ε after so many environment steps. */
export function epsilonAt(
  { epsilonStart, epsilonEnd, epsilonSteps }: EpsilonSchedule,
  steps: number,
): number {
  return epsilonStart + (epsilonEnd - epsilonStart) * Math.min(1, steps / epsilonSteps);
}

/**
 * A random legal choice with chance ε, else the greedy one.
 * @param from where the head's `count` entries of `legal` start
 */
export function explore(
  greedy: number,
  epsilon: number,
  legal: Uint8Array | undefined,
  from: number,
  count: number,
  random: Random,
): number {
  if (random.float() >= epsilon) return greedy;
  if (!legal) return random.integer(count);
  const allowed: number[] = [];
  for (let k = 0; k < count; k++) if (legal[from + k] === 1) allowed.push(k);
  return allowed.length > 0 ? allowed[random.integer(allowed.length)] : greedy;
}
