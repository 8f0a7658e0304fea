/**
 * The training loop of a run on disk: collect and update, append the metrics, write the checkpoint, report.
 * It can be stopped between iterations, continued, and killed at any moment without losing more than
 * the iterations since the last checkpoint.
 */
import { makeProfile, type Profile } from "../profiling/profile.ts";
import { Stopwatch } from "../profiling/stopwatch.ts";
import { FileError, InvalidInputError, NonFiniteError } from "../validation/errors.ts";
import { BestCheckpoint } from "./best-checkpoint.ts";
import { breathe } from "./breathe.ts";
import { asCheckpointError, type Checkpoint, encodeCheckpoint } from "./checkpoint.ts";
import { writeCurve } from "./curve.ts";
import { differences } from "./differences.ts";
import { IterationLog } from "./iteration-log.ts";
import { type Learner, taskShape } from "./learner.ts";
import type { LinkRecording } from "./link-recording.ts";
import type { IterationMetrics } from "./metrics.ts";
import { PeriodicEvaluation } from "./periodic-evaluation.ts";
import { learningSettings, type RunConfig } from "./run-config.ts";
import type { RunDirectory } from "./run-directory.ts";
import { makeRunEnvironment, trainedSettings } from "./setup.ts";

export interface TrainOptions {
  /** Called when the metrics of an iteration are on disk. */
  readonly onIteration?: (metrics: IterationMetrics) => void;
  /** Aborting finishes the iteration at hand, saves and returns. */
  readonly signal?: AbortSignal;
  /** Writes down what crosses the links of the learner. */
  readonly recording?: LinkRecording | undefined;
}

export interface TrainResult {
  /** All iterations of the run, also those before it was resumed. */
  readonly metrics: readonly IterationMetrics[];
  readonly interrupted: boolean;
  /** Where the time of this call went. */
  readonly profile: Profile;
}

/**
 * Trains until the run has `config.iterations` iterations and draws their curve. The last checkpoint is the
 * last file to be written: a run that has it is complete.
 * @param earlier metrics of the iterations before, from `resume`
 * @throws NonFiniteError naming stage and agent; the run directory then holds the last good iteration; FileError naming
 * a file that cannot be written and the iteration up to which all is saved
 */
export async function train(
  run: RunDirectory,
  learner: Learner,
  options: TrainOptions = {},
  earlier: readonly IterationMetrics[] = [],
): Promise<TrainResult> {
  const saved = { iteration: learner.iteration };
  try {
    return await work(run, learner, options, earlier, saved);
  } catch (error) {
    throw error instanceof FileError ? withAdvice(error, run, saved.iteration) : error;
  }
}

/** @param saved the iteration of the last checkpoint */
async function work(
  run: RunDirectory,
  learner: Learner,
  options: TrainOptions,
  earlier: readonly IterationMetrics[],
  saved: { iteration: number },
): Promise<TrainResult> {
  const { iterations, checkpointEvery } = run.config;
  const metrics = [...earlier];
  const stopwatch = new Stopwatch();
  const log = await IterationLog.open(run, learner, earlier);
  const evaluation = makeEvaluation(run, learner);
  while (learner.iteration < iterations && !options.signal?.aborted) {
    stopwatch.enter(undefined); // the line has its own
    const line = await iterate(run, learner, evaluation, options.recording);
    stopwatch.enter("saving");
    metrics.push(line);
    await log.append(line);
    const last = learner.iteration === iterations;
    if (last) await writeCurve(run, metrics);
    if (last || learner.iteration % checkpointEvery === 0) await saveCheckpoint(run, learner, saved);
    stopwatch.enter("other");
    options.onIteration?.(line);
    await breathe();
  }
  const interrupted = learner.iteration < iterations;
  stopwatch.enter("saving");
  if (interrupted) await writeCurve(run, metrics);
  if (saved.iteration < learner.iteration) await saveCheckpoint(run, learner, saved);
  const phases = metrics.slice(earlier.length).map(({ seconds }) => seconds.phases ?? {});
  return { metrics, interrupted, profile: makeProfile(phases.length, [...phases, stopwatch.read()]) };
}

