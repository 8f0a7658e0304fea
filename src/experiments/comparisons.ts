/**
 * Two settings of a task against each other: the differences of their final returns seed by seed, and the chance
 * that a run of one ends above a run of the other (Agarwal et al. 2021, §4.3).
 */
import { stratifiedBootstrap } from "../statistics/bootstrap.ts";
import { mean, probabilityOfImprovement } from "../statistics/location.ts";
import { pairedDifferences, type SeedValue } from "../statistics/paired.ts";
import { type Interval, studentInterval } from "../statistics/student.ts";
import type { Random } from "../tensor/random.ts";
import { cut } from "./counted-runs.ts";
import { finalOf, type LevelRuns } from "./equal-steps.ts";
import type { CellResult } from "./experiment.ts";

export interface Comparison {
  readonly first: string;
  readonly second: string;
  /**
   * Of both settings: final returns are those at this iteration, so that neither has learned longer. Left out where an
   * iteration is not as many steps of all settings of the task.
   */
  readonly iterations?: number;
  /** In its place: the environment steps at which all settings of the task are taken. */
  readonly steps?: number;
  /** first − second, for every seed that both have. */
  readonly differences: readonly SeedValue[];
  /** Of the differences. */
  readonly student: Interval;
  readonly bootstrap: Interval;
  /** That a run of the first setting ends above one of the second, over all counted seeds. */
  readonly probability: Interval;
  /** How many runs of each that is over. */
  readonly runs: readonly [first: number, second: number];
}

/** All pairs of settings that share a seed, earlier settings first. @param settings of a task, from `atEqualSteps` */
export function compareSettings(settings: readonly LevelRuns[], random: Random): Comparison[] {
  return settings.flatMap((first, i) =>
    settings.slice(i + 1).flatMap((second) => {
      const stream = random.derive("first").derive(first.setting).derive("second").derive(second.setting);
      return compare(first, second, stream) ?? [];
    }),
  );
}

function compare(first: LevelRuns, second: LevelRuns, random: Random): Comparison | undefined {
  const iterations = Math.min(first.iterations, second.iterations);
  const { level } = first;
  const [a, b] = [first, second].map((group) =>
    perSeed(level ? group.counted : cut(group.counted, iterations), finalOf(group)),
  );
  const differences = pairedDifferences(a, b);
  if (differences.length === 0) return undefined;
  const values = valuesOf(differences);
  return {
    first: first.setting,
    second: second.setting,
    ...(level ? { steps: level.steps } : { iterations }),
    differences,
    student: studentInterval(values),
    bootstrap: stratifiedBootstrap([values], ([sample]) => mean(sample), random.derive("differences")),
    probability: stratifiedBootstrap(
      [valuesOf(a), valuesOf(b)],
      ([x, y]) => probabilityOfImprovement(x, y),
      random.derive("probability"),
    ),
    runs: [a.length, b.length],
  };
}

/** What `measure` gives for every run that it gives something for. */
export function perSeed(
  runs: readonly CellResult[],
  measure: (metrics: CellResult["metrics"]) => number | null,
): SeedValue[] {
  return runs.flatMap(({ cell, metrics }) => {
    const value = measure(metrics);
    return value === null ? [] : { seed: cell.seed, value };
  });
}

export const valuesOf = (values: readonly SeedValue[]): number[] => values.map(({ value }) => value);
