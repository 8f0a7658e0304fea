/** How long runs took: what differs from one making of an experiment to the next, kept apart from all else. */
import type { SeedValue } from "../statistics/paired.ts";
import { perSeed } from "./comparisons.ts";
import type { SettingRuns } from "./counted-runs.ts";
import type { CellResult } from "./experiment.ts";
import { seconds } from "./measures.ts";

export interface TimeSummary {
  readonly task: string;
  readonly setting: string;
  /** Of every run that has begun and whose time is known, all its iterations so far. */
  readonly seconds: readonly SeedValue[];
  /** Of every counted run whose time is known. */
  readonly secondsPerIteration: readonly number[];
}

export function summariseTimes(groups: readonly SettingRuns[]): TimeSummary[] {
  return groups.map(({ task, setting, all, counted }) => {
    const begun = all.filter(({ metrics }) => metrics.length > 0);
    return {
      task,
      setting,
      seconds: perSeed(begun, seconds),
      secondsPerIteration: secondsPerIteration(counted),
    };
  });
}

/** Mean seconds of an iteration of each of `runs`, which have begun, where they are known. */
export const secondsPerIteration = (runs: readonly CellResult[]): number[] =>
  runs.flatMap(({ metrics }) => {
    const time = seconds(metrics);
    return time === null ? [] : time / metrics.length;
  });
