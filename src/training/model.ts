/**
 * The library's face, in the words of the ecosystem: learn, predict, evaluate, save, load. A model is an
 * algorithm on an environment; the classes of the algorithms (`Matrpo`) differ by their registry entry alone.
 */
import type { LinkRecorder } from "../algorithms/matrpo/link.ts";
import type { AlgorithmEntry } from "../algorithms/registry.ts";
import type { ParallelAction } from "../environments/adapters.ts";
import type { AsyncVecEnv, EnvironmentSpec } from "../environments/environment.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { formatValue } from "../validation/format.ts";
import { givenOptions } from "../validation/given-options.ts";
import { requireKnownKeys, requireObject } from "../validation/known-keys.ts";
import type { Episode } from "../viewer/episode.ts";
import { breathe } from "./breathe.ts";
import {
  asCheckpointError,
  decodeCheckpoint,
  describeDifferences,
  encodeCheckpoint,
  requireSameFunction,
  requireSameTask,
} from "./checkpoint.ts";
import { type EnvironmentSource, openSource } from "./environment-source.ts";
import { type EvaluateOptions, type Evaluation, evaluate } from "./evaluate.ts";
import { readBytes, writeWithFolder } from "./files.ts";
import { fitting } from "./fitting.ts";
import { Learner, taskShape } from "./learner.ts";
import type { EvaluationMetrics, IterationMetrics } from "./metrics.ts";
import { Occupation } from "./occupation.ts";
import { openSaved, readSaved, type SavedSource } from "./open-saved.ts";
import { type EvaluationPlan, evaluationDefaults, PeriodicEvaluation } from "./periodic-evaluation.ts";
import { type PredictedAction, type PredictOptions, Predictor } from "./predictor.ts";
import { type RecordOptions, recordEpisode } from "./record-episode.ts";
import { requireSeed } from "./require-seed.ts";
import { find, validateOptions } from "./run-config.ts";
import { type Bytes, bytesIn } from "./saved-bytes.ts";
import { viewFor } from "./view.ts";

/** What every model takes beside its algorithm's own options. */
export interface ModelOptions {
  /** Every random number follows from it. @defaultValue 1 */
  readonly seed?: number;
  /** Named options that yours are laid over. @defaultValue "default" */
  readonly preset?: string;
  /** Threads that kernels share their work with; the bits are those of one. @defaultValue one a processor, at most 8 */
  readonly threads?: number;
}
export interface LearnOptions extends Partial<EvaluationPlan> {
  /** Called after each iteration; a promise is waited for. */
  readonly onIteration?: (metrics: IterationMetrics) => unknown;
  /**
   * Called after every `evaluateEvery`-th iteration, before `onIteration`, with the evaluation and the iteration
   * it belongs to; a promise is waited for. Iterations of earlier calls count.
   */
  readonly onEvaluation?: (evaluation: EvaluationMetrics, metrics: IterationMetrics) => unknown;
  /** Aborting stops after the iteration at hand. */
  readonly signal?: AbortSignal;
  /** Called with every message that crosses a link, its sender and its receiver. docs/guide/privacy.md */
  readonly onLinkMessage?: LinkRecorder;
}
const LEARN_OPTIONS = [
  ...Object.keys(evaluationDefaults),
  ...["onIteration", "onEvaluation", "signal", "onLinkMessage"],
];

export class Model<Options extends object = object> {
  readonly #entry: AlgorithmEntry;
  readonly #source: EnvironmentSource;
  readonly #settings: Readonly<Record<string, unknown>>;
  readonly #seed: number;
  readonly #stepsPerIteration: number;
  readonly #learner: Learner;
  readonly #predictor: Predictor;
  readonly #occupation = new Occupation();