function withAdvice({ message, cause }: FileError, { path }: RunDirectory, saved: number): FileError {
  const kept =
    saved === 0 ? "No checkpoint was written yet." : `${path} keeps what was saved up to iteration ${saved}.`;
  const next = "continue with --resume or, in an experiment, with the same command.";
  return new FileError(`${message} ${kept} When it can be written again, ${next}`, { cause });
}

/**
 * Brings a fresh learner to where the run's checkpoint stands and cuts the metrics there.
 * @throws CheckpointError when a checkpoint is damaged, InvalidInputError when its settings are others
 */
export async function resume(run: RunDirectory, learner: Learner): Promise<IterationMetrics[]> {
  const checkpoint = await run.readCheckpoint();
  if (checkpoint) {
    requireOwnCheckpoint(checkpoint, run);
    try {
      await learner.load(checkpoint.state);
    } catch (error) {
      throw asCheckpointError(error, `The checkpoint in ${run.path}`);
    }
  }
  if (learner.iteration >= run.config.iterations) {
    throw new InvalidInputError(
      `${run.path} already has ${learner.iteration} iterations. To go on, ask for more: ` +
        `--iterations ${2 * learner.iteration}.`,
    );
  }
  await BestCheckpoint.open(run);
  return run.truncateMetrics(learner.iteration);
}

/** @throws InvalidInputError when the settings of the checkpoint are not those of the run */
export function requireOwnCheckpoint(checkpoint: Checkpoint, run: RunDirectory): void {
  requireSameSettings(trainedSettings(checkpoint, run), run.config, run.path);
}

type LearningSettings = ReturnType<typeof learningSettings>;

/** @throws InvalidInputError naming the settings that would make other bits */
export function requireSameSettings(saved: LearningSettings, config: RunConfig, path: string): void {
  const wanted = learningSettings(config);
  const found = differences(withoutForeignOptions(saved, wanted), wanted, "the run", "what you ask for");
  if (found.length === 0) return;
  throw new InvalidInputError(
    `${path} cannot continue with other settings: ${found.join("; ")}. ` +
      "Give them another --out or, in an experiment, another name.",
  );
}

/** What options another algorithm or environment had says nothing beside its name. */
function withoutForeignOptions(saved: LearningSettings, wanted: LearningSettings): LearningSettings {
  const { options, environmentOptions } = wanted;
  return {
    ...saved,
    ...(saved.algorithm !== wanted.algorithm && { options }),
    ...(saved.environment !== wanted.environment && { environmentOptions }),
  };
}

function makeEvaluation({ config, known }: RunDirectory, learner: Learner): PeriodicEvaluation {
  const open = (copies: number) => makeRunEnvironment(config, copies, known);
  return new PeriodicEvaluation(learner, open, config.seed, config);
}

/** Learns an iteration and evaluates when it is time. */
async function iterate(
  { path }: RunDirectory,
  learner: Learner,
  evaluation: PeriodicEvaluation,
  recording: LinkRecording | undefined,
): Promise<IterationMetrics> {
  const iteration = learner.iteration + 1;
  try {
    return await evaluation.add(await (recording ?? learner).iterate());
  } catch (error) {
    if (!(error instanceof NonFiniteError)) throw error;
    const message = `Iteration ${iteration} stopped: ${error.message}`;
    const rest = `Nothing was learned from it, and ${path} keeps what was saved before.`;
    throw new NonFiniteError(`${message} ${rest}`, { cause: error });
  }
}

/** @param saved is brought up to date */
async function saveCheckpoint(
  run: RunDirectory,
  learner: Learner,
  saved: { iteration: number },
): Promise<void> {
  const about = {
    algorithm: learner.algorithm.id,
    task: taskShape(learner.environment.spec),
    settings: learningSettings(run.config),
  };
  await run.writeCheckpoint(await encodeCheckpoint(learner.save(), about));
  saved.iteration = learner.iteration;
}
