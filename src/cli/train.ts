/** `marlstone train`: from a configuration and flags to a run directory. */
import { Command } from "commander";
import type { Learner } from "../training/learner.ts";
import { LinkRecording } from "../training/link-recording.ts";
import { Lock } from "../training/lock.ts";
import type { IterationMetrics } from "../training/metrics.ts";
import { catalogue, learningSettings, type RunConfig, resolveRun } from "../training/run-config.ts";
import { freePath, RunDirectory } from "../training/run-directory.ts";
import { makeLearner } from "../training/setup.ts";
import { requireSameSettings, resume, train } from "../training/trainer.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { readJson } from "./json-file.ts";
import { profileTable } from "./profile-table.ts";
import { showProgress } from "./progress.ts";
import { addSetting, noSettings, numberOrText, requireCount, type Settings } from "./settings.ts";
import { Interrupted, nameIterations, plural, type Terminal } from "./terminal.ts";
import { trainReport } from "./train-report.ts";

interface TrainFlags {
  readonly environment?: string;
  readonly agents?: unknown;
  readonly algorithm?: string;
  readonly preset?: string;
  readonly set?: Settings;
  readonly iterations?: unknown;
  readonly seed?: unknown;
  readonly checkpointEvery?: unknown;
  readonly evaluateEvery?: unknown;
  readonly evaluateEpisodes?: unknown;
  readonly evaluateSampled?: boolean;
  readonly tensorboard?: boolean;
  readonly threads?: number;
  readonly out?: string;
  readonly recordLinks?: string;
  readonly profile?: true;
  readonly resume?: true;
}

export function trainCommand(terminal: Terminal): Command {
  return new Command("train")
    .description("train a team of agents; a flag beats the file, the file beats the preset")
    .argument("[config.json]", "configuration file, such as the config.json of a run")
    .option("--environment <id>", "what to learn (default: particle/cooperative-navigation)")
    .option("--agents <n>", "number of agents", numberOrText)
    .option("--algorithm <id>", "how to learn (default: matrpo)")
    .option("--preset <name>", "named options of the algorithm (default: default)")
    .option("--set <key=value>", "set an option; repeat for more, see list", addSetting)
    .option("--iterations <k>", "policy iterations (default: 100)", numberOrText)
    .option("--seed <s>", "every random number follows from it (default: 1)", numberOrText)
    .option(
      "--checkpoint-every <k>",
      "iterations between two checkpoints (default: 1; qmix: 50)",
      numberOrText,
    )
    .option(
      "--evaluate-every <k>",
      "play episodes after every k-th iteration and keep the best policy (default: 0, never)",
      numberOrText,
    )
    .option("--evaluate-episodes <e>", "episodes of such an evaluation (default: 32)", numberOrText)
    .option("--evaluate-sampled", "evaluate with sampled actions instead of the likeliest")
    .option("--no-evaluate-sampled", "evaluate with the likeliest, whatever the file or the run says")
    .option("--tensorboard", "write event files for TensorBoard into the run directory")
    .option("--no-tensorboard", "write none, whatever the file or the run says")
    .option(
      "--threads <t>",
      "threads to compute with, to the same bits (default: one a processor, up to 8)",
      threads,
    )
    .option("--out <dir>", "run directory (default: runs/<environment>-<algorithm>-seed<s>)")
    .option("--record-links <file>", "write every message that agents send each other, as JSON lines")
    .option("--profile", "show where the time went and write it to profile.json in the run directory")
    .option("--resume", "continue the run in --out, to the same bits as if it had never stopped")
    .action((file: string | undefined, flags: TrainFlags) => run(file, flags, terminal));
}

async function run(file: string | undefined, flags: TrainFlags, terminal: Terminal): Promise<void> {
  const start = performance.now();
  const { path, begin } = flags.resume ? await reopen(file, flags) : await open(file, flags);
  await Lock.hold(path, async () => work(await begin(), flags, terminal, start));
}

/** A run whose directory nobody else writes into. */
interface Begun {
  readonly directory: RunDirectory;
  readonly learner: Learner;
  readonly earlier: readonly IterationMetrics[];
  readonly recording: LinkRecording | undefined;
  /** Iterations that are on disk and learned again. */
  readonly lost: number;
}
/** What the user gave is checked; `begin` wants the lock of the directory. */
interface Ready {
  readonly path: string;
  readonly begin: () => Promise<Begun>;
}

