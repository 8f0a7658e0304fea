/**
 * The runs that `plot` draws. Equal settings and an equal seed give equal bits, so that a run made or named twice
 * is one run: counted as two it would make a band that is too narrow.
 */
import { join } from "node:path";
import { CONFIG, exists } from "../experiments/experiment-directory.ts";
import type { IterationMetrics } from "../training/metrics.ts";
import { learningSettings, type RunConfig } from "../training/run-config.ts";
import { RunDirectory } from "../training/run-directory.ts";
import { InvalidInputError } from "../validation/errors.ts";

export interface DistinctRun {
  readonly path: string;
  readonly config: RunConfig;
  readonly metrics: readonly IterationMetrics[];
}

/**
 * Of equal runs the longest, the first of equals. Directories of experiments, as `runs/*` may name them, are left out.
 * @param note told in a sentence of everything that is left out
 * @throws InvalidInputError when there is no run at a path, or none at all
 */
export async function readDistinctRuns(
  paths: readonly string[],
  note: (text: string) => void,
): Promise<DistinctRun[]> {
  const distinct = new Map<string, DistinctRun>();
  for (const path of paths) {
    if (await isExperiment(path)) {
      note(`${path} is an experiment, which has figures of its own: left out.`);
      continue;
    }
    const run = await readRun(path);
    const key = JSON.stringify(learningSettings(run.config));
    const other = distinct.get(key);
    const longer = !other || run.metrics.length > other.metrics.length;
    if (longer) distinct.set(key, run);
    if (!other) continue;
    const [kept, left] = longer ? [run, other] : [other, run];
    note(`${left.path} has the settings and the seed of ${kept.path}: the same run, left out.`);
  }
  if (distinct.size > 0) return [...distinct.values()];
  throw new InvalidInputError("There is no run to draw. Name directories that train made.");
}

async function readRun(path: string): Promise<DistinctRun> {
  const directory = await RunDirectory.open(path);
  return { path, config: directory.config, metrics: await directory.readMetrics() };
}

const isExperiment = async (path: string): Promise<boolean> =>
  !(await RunDirectory.exists(path)) && (await exists(join(path, CONFIG)));
