/** One cell on disk: what is there, and training the rest of it as `marlstone train` would. */
import { join } from "node:path";
import { BestCheckpoint } from "../training/best-checkpoint.ts";
import { differences } from "../training/differences.ts";
import { Lock } from "../training/lock.ts";
import type { IterationMetrics } from "../training/metrics.ts";
import {
  type Catalogue,
  catalogue,
  learningSettings,
  type RunConfig,
  type WatchOptions,
} from "../training/run-config.ts";
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
import { InvalidInputError } from "../validation/errors.ts";
import { exists } from "./experiment-directory.ts";
import { readFailure } from "./failure.ts";

/** What a cell has on disk. */
export interface CellState {
  /** Nothing is left to do: the last checkpoint is written after all else. */
  readonly finished: boolean;
  /** The iterations from which it would continue, at most those that the configuration asks for. */
  readonly metrics: readonly IterationMetrics[];
  /** In what the iterations that are there were watched otherwise than asked; they stay as they are. @defaultValue in nothing */
  readonly watched?: string;
  /** Iterations that have metrics though no checkpoint was written yet: they are learned again. @defaultValue 0 */
  readonly lost?: number;
}

/**
 * Looks at what is there and changes nothing.
 * @throws InvalidInputError when it is a run with other settings, or one to be continued whose evaluations could not
 * be compared, CheckpointError when it is damaged
 */
export async function inspectCell(path: string, config: RunConfig, known?: Catalogue): Promise<CellState> {
  if (!(await RunDirectory.exists(path))) {
    await requireNoRest(path);
    return { finished: false, metrics: [] };
  }
  const stored = await RunDirectory.open(path, known);
  const run = requireEqual(stored, config);
  const checkpoint = await run.readCheckpoint();
  if (checkpoint) requireOwnCheckpoint(checkpoint, run);
  const saved = checkpoint?.state.iteration ?? 0;
  const metrics = (await run.metricsUntil(saved)).slice(0, config.iterations);
  const watched = metrics.length > 0 ? watchedOtherwise(stored.config, config) : "";
  const otherwise = watched !== "" && { watched };
  if (saved >= config.iterations) return { finished: true, metrics, ...otherwise };
  await BestCheckpoint.open(run);
  const lost = await run.lostIterations();
  return { finished: false, metrics, ...otherwise, ...(lost > 0 && { lost }) };
}

/** @throws InvalidInputError when a run has lost its configuration, which is the first of its files */
async function requireNoRest(path: string): Promise<void> {
  if (!(await exists(join(path, "metrics.jsonl")))) return;
  throw new InvalidInputError(
    `${path} has lost the config.json of its run. Put that back, or delete ${path} to train the run again.`,
  );
}

/** "evaluateEvery is 2 in the run, 4 in what you ask for"; how to evaluate does not matter to who does not. */
function watchedOtherwise(made: WatchOptions, asked: WatchOptions): string {
  const evaluated = made.evaluateEvery > 0 && asked.evaluateEvery > 0;
  const seen = ({ evaluateEvery, evaluateEpisodes, evaluateDeterministic, tensorboard }: WatchOptions) => ({
    evaluateEvery,
    ...(evaluated && { evaluateEpisodes, evaluateDeterministic }),
    tensorboard,
  });
  return differences(seen(made), seen(asked), "the run", "what you ask for").join("; ");
}

/** What a report shows of a cell. */
export interface CellRecord {
  /** All iterations that are on disk, at most those that the configuration asks for. */
  readonly metrics: readonly IterationMetrics[];
  /** Of marlstone, that made the run; that of the configuration while there is no run. */
  readonly version: string;
  /** Why it failed, in one line. */
  readonly failure?: string;
}

/** @throws CheckpointError when its configuration or its metrics are damaged */
export async function readCell(path: string, config: RunConfig, known?: Catalogue): Promise<CellRecord> {
  const { iterations } = config;
  const run = (await RunDirectory.exists(path)) ? await RunDirectory.open(path, known) : undefined;
  const all = (await run?.readMetrics()) ?? [];
  const metrics = all.slice(0, iterations);
  const { version } = run?.config ?? config;
  // What came after the iterations that are asked for does not matter.
  const failure = all.length > iterations ? undefined : await readFailure(path);
  if (failure === undefined) return { metrics, version };
  if (metrics.length === iterations && (await run?.readCheckpoint())?.state.iteration === iterations)
    return { metrics, version };
  return { metrics: withoutLast(metrics, config), version, failure };
}

/** Of a run that is not finished: its last line may stand, but only the checkpoint after it makes the run whole. */
export const withoutLast = (
  metrics: readonly IterationMetrics[],
  { iterations }: Pick<RunConfig, "iterations">,
): readonly IterationMetrics[] => metrics.slice(0, iterations - 1);

/**
 * Starts the run or continues it; a run that died before it had a configuration starts.
 * @throws InvalidInputError when another process trains it, and as `resume` and `train` do
 */
export async function trainCell(
  path: string,
  config: RunConfig,
  options: TrainOptions & { readonly threads?: number },
  known: Catalogue = catalogue,
): Promise<TrainResult> {
  return Lock.hold(path, async () => {
    const there = await RunDirectory.exists(path);
    const run = there
      ? requireEqual(await RunDirectory.open(path, known), config)
      : await RunDirectory.create(path, config, known);
    const learner = makeLearner(config, known, options.threads);
    const earlier = await resume(run, learner);
    await run.writeConfig();
    return train(run, learner, options, earlier);
  });
}

/** The run, to be continued with `config`. */
function requireEqual(stored: RunDirectory, config: RunConfig): RunDirectory {
  requireSameSettings(learningSettings(stored.config), config, stored.path);
  return stored.with(config);
}
