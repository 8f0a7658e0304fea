/**
 * What an experiment leaves beside its runs: a figure a task, `scaling.svg` where tasks have a place in a scaling
 * study, the tables of `results.md`, `summary.json` and `data.jsonl`. Equal runs give equal bytes, wall time apart,
 * in whatever order and however often interrupted they were made.
 */
import { join } from "node:path";
import { writeAtomically } from "../training/files.ts";
import { type Catalogue, catalogue } from "../training/run-config.ts";
import { groupRuns, type SettingRuns } from "./counted-runs.ts";
import { formatCurves } from "./curves.ts";
import { formatData } from "./data-lines.ts";
import type { CellResult, Experiment } from "./experiment.ts";
import { CURVES, DATA } from "./experiment-directory.ts";
import { drawFigures } from "./figures.ts";
import { mapValues } from "./map-values.ts";
import type { Plan } from "./plan.ts";
import { type Results, resultsPage } from "./results-page.ts";
import { scalePoints } from "./scaling.ts";
import { removeStale } from "./stale-files.ts";
import { summarise } from "./summary.ts";
import { summariseTimes } from "./times.ts";

/**
 * Writes the report of what there is so far, and removes figures that only the one before had.
 * @param directory exists
 * @param results in any order; a cell without one has not begun
 * @param known where the names in the configurations come from
 * @returns paths of the files
 */
export async function writeReport(
  directory: string,
  experiment: Experiment,
  results: readonly CellResult[],
  known: Catalogue = catalogue,
): Promise<string[]> {
  const groups = groupRuns(experiment, results);
  const report: Results = {
    experiment,
    names: nameSettings(experiment),
    groups,
    summary: summarise(experiment, groups),
    times: summariseTimes(groups),
    scaling: scalePoints(experiment, groups),
    known,
  };
  const files = {
    "results.md": resultsPage(report),
    ...(await drawFigures(report)),
    "summary.json": `${JSON.stringify({ ...report.summary, times: report.times }, null, 2)}\n`,
    ...dataFile(groups),
  };
  const paths = [];
  for (const [name, contents] of Object.entries(files)) {
    paths.push(join(directory, name));
    await writeAtomically(join(directory, name), contents);
  }
  await removeStale(directory, Object.keys(files));
  return paths;
}

/** None when all runs that have begun are rounded: there is nothing that could stand in it. */
function dataFile(groups: readonly SettingRuns[]): Record<string, string> {
  const text = formatData(groups);
  const rounded = groups.some(({ all }) => all.some((run) => run.rounded));
  return text === "" && rounded ? {} : { [DATA]: text };
}

/**
 * Writes `curves.jsonl`, from which the report can be made again.
 * @returns its path
 */
export async function writeCurves(
  directory: string,
  plan: Plan,
  results: readonly CellResult[],
): Promise<string> {
  const path = join(directory, CURVES);
  await writeAtomically(path, formatCurves(plan, results));
  return path;
}

/** A name for every setting: its title, and its key as often as it takes to tell it from all others. */
function nameSettings({ settings }: Experiment): Record<string, string> {
  let names = mapValues(settings, ({ title }) => title);
  for (;;) {
    const all = Object.values(names);
    const isShared = (name: string): boolean => all.indexOf(name) !== all.lastIndexOf(name);
    if (!all.some(isShared)) return names;
    names = mapValues(names, (name, setting) => (isShared(name) ? `${name} (${setting})` : name));
  }
}
