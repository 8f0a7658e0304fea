/** One episode as plain data, ready to be shown. */
import type { Drawing } from "../environments/environment.ts";

export interface Episode {
  readonly agents: readonly string[];
  /** What the world looked like before each step. */
  readonly frames: readonly Drawing[];
  /** [steps][agents] what each step brought. */
  readonly rewards: readonly (readonly number[])[];
  /** The episode was longer than what is kept of it. @defaultValue false */
  readonly cut?: boolean;
}

/** How long it is: "25 steps", or "the first 10,000 steps of an episode that goes on". */
export function describeLength({ rewards: { length }, cut }: Episode): string {
  const steps = `${length.toLocaleString("en")} step${length === 1 ? "" : "s"}`;
  return cut ? `the first ${steps} of an episode that goes on` : steps;
}

/** [steps][agents] sums of the rewards before each step, and after the last one. */
export function returnsSoFar({ agents, rewards }: Episode): number[][] {
  const sums = [agents.map(() => 0)];
  for (const [step, reward] of rewards.entries())
    sums.push(sums[step].map((sum, agent) => sum + reward[agent]));
  return sums;
}
