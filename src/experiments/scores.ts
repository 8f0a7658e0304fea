/**
 * All tasks on one scale: (final return − low)/(high − low), and the interquartile mean over all runs of a setting
 * with bootstrap intervals in strata, one stratum a task (Agarwal et al. 2021, §4.2–4.3). On every task all settings
 * are taken at the iteration that each of them has reached, or at the environment steps where an iteration is not as
 * many of all, so that none has learned longer.
 */
import { type Strata, stratifiedBootstrap } from "../statistics/bootstrap.ts";
import { interquartileMean, mean } from "../statistics/location.ts";
import type { Interval } from "../statistics/student.ts";
import type { Random } from "../tensor/random.ts";
import { perSeed, valuesOf } from "./comparisons.ts";
import { cut, type SettingRuns, sharedIterations } from "./counted-runs.ts";
import { finalOf, type LevelRuns } from "./equal-steps.ts";
import type { Experiment } from "./experiment.ts";

export interface ScoreSummary {
  readonly setting: string;
  /**
   * By scored task, in their order: up to this one the runs of all settings are taken, or those of this setting where
   * an iteration is not as many environment steps of all; 0 where there are none.
   */
  readonly iterations: readonly number[];
  /** Scored tasks on which it has no return yet; with any, there are no numbers. */
  readonly missing: readonly string[];
  /** Of the task with the most. */
  readonly runs: number;
  readonly interquartile: Interval | null;
  /** Every task with equal weight. */
  readonly mean: Interval | null;
}

/** A task and its returns that count as 0 and 1. */
interface ScoredTask {
  readonly task: string;
  readonly low: number;
  readonly high: number;
}

/** The tasks that some setting runs, in their order; none unless these are several and every one has scores. */
export function scoredTasks({ tasks }: Experiment, groups: readonly SettingRuns[]): ScoredTask[] {
  const run = Object.keys(tasks).filter((task) => groups.some((group) => group.task === task));
  const scored = run.flatMap((task) => {
    const { scores } = tasks[task];
    return scores ? { task, ...scores } : [];
  });
  return scored.length < 2 || scored.length < run.length ? [] : scored;
}

/** Null where there are no `scoredTasks`. @param groups those of each task from `atEqualSteps` */
export function summariseScores(
  experiment: Experiment,
  groups: readonly LevelRuns[],
  random: Random,
): ScoreSummary[] | null {
  const scales = scoredTasks(experiment, groups);
  if (scales.length === 0) return null;
  const shared = scales.map(({ task }) => sharedIterations(groups.filter((group) => group.task === task)));
  return Object.keys(experiment.settings).map((setting) => {
    const own = scales.map(({ task }) =>
      groups.find((group) => group.task === task && group.setting === setting),
    );
    const iterations = own.map((runs, i) => (runs?.level ? runs.iterations : shared[i]));
    const strata = scales.map(({ low, high }, i) => {
      const runs = own[i];
      const returns = runs ? valuesOf(perSeed(cut(runs.counted, iterations[i]), finalOf(runs))) : [];
      return returns.map((value) => (value - low) / (high - low));
    });
    const missing = scales.filter((_, i) => strata[i].length === 0).map(({ task }) => task);
    const runs = Math.max(...strata.map(({ length }) => length));
    if (missing.length > 0) return { setting, iterations, missing, runs, interquartile: null, mean: null };
    const interval = (name: string, statistic: (strata: Strata) => number) =>
      stratifiedBootstrap(strata, statistic, random.derive(name).derive(setting));
    return {
      setting,
      iterations,
      missing,
      runs,
      interquartile: interval("scores", (drawn) => interquartileMean(drawn.flat())),
      mean: interval("mean scores", (drawn) => mean(drawn.map(mean))),
    };
  });
}
