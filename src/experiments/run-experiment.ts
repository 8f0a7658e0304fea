/**
 * Runs an experiment: every cell that is not finished in a process of its own, then the report. What is on
 * disk is adopted, so that a command that was stopped or killed goes on where it was when it is given again.
 */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { automaticThreads } from "../kernels/threads.ts";
import { writeAtomically } from "../training/files.ts";
import type { IterationMetrics } from "../training/metrics.ts";
import { makeLearner } from "../training/setup.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { trainInChild } from "./child.ts";
import type { Cell } from "./experiment.ts";
import { Lock } from "./lock.ts";
import type { Outcome } from "./messages.ts";
import type { Plan } from "./plan.ts";
import { inParallel } from "./pool.ts";
import { Problems } from "./problems.ts";
import { writeReport } from "./report.ts";
import { type CellState, inspectCell, readCellMetrics } from "./train-cell.ts";

/** What happens, as it happens. */
export interface Watcher {
  /** Runs of a command that was killed are still ending. */
  waiting(): void;
  /** Before anything runs: what every cell has on disk. */
  found(states: ReadonlyMap<Cell, CellState>): void;
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
 * @param directory made when it is not there
 * @throws InvalidInputError before anything runs when a setting cannot run, another command works in the
 * directory, or a run in it has other settings or is damaged
 */
export async function runExperiment(
  plan: Plan,
  directory: string,
  options: RunOptions,
): Promise<ExperimentResult> {
  requireRunnable(plan);
  await mkdir(directory, { recursive: true }).catch((error: Error) => {
    throw new InvalidInputError(`The directory ${directory} cannot be made: ${error.message}.`);
  });
  const lock = await Lock.acquire(directory, () => options.watcher.waiting());
  try {
    return await runLocked(plan, directory, lock, options);
  } finally {
    await lock.release();
  }
}

async function runLocked(
  plan: Plan,
  directory: string,
  lock: Lock,
  { jobs, signal, watcher }: RunOptions,
): Promise<ExperimentResult> {
  const states = await inspectExperiment(plan, directory);
  await writeAtomically(join(directory, CONFIG), `${JSON.stringify(plan.resolved, null, 2)}\n`);
  watcher.found(states);
  const failures: { cell: Cell; error: string }[] = [];
  const waiting = plan.cells.filter((cell) => !states.get(cell)?.finished);
  const threads = automaticThreads(Math.min(jobs, waiting.length));
  await inParallel(waiting, jobs, signal, async (cell) => {
    watcher.started(cell);
    const onIteration = (metrics: IterationMetrics): void => watcher.iteration(cell, metrics);
    const path = join(directory, cell.directory);
    const outcome = await trainInChild(path, cell.config, { lock, signal, threads, onIteration });
    if (outcome.status === "failed") failures.push({ cell, error: outcome.error });
    watcher.ended(cell, outcome);
  });
  const results = [];
  for (const cell of plan.cells) {
    results.push({ cell, metrics: await readCellMetrics(join(directory, cell.directory), cell.config) });
  }
  const files = await writeReport(directory, plan, results);
  const complete = results.every(({ cell, metrics }) => metrics.length === cell.config.iterations);
  return { interrupted: signal.aborted && !complete, failures, files };
}

const CONFIG = "experiment.json";

/**
 * What every cell has on disk; changes nothing.
 * @throws InvalidInputError naming every run that cannot be adopted
 */
export async function inspectExperiment(plan: Plan, directory: string): Promise<Map<Cell, CellState>> {
  await requireSameName(plan, directory);
  const problems = new Problems();
  const states = new Map<Cell, CellState>();
  for (const cell of plan.cells) {
    const inspect = () => inspectCell(join(directory, cell.directory), cell.config);
    const state = await problems.attemptAsync(`${cell.task} ${cell.setting} seed ${cell.seed}`, inspect);
    if (state) states.set(cell, state);
  }
  problems.report(directory);
  return states;
}

/** @throws InvalidInputError when the directory belongs to an experiment of another name */
async function requireSameName({ name }: Plan, directory: string): Promise<void> {
  const path = join(directory, CONFIG);
  const text = await readFile(path, "utf8").catch(() => undefined);
  const other = text === undefined ? undefined : nameIn(text);
  if (other === undefined || other === name) return;
  throw new InvalidInputError(
    `${directory} holds the experiment "${other}", not "${name}". Choose another directory with --out.`,
  );
}

/** The name in an `experiment.json`, whatever has become of the file. */
function nameIn(text: string): unknown {
  try {
    return (JSON.parse(text) as { readonly name?: unknown } | null)?.name;
  } catch {
    return undefined;
  }
}

/**
 * Finds what only shows when a run is made, such as steps that the copies of an environment do not divide.
 */
function requireRunnable({ name, pairs }: Plan): void {
  const problems = new Problems();
  for (const { task, setting, config } of pairs) {
    problems.attempt(`settings.${setting} on ${task}`, () => makeLearner(config));
  }
  problems.report(name);
}
