/** One cell on disk: what is there, and training the rest of it as `marlstone train` would. */
import type { IterationMetrics } from "../training/metrics.ts";
import { type Catalogue, catalogue, learningSettings, type RunConfig } from "../training/run-config.ts";
import { RunDirectory } from "../training/run-directory.ts";
import { makeLearner } from "../training/setup.ts";
import {
  requireOwnCheckpoint,
  requireSameSettings,
  resume,
  type TrainOptions,
  type TrainResult,
  train,
} from "../training/trainer.ts";
import { readFailure } from "./failure.ts";

/** What a cell has on disk. */
export interface CellState {
  /** Nothing is left to do: the last checkpoint is written after all else. */
  readonly finished: boolean;
  /** The iterations from which it would continue, at most those that the configuration asks for. */
  readonly metrics: readonly IterationMetrics[];
}

/**
 * Looks at what is there and changes nothing.
 * @throws InvalidInputError when it is a run with other settings, CheckpointError when it is damaged
 */
export async function inspectCell(path: string, config: RunConfig, known?: Catalogue): Promise<CellState> {
  if (!(await RunDirectory.exists(path))) return { finished: false, metrics: [] };
  const run = await openEqual(path, config, known);
  const checkpoint = await run.readCheckpoint();
  if (checkpoint) requireOwnCheckpoint(checkpoint, run);
  const saved = checkpoint?.state.iteration ?? 0;
  const metrics = await run.metricsUntil(saved);
  return { finished: saved >= config.iterations, metrics: metrics.slice(0, config.iterations) };
}

/** What a report shows of a cell. */
export interface CellRecord {
  /** All iterations that are on disk, at most those that the configuration asks for. */
  readonly metrics: readonly IterationMetrics[];
  /** Of marlstone, that made the run; that of the configuration while there is no run. */
  readonly version: string;
  /** Why it failed, in one line; of runs that have all of their iterations it does not matter. */
  readonly failure?: string;
}

/** @throws CheckpointError when its configuration or its metrics are damaged */
export async function readCell(path: string, config: RunConfig, known?: Catalogue): Promise<CellRecord> {
  const run = (await RunDirectory.exists(path)) ? await RunDirectory.open(path, known) : undefined;
  const metrics = ((await run?.readMetrics()) ?? []).slice(0, config.iterations);
  const failure = metrics.length < config.iterations ? await readFailure(path) : undefined;
  const { version } = run?.config ?? config;
  return { metrics, version, ...(failure !== undefined && { failure }) };
}

/**
 * Starts the run or continues it; a run that died before it had a configuration starts.
 * @throws as `resume` and `train`
 */
export async function trainCell(
  path: string,
  config: RunConfig,
  options: TrainOptions & { readonly threads?: number },
  known: Catalogue = catalogue,
): Promise<TrainResult> {
  const there = await RunDirectory.exists(path);
  const run = there ? await openEqual(path, config, known) : await RunDirectory.create(path, config, known);
  const learner = makeLearner(config, known, options.threads);
  const earlier = await resume(run, learner);
  await run.writeConfig();
  return train(run, learner, options, earlier);
}

/** The run at `path`, to be continued with `config`. */
async function openEqual(path: string, config: RunConfig, known = catalogue): Promise<RunDirectory> {
  const stored = await RunDirectory.open(path, known);
  requireSameSettings(learningSettings(stored.config), config, path);
  return stored.with(config);
}
