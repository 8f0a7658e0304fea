/** Metrics of an iteration that say as little as they may. */
import type { IterationMetrics } from "../../src/training/metrics.ts";

export const metricsLine = (iteration: number): IterationMetrics => ({
  iteration,
  environmentSteps: 100 * iteration,
  episodes: 0,
  meanReturn: null,
  agentReturns: [null, null],
  meanEpisodeLength: null,
  seconds: { sample: 1, value: 0, policy: 1, total: 2 },
  warnings: [],
});
