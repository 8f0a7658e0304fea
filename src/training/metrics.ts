/** One iteration's measurements: what training reports, and a line of `metrics.jsonl`. */
import type { UpdateMetrics } from "../algorithms/algorithm.ts";
import { secondsOf } from "../profiling/profile.ts";
import type { PhaseSeconds } from "../profiling/stopwatch.ts";
import type { EpisodeStatistics } from "../rollouts/batch.ts";

/** An evaluation between iterations: means over its episodes. */
export interface EvaluationMetrics {
  /** Of the sum over agents of undiscounted rewards. */
  readonly return: number;
  /** Of `return`: √(sample variance / episodes); null for one episode. */
  readonly standardError: number | null;
  /** [agents] */
  readonly agentReturns: readonly number[];
  /** Steps of an episode. */
  readonly length: number;
  readonly episodes: number;
  /** The environment's own measurements, such as collisions. */
  readonly metrics: Readonly<Record<string, number>>;
}

export interface IterationMetrics {
  /** Counts from 1. */
  readonly iteration: number;
  /** Steps of all copies since the start of training. */
  readonly environmentSteps: number;
  /** Episodes that finished in the iteration. */
  readonly episodes: number;
  /** Sum over agents, mean over the finished episodes; null when none finished. */
  readonly meanReturn: number | null;
  /** [agents] means over the finished episodes. */
  readonly agentReturns: readonly (number | null)[];
  readonly meanEpisodeLength: number | null;
  /** [agents] mean KL(old‖new), of algorithms with stochastic policies, as is `entropy`. */
  readonly kl?: readonly number[];
  /** Mean KL(old‖new) of the policy that acts, of algorithms that measure it. */
  readonly jointKl?: number;
  readonly entropy?: readonly number[];
  /** [agents], of algorithms with critics. */
  readonly explainedVariance?: readonly number[];
  /** Root mean square over links and samples of the disagreement, of algorithms that seek consensus. */
  readonly consensusResidual?: number;
  /** The same relative to √(2 maxKl). */
  readonly relativeConsensusResidual?: number;
  readonly seconds: {
    readonly sample: number;
    readonly value: number;
    readonly policy: number;
    readonly total: number;
    /** What `total` is made of; runs of older versions lack it. */
    readonly phases?: PhaseSeconds;
  };
  readonly warnings: readonly string[];
  readonly details?: Readonly<Record<string, number | readonly number[]>>;
  /** Of iterations after which the policy was evaluated. */
  readonly evaluation?: EvaluationMetrics;
}

/** Means over the episodes of one batch. */
export function summariseEpisodes({ count, returns, lengths }: EpisodeStatistics, agents: number) {
  const sums = new Float64Array(agents);
  let steps = 0;
  for (let episode = 0; episode < count; episode++) {
    steps += lengths[episode];
    for (let agent = 0; agent < agents; agent++) sums[agent] += returns[episode * agents + agent];
  }
  const mean = (sum: number): number | null => (count > 0 ? sum / count : null);
  return {
    episodes: count,
    meanReturn: mean(sums.reduce((total, sum) => total + sum, 0)),
    agentReturns: Array.from(sums, mean),
    meanEpisodeLength: mean(steps),
  };
}

/** Joins what the roll-out and the update measured. */
export function joinMetrics(
  counters: Pick<IterationMetrics, "iteration" | "environmentSteps">,
  episodes: ReturnType<typeof summariseEpisodes>,
  update: UpdateMetrics,
  phases: PhaseSeconds,
): IterationMetrics {
  const total = Object.values(phases).reduce((sum, seconds) => sum + seconds, 0);
  const sample = secondsOf("sampling", phases);
  const value = secondsOf("value fit", phases);
  const seconds = { sample, value, policy: total - sample - value, total, phases };
  return { ...counters, ...episodes, ...update, seconds };
}
