/** What one run is judged by. Iterations in which no episode finished have no return and are passed over. */
import { mean } from "../statistics/location.ts";
import type { Measured } from "./experiment.ts";

type Metrics = readonly Measured[];

/** Iterations in the final mean and in the moving mean whose best counts; fewer when the run is shorter. */
export const FINAL_WINDOW = 50;
export const BEST_WINDOW = 10;

/** Mean return over the last `window` iterations. */
export const finalReturn = (metrics: Metrics, window = FINAL_WINDOW): number | null =>
  meanReturn(metrics.slice(-window));

/** Mean return over all iterations: the area under the learning curve for a unit of length. */
export const areaUnderCurve = (metrics: Metrics): number | null => meanReturn(metrics);

/** Highest mean return over `window` iterations in a row. */
export function bestReturn(metrics: Metrics, window = BEST_WINDOW): number | null {
  const last = Math.max(0, metrics.length - window);
  const means = Array.from({ length: last + 1 }, (_, i) => meanReturn(metrics.slice(i, i + window)));
  return means.reduce((best, next) => (best === null || (next !== null && next > best) ? next : best));
}

/** KL of a learner's step, mean over learners and the iterations that measured it; null without any. */
export const klOfLearner = (metrics: Metrics): number | null =>
  meanOf(metrics.flatMap(({ kl }) => (kl ? mean(kl) : [])));

/** KL of the joint policy's step, mean over the iterations that measured it; null without any. */
export const jointKl = (metrics: Metrics): number | null =>
  meanOf(metrics.flatMap((line) => line.jointKl ?? []));

/** Wall time of training, without writing files; null where it is not known of every iteration. */
export const seconds = (metrics: Metrics): number | null =>
  metrics.reduce<number | null>(
    (sum, { seconds }) => (sum === null || seconds === undefined ? null : sum + seconds.total),
    0,
  );

const meanReturn = (metrics: Metrics): number | null =>
  meanOf(metrics.flatMap(({ meanReturn }) => meanReturn ?? []));

const meanOf = (values: readonly number[]): number | null => (values.length === 0 ? null : mean(values));
