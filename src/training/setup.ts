/** From a resolved configuration to things that run. */
import type { Algorithm } from "../algorithms/algorithm.ts";
import type { AsyncVecEnv } from "../environments/environment.ts";
import { vectorise } from "../environments/vectorise.ts";
import { Random } from "../tensor/random.ts";
import { CheckpointError } from "../validation/errors.ts";
import { asCheckpointError, type Checkpoint, requireSameTask } from "./checkpoint.ts";
import { differences } from "./differences.ts";
import { fitting } from "./fitting.ts";
import { Learner, taskShape } from "./learner.ts";
import {
  type Catalogue,
  catalogue,
  find,
  learningSettings,
  type RunConfig,
  resolveRun,
} from "./run-config.ts";
import type { CheckpointChoice, RunDirectory } from "./run-directory.ts";
import { viewFor } from "./view.ts";

/** A learner at its first iteration. @param threads as of the Learner; no part of a run, since no bit depends on it */
export function makeLearner(config: RunConfig, known: Catalogue = catalogue, threads?: number): Learner {
  const entry = find(known.algorithms, config.algorithm, "algorithm");
  return fitting(config.options, () => {
    const environment = makeRunEnvironment(config, config.options.environmentCopies, known);
    return new Learner(entry, config.options, environment, config.seed, threads);
  });
}

/** The environment of a run with this many copies, as its algorithm sees it. */
export function makeRunEnvironment(
  config: RunConfig,
  copies: number,
  known: Catalogue = catalogue,
): AsyncVecEnv {
  const entry = find(known.environments, config.environment, "environment");
  const environment = vectorise(entry.load(config.environmentOptions), { copies });
  return viewFor(find(known.algorithms, config.algorithm, "algorithm"), environment);
}

/**
 * What a run has learned, to be evaluated or watched.
 * @throws CheckpointError without a good checkpoint, or when the configuration was changed after training
 */
export async function loadPolicy(run: RunDirectory, which: CheckpointChoice = "last"): Promise<Algorithm> {
  return restorePolicy(run, await requireCheckpoint(run, which));
}

/**
 * The policy of a checkpoint of this run.
 * @throws CheckpointError when it is no good one, or when the configuration was changed after training
 */
export function restorePolicy(run: RunDirectory, checkpoint: Checkpoint): Algorithm {
  const { config, path, known } = run;
  requireUntouched(checkpoint, run);
  const task = taskShape(makeRunEnvironment(config, 1, known).spec);
  requireSameTask(checkpoint, config.algorithm, task, path);
  const entry = find(known.algorithms, config.algorithm, "algorithm");
  const algorithm = entry.create(task, config.options, Random.fromSeed(config.seed));
  try {
    algorithm.load(checkpoint.state.algorithm);
  } catch (error) {
    throw asCheckpointError(error, `The checkpoint in ${path}`);
  }
  return algorithm;
}

/** @throws CheckpointError when it is damaged or not there, saying how to get it */
export async function requireCheckpoint(run: RunDirectory, which: CheckpointChoice): Promise<Checkpoint> {
  const checkpoint = await run.readCheckpoint(which);
  if (checkpoint) return checkpoint;
  throw new CheckpointError(
    which === "best"
      ? `${run.path} holds no best checkpoint. Training keeps one when it evaluates: --evaluate-every 10.`
      : `${run.path} holds no checkpoint yet. Train it for an iteration first.`,
  );
}

/**
 * The settings that a checkpoint of this run was trained with; options that did not exist then have their defaults.
 * @throws InvalidInputError when they are none of this version
 */
export function trainedSettings({ settings }: Checkpoint, { config, path, known }: RunDirectory) {
  const { preset, version } = config;
  return learningSettings(
    resolveRun({ ...settings, preset, version }, {}, `the checkpoint in ${path}`, known),
  );
}

/** Other options make another function of the same parameters, or another game. */
function requireUntouched(checkpoint: Checkpoint, run: RunDirectory): void {
  const [saved, now] = [trainedSettings(checkpoint, run), learningSettings(run.config)];
  const found = differences(saved, now, "the checkpoint", "config.json");
  if (found.length === 0) return;
  throw new CheckpointError(
    `${run.path}: config.json is not what this policy was trained with: ${found.join("; ")}. Put it back as it was.`,
  );
}