/** @param start of the command, by performance.now() */
async function work(begun: Begun, flags: TrainFlags, terminal: Terminal, start: number): Promise<void> {
  const { directory, learner, earlier, recording, lost } = begun;
  const { iterations } = directory.config;
  terminal.err(`Training ${summary(directory.config)}. Run directory: ${directory.path}\n`);
  if (lost > 0) {
    const are = lost === 1 ? "is" : "are";
    terminal.err(`No checkpoint was written yet: ${nameIterations(lost)} ${are} learned again.\n`);
  }
  terminal.err(noteOnEvaluation(directory.config, earlier.length, flags));
  const progress = showProgress(terminal, earlier.length, iterations, learner.algorithm.headline);
  try {
    const options = { onIteration: progress.iteration, signal: terminal.catchStop(), recording };
    const result = await train(directory, learner, options, earlier);
    progress.stop();
    const seconds = (performance.now() - start) / 1000;
    const drawn = learner.environment.draw !== undefined;
    terminal.out(trainReport(directory, result, seconds, terminal, drawn));
    if (flags.profile) {
      terminal.out(profileTable(result.profile, await directory.writeProfile(result.profile)));
    }
    if (result.interrupted) throw new Interrupted(farewell(result.metrics.length));
  } finally {
    progress.stop();
    await learner.environment.close?.();
  }
}

async function open(file: string | undefined, flags: TrainFlags): Promise<Ready> {
  const config = resolveRun(
    file === undefined ? {} : await readJson(file, "configuration"),
    overrides(flags),
    file,
  );
  const learner = makeLearner(config, catalogue, flags.threads);
  const { recordLinks, out } = flags;
  const recording = recordLinks === undefined ? undefined : LinkRecording.create(recordLinks, learner);
  const path = out ?? (await freePath(defaultPath(config)));
  const begin = async () => {
    return { directory: await RunDirectory.create(path, config), learner, earlier: [], recording, lost: 0 };
  };
  return { path, begin };
}

async function reopen(file: string | undefined, flags: TrainFlags): Promise<Ready> {
  if (flags.out === undefined || file !== undefined) {
    throw new InvalidInputError(
      "--resume continues the run that --out names: train --resume --out runs/NAME",
    );
  }
  const path = flags.out;
  // Where there is no run nothing is made.
  await RunDirectory.open(path);
  return { path, begin: () => continueRun(path, flags) };
}

async function continueRun(path: string, flags: TrainFlags): Promise<Begun> {
  const stored = await RunDirectory.open(path);
  const lost = await stored.lostIterations();
  const config = resolveRun(stored.config, overrides(flags), path);
  requireSameSettings(learningSettings(stored.config), config, path);
  const learner = makeLearner(config, catalogue, flags.threads);
  const directory = stored.with(config);
  const earlier = await resume(directory, learner);
  const { recordLinks } = flags;
  const recording = recordLinks === undefined ? undefined : await LinkRecording.resume(recordLinks, learner);
  await directory.writeConfig();
  return { directory, learner, earlier, recording, lost };
}

/** What the flags say, in the words of a configuration file. */
function overrides(flags: TrainFlags): object {
  const {
    set = noSettings,
    agents,
    environment,
    algorithm,
    preset,
    iterations,
    seed,
    checkpointEvery,
  } = flags;
  const { evaluateEvery, evaluateEpisodes, evaluateSampled, tensorboard } = flags;
  const evaluateDeterministic = evaluateSampled === undefined ? undefined : !evaluateSampled;
  const environmentOptions = { ...set.environmentOptions, ...(agents !== undefined && { agents }) };
  const choices = { environment, algorithm, preset, iterations, seed, checkpointEvery };
  const watching = { evaluateEvery, evaluateEpisodes, evaluateDeterministic, tensorboard };
  return { ...choices, ...watching, options: set.options, environmentOptions };
}

const threads = (text: string): number => requireCount("--threads", text);

const defaultPath = ({ environment, algorithm, seed }: RunConfig): string =>
  `runs/${environment.slice(environment.lastIndexOf("/") + 1)}-${algorithm}-seed${seed}`;

const summary = ({ environment, algorithm, preset, seed, iterations }: RunConfig): string =>
  `${algorithm} (${preset} preset) on ${environment}, seed ${seed}, ${plural(iterations, "iteration")}`;

/** @param done iterations of the run */
const farewell = (done: number): string =>
  done === 0
    ? "Stopped before anything was learned; the command with --resume begins the run."
    : "Stopped and saved; the command with --resume continues the run.";

/** A line for who waits for evaluations that cannot come, or nothing. @param done iterations that are there */
function noteOnEvaluation(
  { evaluateEvery, iterations }: RunConfig,
  done: number,
  { evaluateEpisodes }: TrainFlags,
): string {
  if (evaluateEvery === 0) {
    if (evaluateEpisodes === undefined) return "";
    return "Nothing will be evaluated: --evaluate-episodes says how long, --evaluate-every K when, such as 10.\n";
  }
  const reached = (iteration: number): number => Math.floor(iteration / evaluateEvery);
  if (reached(iterations) > reached(done)) return "";
  const span = `no iteration from ${done + 1} to ${iterations}`;
  return `Nothing will be evaluated: ${span} is a multiple of --evaluate-every ${evaluateEvery}.\n`;
}