  /** @throws InvalidInputError naming the option, its value and what is allowed */
  constructor(entry: AlgorithmEntry, source: EnvironmentSource, options: Options & ModelOptions) {
    requireObject(options, `options of ${entry.id}`, "an object, or nothing for the defaults");
    const { seed = 1, preset = "default", threads, ...given }: ModelOptions = options;
    requireSeed(seed);
    const base = find(entry.presets, preset, `preset of ${entry.id}`);
    const settings = validateOptions(entry, { ...base, ...given });
    this.#entry = entry;
    this.#source = source;
    this.#settings = { options: settings, seed };
    this.#seed = seed;
    this.#stepsPerIteration = settings.stepsPerIteration;
    this.#learner = fitting(settings, () => {
      const environment = this.#open(settings.environmentCopies);
      return new Learner(entry, settings, environment, seed, threads);
    });
    this.#predictor = new Predictor(this.#learner.algorithm, this.#learner.environment, this.#occupation);
  }

  /**
   * A model as it was saved: options and seed come from the file.
   * @param environment as `new` takes it; its agents, observations and actions must be those of the file
   * @param from a file that `save` or a run wrote or the directory of a run (Node), or the bytes of such a file
   * @param changes options that shall differ from the file's, such as `learningRate` or `threads`
   * @throws CheckpointError for what is damaged, of another algorithm or task, or has other networks than `changes` want
   */
  static async open<Opened extends Model, Given extends ModelOptions>(
    this: new (
      environment: EnvironmentSource,
      options?: Given,
    ) => Opened,
    environment: EnvironmentSource,
    from: SavedSource,
    changes?: Omit<Given, "preset">,
  ): Promise<Opened> {
    return openSaved(await readSaved(from), (options) => new this(environment, options as Given), changes);
  }

  /** Iterations learned so far. */
  get iteration(): number {
    return this.#learner.iteration;
  }

  /** Environment steps learned from so far, over all copies. */
  get environmentSteps(): number {
    return this.#learner.environmentSteps;
  }

  get spec(): EnvironmentSpec {
    return this.#learner.environment.spec;
  }

  /**
   * Learns for `totalSteps` more environment steps, rounded up to whole iterations. With `evaluateEvery` the
   * policy is evaluated on its way, always on the same episodes; learning is not affected.
   * @throws NonFiniteError when the environment gives NaN or ±∞; nothing is learned from that iteration
   * @throws InvalidInputError for impossible or unknown options, or while another call of this model is at work
   */
  async learn(totalSteps: number, options: LearnOptions = {}): Promise<this> {
    if (!(totalSteps >= 0 && Number.isFinite(totalSteps))) {
      throw new InvalidInputError(
        `learn(${formatValue(totalSteps)}): give a number of environment steps from 0`,
      );
    }
    requireKnownKeys(options, LEARN_OPTIONS, "options of learn");
    const iterations = Math.ceil(totalSteps / this.#stepsPerIteration);
    await this.#occupation.during("learn()", "changes", async () => {
      if (options.onLinkMessage) this.#learner.links.listen(options.onLinkMessage);
      try {
        await this.#iterate(iterations, options);
      } finally {
        this.#learner.algorithm.links?.listen();
      }
    });
    return this;
  }

  async #iterate(iterations: number, options: LearnOptions): Promise<void> {
    const { onIteration, onEvaluation, signal } = options;
    const plan = { ...evaluationDefaults, ...givenOptions(options) };
    const evaluation = new PeriodicEvaluation(
      this.#learner,
      (copies) => this.#open(copies),
      this.#seed,
      plan,
    );
    for (let i = 1; i <= iterations && !signal?.aborted; i++) {
      const metrics = await evaluation.add(await this.#learner.iterate());
      await this.#occupation.pause(async () => {
        if (metrics.evaluation) await onEvaluation?.(metrics.evaluation, metrics);
        await onIteration?.(metrics);
      });
      await breathe();
    }
  }

  /**
   * Chooses an action for every agent that is given an observation, in the form in which the environment's `step` takes
   * it: a number of a discrete space, an Int32Array of a multi-discrete one, a Float32Array of a box, cut to its bounds.
   * @typeParam Action what that `step` declares, found where the actions go: `env.step(model.predict(observations))`
   * @param observations by agent, as the environment gives them
   * @throws InvalidInputError for an unknown agent, an observation or a mask that does not fit its space, a policy
   *   that remembers and is given no memory, or sampled actions while another call of this model is at work
   */
  predict<Action extends ParallelAction = PredictedAction>(
    observations: Readonly<Record<string, unknown>>,
    options: PredictOptions = {},
  ): Record<string, Action> {
    return this.#predictor.predict(observations, options) as Record<string, Action>;
  }

  /** What a policy with a memory remembers before the first step of an episode; empty without one. */
  newMemory(): Float32Array {
    return this.#predictor.newMemory();
  }

  /**
   * Plays whole episodes on fresh copies of the environment, with the likeliest actions unless told to sample;
   * learning is not affected.
   * @throws InvalidInputError as `learn` does
   */
  async evaluate(options: EvaluateOptions = {}): Promise<Evaluation> {
    return this.#occupation.during("evaluate()", "looks", () =>
      evaluate(this.#learner.algorithm, (copies) => this.#open(copies), options),
    );
  }

  /**
   * Plays one episode on a fresh copy of the environment, for `replayPage` and `replaySvg`; learning is not affected.
   * @throws InvalidInputError when the environment has no `draw`, and as `learn` does
   */
  async recordEpisode(options: RecordOptions = {}): Promise<Episode> {
    return this.#occupation.during("recordEpisode()", "looks", () =>
      recordEpisode(this.#learner.algorithm, this.#open(1), options),
    );
  }

  /**
   * Everything from which learning continues to the same bits, as a safetensors file.
   * @throws InvalidInputError while another call of this model is at work
   */
  async toBytes(): Promise<Uint8Array<ArrayBuffer>> {
    this.#occupation.require("toBytes()", "looks");
    return this.#encode();
  }

  #encode(): Promise<Uint8Array<ArrayBuffer>> {
    const about = { algorithm: this.#entry.id, task: taskShape(this.spec), settings: this.#settings };
    return encodeCheckpoint(this.#learner.save(), about);
  }

  /**
   * @throws CheckpointError for damaged bytes or another task's, InvalidInputError for what has no bytes; the model is
   *   then as it was
   */
  async fromBytes(bytes: Bytes, name = "checkpoint"): Promise<this> {
    const view = bytesIn(bytes);
    if (!view) {
      throw new InvalidInputError(
        `fromBytes(${formatValue(bytes)}): give the bytes of a file as a Uint8Array or an ArrayBuffer`,
      );
    }
    return this.#occupation.during("fromBytes()", "changes", () => this.#decode(view, name));
  }

  async #decode(bytes: Uint8Array, name: string): Promise<this> {
    const checkpoint = await decodeCheckpoint(bytes, name);
    requireSameTask(checkpoint, this.#entry.id, taskShape(this.spec), name);
    requireSameFunction(checkpoint, this.#settings, name);
    const before = this.#learner.save();
    try {
      await this.#learner.load(checkpoint.state);
    } catch (error) {
      await this.#learner.load(before);
      throw asCheckpointError(error, name, describeDifferences(checkpoint, this.#settings));
    }
    return this;
  }

  /**
   * Writes `toBytes` to a file (Node), whole or not at all; its folder is made where there is none. Until it is done
   * the model is busy with it.
   * @throws InvalidInputError when it cannot be written, and as `toBytes` does
   */
  async save(path: string): Promise<void> {
    await this.#occupation.during("save()", "looks", async () => writeWithFolder(path, await this.#encode()));
  }

  /** Continues from a file (Node) that `save` or a run wrote. @throws CheckpointError as `fromBytes` does */
  async load(path: string): Promise<this> {
    return this.#occupation.during("load()", "changes", async () =>
      this.#decode(await readBytes(path), path),
    );
  }

  /** Copies of the environment as the algorithm sees it. */
  #open(copies: number): AsyncVecEnv {
    return viewFor(this.#entry, openSource(this.#source, copies));
  }

  /** Closes the environment. */
  async close(): Promise<void> {
    await this.#learner.environment.close?.();
  }
}
