/**
 * One experiment out of several whose runs were made at different times or places: the union of their grids with
 * the report of all runs. Places are only read. What a run is does not depend on where or when it was made, so the
 * report is that of an experiment made at once.
 */
import { Lock } from "../training/lock.ts";
import { type Catalogue, catalogue } from "../training/run-config.ts";
import { chooseRun } from "./choose-run.ts";
import { type CellResult, cellName } from "./experiment.ts";
import { requireNoRuns, requireSameName, writeConfig } from "./experiment-directory.ts";
import { requireNothingLost } from "./kept-report.ts";
import { type Plan, planExperiment } from "./plan.ts";
import { Problems } from "./problems.ts";
import { type FoundExperiment, readExperiment } from "./read-experiment.ts";
import { writeCurves, writeReport } from "./report.ts";
import { type Naming, uniteExperiments } from "./unite.ts";

export interface Combination {
  /** The union; each of its cells has the version that its run was made with. */
  readonly plan: Plan;
  /** Of every cell. */
  readonly results: readonly CellResult[];
}

export interface WrittenCombination extends Combination {
  readonly places: readonly FoundExperiment[];
  /** Paths of the files. */
  readonly files: readonly string[];
}

/**
 * Reads what `readExperiment` can read and writes the report of the whole.
 * @param paths in any order
 * @param directory made when it is not there; it may be one of the places, unless that has runs
 * @throws InvalidInputError when a place cannot be read, places contradict each other, or the directory is another
 * experiment's or has a report of which something would be lost
 */
export async function combineExperiments(
  paths: readonly string[],
  directory: string,
  naming: Naming = {},
  known: Catalogue = catalogue,
): Promise<WrittenCombination> {
  const places: FoundExperiment[] = [];
  for (const path of paths) places.push(await readExperiment(path, known));
  const { plan, results } = combine(places, naming, known);
  return Lock.hold(directory, async () => {
    // Under the lock: another command may have written its report into a directory that was free at first.
    await requireNoRuns(directory);
    await requireSameName(plan, directory);
    await requireNothingLost(directory, results);
    await writeConfig(directory, plan);
    const files = await writeReport(directory, plan, results, known);
    return { places, plan, results, files: [...files, await writeCurves(directory, plan, results)] };
  });
}

/** @throws InvalidInputError naming everything in which places contradict each other */
export function combine(
  places: readonly FoundExperiment[],
  naming: Naming = {},
  known: Catalogue = catalogue,
): Combination {
  const union = planExperiment(uniteExperiments(places, naming), "the whole of these experiments", known);
  const runs = places.flatMap((place) => place.runs);
  const problems = new Problems();
  const results = union.cells.map((cell) => {
    const found = runs.filter((run) => run.cell.directory === cell.directory);
    return problems.attempt(cellName(cell), () => chooseRun(cell, found)) ?? { cell, metrics: [] };
  });
  problems.report("These runs do not fit together");
  return { plan: { ...union, cells: results.map(({ cell }) => cell) }, results };
}
