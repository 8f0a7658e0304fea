/** One episode as plain data, ready to be shown. */
import type { Drawing } from "../environments/environment.ts";

export interface Episode {
  readonly agents: readonly string[];
  /** What the world looked like before each step. */
  readonly frames: readonly Drawing[];
  /** [steps][agents] what each step brought. */
  readonly rewards: readonly (readonly number[])[];
}

/** [steps][agents] sums of the rewards before each step, and after the last one. */
export function returnsSoFar({ agents, rewards }: Episode): number[][] {
  const sums = [agents.map(() => 0)];
  for (const [step, reward] of rewards.entries())
    sums.push(sums[step].map((sum, agent) => sum + reward[agent]));
  return sums;
}
