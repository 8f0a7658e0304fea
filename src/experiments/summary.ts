/**
 * The numbers of an experiment: every setting of every task with intervals over its seeds, settings against each
 * other, and where tasks have scores all of them together. Nothing here depends on time or on the order of runs.
 */
import { stratifiedBootstrap } from "../statistics/bootstrap.ts";
import { interquartileMean } from "../statistics/location.ts";
import type { SeedValue } from "../statistics/paired.ts";
import { type Interval, studentInterval } from "../statistics/student.ts";
import { Random } from "../tensor/random.ts";
import { type Comparison, compareSettings, perSeed, valuesOf } from "./comparisons.ts";
import { isFinished, type SettingRuns } from "./counted-runs.ts";
import { atEqualSteps, bestOf, finalOf, type Level, type LevelRuns } from "./equal-steps.ts";
import type { Experiment } from "./experiment.ts";
import { areaUnderCurve, jointKl, klOfLearner } from "./measures.ts";
import { type ScoreSummary, summariseScores } from "./scores.ts";

/** A measure of every counted seed and Student's 95 % interval of its mean. */
export interface Measure {
  readonly seeds: readonly SeedValue[];
  readonly student: Interval;
}
export interface FinalMeasure extends Measure {
  /** Interquartile mean with a bootstrap interval. */
  readonly interquartile: Interval;
}

export interface SettingSummary {
  readonly setting: string;
  readonly runs: readonly {
    readonly seed: number;
    readonly iterations: number;
    readonly planned: number;
    readonly finished: boolean;
    /** Whether it is part of the measures. */
    readonly counted: boolean;
    /** Why it failed, in one line. @defaultValue it did not */
    readonly failure?: string;
  }[];
  /** From the first to this one the measures are taken. */
  readonly iterations: number;
  /** Environment steps of an iteration, where the task has a `level`. */
  readonly stepsPerIteration?: number;
  /** Measures are null where no run has one yet. */
  readonly final: FinalMeasure | null;
  readonly best: Measure | null;
  readonly area: Measure | null;
  readonly klOfLearner: Measure | null;
  readonly jointKl: Measure | null;
}

export interface TaskSummary {
  readonly task: string;
  /** Where an iteration is not as many environment steps of all settings: how they are compared all the same. */
  readonly level?: Level;
  readonly settings: readonly SettingSummary[];
  readonly comparisons: readonly Comparison[];
}

export interface Summary {
  readonly name: string;
  readonly tasks: readonly TaskSummary[];
  /** Null unless there are several tasks that some setting runs, and every one has scores. */
  readonly scores: readonly ScoreSummary[] | null;
}

/** @param groups from `groupRuns` */
export function summarise(experiment: Experiment, groups: readonly SettingRuns[]): Summary {
  const random = Random.fromSeed("statistics of an experiment");
  const compared = Object.keys(experiment.tasks).flatMap((task) =>
    atEqualSteps(groups.filter((group) => group.task === task)),
  );
  const tasks = Object.keys(experiment.tasks).flatMap((task): TaskSummary[] => {
    const settings = compared.filter((group) => group.task === task);
    if (settings.length === 0) return [];
    const [{ level }] = settings;
    const stream = random.derive("task").derive(task);
    return [
      {
        task,
        ...(level && { level }),
        settings: settings.map((setting) => summariseSetting(setting, stream)),
        comparisons: compareSettings(settings, stream),
      },
    ];
  });
  return { name: experiment.name, tasks, scores: summariseScores(experiment, compared, random) };
}

function summariseSetting(runs: LevelRuns, random: Random): SettingSummary {
  const counted = new Set(runs.counted.map(({ cell }) => cell));
  return {
    setting: runs.setting,
    runs: runs.all.map((result) => ({
      seed: result.cell.seed,
      iterations: result.metrics.length,
      planned: result.cell.config.iterations,
      finished: isFinished(result),
      counted: counted.has(result.cell),
      ...(result.failure !== undefined && { failure: result.failure }),
    })),
    iterations: runs.iterations,
    ...(runs.level && { stepsPerIteration: runs.stepsPerIteration }),
    final: withInterquartile(measure(runs, finalOf(runs)), random.derive("final").derive(runs.setting)),
    best: measure(runs, bestOf(runs)),
    area: measure(runs, areaUnderCurve),
    klOfLearner: measure(runs, klOfLearner),
    jointKl: measure(runs, jointKl),
  };
}

function measure({ counted }: SettingRuns, of: Parameters<typeof perSeed>[1]): Measure | null {
  const seeds = perSeed(counted, of);
  return seeds.length === 0 ? null : { seeds, student: studentInterval(valuesOf(seeds)) };
}

function withInterquartile(measure: Measure | null, random: Random): FinalMeasure | null {
  if (measure === null) return null;
  const values = valuesOf(measure.seeds);
  const interquartile = stratifiedBootstrap([values], ([sample]) => interquartileMean(sample), random);
  return { ...measure, interquartile };
}
