/**
 * Which runs of a setting its statistics are made of: the finished ones; while none is, all that have begun and have
 * not failed, up to the iteration that all of them have reached. So no run is averaged beyond, or short of, where the
 * others are.
 */
import type { CellResult, Experiment } from "./experiment.ts";

/** The runs of one task and setting. */
export interface SettingRuns {
  readonly task: string;
  readonly setting: string;
  /** All, seed by seed. */
  readonly all: readonly CellResult[];
  /** Those that count, each cut to `iterations`. */
  readonly counted: readonly CellResult[];
  /** Iterations that all counted runs have; 0 when there are none. */
  readonly iterations: number;
  /** Environment steps of an iteration. */
  readonly stepsPerIteration: number;
}

/**
 * All pairs of a task and a setting that have cells, tasks first; tasks, settings and seeds in the order of the
 * experiment.
 * @param results in any order; a cell without a result has not begun
 */
export function groupRuns(experiment: Experiment, results: readonly CellResult[]): SettingRuns[] {
  const { tasks, settings, cells } = experiment;
  const found = new Map(results.map((result) => [result.cell.directory, result]));
  return Object.keys(tasks).flatMap((task) =>
    Object.keys(settings).flatMap((setting) => {
      const all = cells
        .filter((cell) => cell.task === task && cell.setting === setting)
        .map((cell) => ({ metrics: [], ...found.get(cell.directory), cell }));
      if (all.length === 0) return [];
      const { stepsPerIteration } = all[0].cell.config.options;
      return { task, setting, all, ...count(all), stepsPerIteration };
    }),
  );
}

export const isFinished = ({ cell, metrics }: CellResult): boolean =>
  metrics.length >= cell.config.iterations;

/** The same runs cut to their first `iterations`. */
export const cut = (runs: readonly CellResult[], iterations: number): CellResult[] =>
  runs.map((run) => ({ ...run, metrics: run.metrics.slice(0, iterations) }));

/** Iterations that the counted runs of all `groups` have, those without any left aside; 0 when none has any. */
export function sharedIterations(groups: readonly SettingRuns[]): number {
  const reached = groups.filter(({ counted }) => counted.length > 0).map(({ iterations }) => iterations);
  return reached.length > 0 ? Math.min(...reached) : 0;
}

function count(all: readonly CellResult[]): Pick<SettingRuns, "counted" | "iterations"> {
  const finished = all.filter(isFinished);
  const going = all.filter(({ metrics, failure }) => metrics.length > 0 && failure === undefined);
  const runs = finished.length > 0 ? finished : going;
  const iterations = runs.length > 0 ? Math.min(...runs.map(({ metrics }) => metrics.length)) : 0;
  return { counted: cut(runs, iterations), iterations };
}
