/**
 * Runs an experiment: every cell that is not finished in a process of its own, then the report. What is on
 * disk is adopted, so that a command that was stopped or killed goes on where it was when it is given again.
 */
import { setMaxListeners } from "node:events";
import { join } from "node:path";
import { automaticThreads, threadCount } from "../kernels/threads.ts";
import { Lock } from "../training/lock.ts";
import type { IterationMetrics } from "../training/metrics.ts";
import { makeLearner } from "../training/setup.ts";
import { trainInChild } from "./child.ts";
import { isFinished } from "./counted-runs.ts";
import { type Cell, type CellResult, madeWith } from "./experiment.ts";
import { requireSameName, writeConfig } from "./experiment-directory.ts";
import { firstLine, forgetFailure, writeFailure } from "./failure.ts";
import { requireNoCombination } from "./kept-report.ts";
import type { Outcome } from "./messages.ts";
import { findOtherRuns } from "./other-runs.ts";
import type { Plan } from "./plan.ts";
import { inParallel } from "./pool.ts";
import { Problems } from "./problems.ts";
import { RefusedRuns } from "./refused-runs.ts";
import { writeCurves, writeReport } from "./report.ts";
import { type CellState, inspectCell, readCell, withoutLast } from "./train-cell.ts";

/** What happens, as it happens. */
export interface Watcher {
  /** Runs of a command that was killed are still ending. */
  waiting(): void;
  /**
   * Before anything runs: what every cell has on disk.
   * @param others finished runs that the plan does not ask for
   */
  found(states: ReadonlyMap<Cell, CellState>, others: readonly string[]): void;
  started(cell: Cell): void;
  iteration(cell: Cell, metrics: IterationMetrics): void;
  ended(cell: Cell, outcome: Outcome): void;
}

export interface RunOptions {
  /** Runs at a time. */
  readonly jobs: number;
  /** Aborting lets every run finish its iteration and save. */
  readonly signal: AbortSignal;
  readonly watcher: Watcher;
}

export interface ExperimentResult {
  readonly interrupted: boolean;
  readonly failures: readonly { readonly cell: Cell; readonly error: string }[];
  /** Paths that the report wrote. */
  readonly files: readonly string[];
}

/**
 * Threads of each run: as MARLSTONE_THREADS says, else an equal share of the processors for as many runs as the plan
 * lets be at work, so that resuming with a few left changes nothing.
 * @throws InvalidInputError when MARLSTONE_THREADS is no number of threads
 */
export const threadsOfRun = ({ cells }: Plan, jobs: number): number =>
  threadCount(undefined, () => automaticThreads(Math.min(jobs, cells.length)));

/**
 * @param directory made when it is not there
 * @throws InvalidInputError before anything runs when a setting cannot run, another command works in the
 * directory or trains a run in it, or such a run has other settings or is damaged
 */
export async function runExperiment(
  plan: Plan,
  directory: string,
  options: RunOptions,
): Promise<ExperimentResult> {
  requireRunnable(plan);
  const work = (lock: Lock) => runLocked(plan, directory, lock, options);
  return Lock.hold(directory, work, () => options.watcher.waiting());
}

async function runLocked(
  plan: Plan,
  directory: string,
  lock: Lock,
  { jobs, signal, watcher }: RunOptions,
): Promise<ExperimentResult> {
  const states = await inspectExperiment(plan, directory);
  await requireIdle(plan, directory);
  await writeConfig(directory, plan);
  watcher.found(states, await findOtherRuns(plan, directory));
  const waiting = plan.cells.filter((cell) => !states.get(cell)?.finished);
  const outcomes = new Map<Cell, Outcome | undefined>(waiting.map((cell) => [cell, undefined]));
  const threads = threadsOfRun(plan, jobs);
  // Every run at work listens, however many there are.
  setMaxListeners(0, signal);
  await inParallel(waiting, jobs, signal, async (cell) => {
    const path = join(directory, cell.directory);
    let iteration = states.get(cell)?.metrics.length ?? 0;
    const onIteration = (metrics: IterationMetrics): void => {
      iteration = metrics.iteration;
      watcher.iteration(cell, metrics);
    };
    watcher.started(cell);
    await forgetFailure(path);
    const outcome = await trainInChild(path, cell.config, { lock, signal, threads, onIteration });
    outcomes.set(cell, outcome);
    if (outcome.status === "failed") await writeFailure(path, { iteration, error: outcome.error });
    watcher.ended(cell, outcome);
  });
  const results = await readResults(plan, directory, outcomes);
  const made = { ...plan, cells: results.map(({ cell }) => cell) };
  const files = await writeReport(directory, made, results);
  files.push(await writeCurves(directory, made, results));
  const complete = results.every(isFinished);
  const failures = [...outcomes].flatMap(([cell, outcome]) =>
    outcome?.status === "failed" ? { cell, error: outcome.error } : [],
  );
  return { interrupted: signal.aborted && !complete, failures, files };
}

/**
 * What is on disk, and what only this command knows: a run that ended before its last checkpoint, or that could not
 * be written.
 * @param outcomes of all cells that were not finished; undefined of those that did not begin
 */
async function readResults(
  { cells }: Plan,
  directory: string,
  outcomes: ReadonlyMap<Cell, Outcome | undefined>,
): Promise<CellResult[]> {
  const results: CellResult[] = [];
  for (const cell of cells) {
    const { version, ...record } = await readCell(join(directory, cell.directory), cell.config);
    const result = { cell: madeWith(version, cell), ...record };
    const outcome = outcomes.get(cell);
    const open = outcomes.has(cell) && outcome?.status !== "finished";
    results.push({
      ...result,
      ...(open && { metrics: withoutLast(record.metrics, cell.config) }),
      ...(outcome?.status === "failed" && { failure: firstLine(outcome.error) }),
    });
  }
  return results;
}

/**
 * What every cell has on disk; changes nothing.
 * @throws InvalidInputError naming every run that cannot be adopted
 */
export async function inspectExperiment(plan: Plan, directory: string): Promise<Map<Cell, CellState>> {
  await requireSameName(plan, directory);
  await requireNoCombination(directory);
  const refused = new RefusedRuns();
  const states = new Map<Cell, CellState>();
  for (const cell of plan.cells) {
    const path = join(directory, cell.directory);
    const state = await refused.attempt(cell, path, () => inspectCell(path, cell.config));
    if (state) states.set(cell, state);
  }
  refused.report(directory);
  return states;
}

/**
 * Removes the locks of runs that were killed, also of those that are finished.
 * @throws InvalidInputError naming every run that another command trains
 */
async function requireIdle({ cells }: Plan, directory: string): Promise<void> {
  const refused = new RefusedRuns();
  for (const cell of cells) {
    const path = join(directory, cell.directory);
    await refused.attempt(cell, path, () => Lock.clear(path));
  }
  refused.report(directory);
}

/**
 * Finds what only shows when a run is made.
 * @throws InvalidInputError naming every pair that cannot run, such as one whose steps the copies of its environment
 * do not divide
 */
export function requireRunnable({ name, pairs }: Plan): void {
  const problems = new Problems();
  for (const { task, setting, config } of pairs) {
    problems.attempt(`settings.${setting} on ${task}`, () => makeLearner(config));
  }
  problems.report(name);
}
