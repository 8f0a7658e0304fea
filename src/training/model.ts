/**
 * The library's face, in the words of the ecosystem: learn, predict, evaluate, save, load. A model is an
 * algorithm on an environment; the classes of the algorithms (`Matrpo`) differ by their registry entry alone.
 */
import type { LinkRecorder } from "../algorithms/matrpo/link.ts";
import type { AlgorithmEntry } from "../algorithms/registry.ts";
import { cutActions } from "../environments/cut-actions.ts";
import type { AsyncVecEnv, EnvironmentSpec } from "../environments/environment.ts";
import type { Space } from "../environments/spaces.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { formatValue } from "../validation/format.ts";
import { didYouMean } from "../validation/suggest.ts";
import { breathe } from "./breathe.ts";
import {
  asCheckpointError,
  decodeCheckpoint,
  encodeCheckpoint,
  requireSameFunction,
  requireSameTask,
} from "./checkpoint.ts";
import {
  type EnvironmentSource,
  flattenObservation,
  observationSpaces,
  openSource,
  readMasks,
} from "./environment-source.ts";
import { type EvaluateOptions, type Evaluation, evaluate } from "./evaluate.ts";
import { fileSystem, writeAtomically } from "./files.ts";
import { Learner, taskShape } from "./learner.ts";
import type { EvaluationMetrics, IterationMetrics } from "./metrics.ts";
import { type EvaluationPlan, evaluationDefaults, PeriodicEvaluation } from "./periodic-evaluation.ts";
import { find, validateOptions } from "./run-config.ts";
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
export interface PredictOptions {
  /** Take the likeliest action; sampling moves the agents' random streams. @defaultValue false */
  readonly deterministic?: boolean;
  /** By agent, one 0 or 1 a choice, heads one after another; without one every action is legal. */
  readonly actionMasks?: Readonly<Record<string, ArrayLike<number>>>;
  /** Of a policy with a memory: `newMemory()` at the start of an episode, then the same array, which is overwritten. */
  readonly memory?: Float32Array;
}
/** A number for an agent with one choice or dimension, else one number each. */
export type PredictedAction = number | number[];

export class Model<Options extends object = object> {
  readonly #entry: AlgorithmEntry;
  readonly #source: EnvironmentSource;
  readonly #settings: Readonly<Record<string, unknown>>;
  readonly #seed: number;
  readonly #stepsPerIteration: number;
  readonly #learner: Learner;
  #spaces: readonly Space[] | undefined;

  /** @throws InvalidInputError naming the option, its value and what is allowed */
  constructor(entry: AlgorithmEntry, source: EnvironmentSource, options: Options & ModelOptions) {
    const { seed = 1, preset = "default", threads, ...given }: ModelOptions = options;
    const base = find(entry.presets, preset, `preset of ${entry.id}`);
    const settings = validateOptions(entry, { ...base, ...given });
    this.#entry = entry;
    this.#source = source;
    this.#settings = { options: settings, seed };
    this.#seed = seed;
    this.#stepsPerIteration = settings.stepsPerIteration;
    const environment = this.#open(settings.environmentCopies);
    this.#learner = new Learner(entry, settings, environment, seed, threads);
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
   */
  async learn(totalSteps: number, options: LearnOptions = {}): Promise<this> {
    if (!(totalSteps >= 0 && Number.isFinite(totalSteps))) {
      throw new InvalidInputError(
        `learn(${formatValue(totalSteps)}): give a number of environment steps from 0`,
      );
    }
    const iterations = Math.ceil(totalSteps / this.#stepsPerIteration);
    if (options.onLinkMessage) this.#learner.links.listen(options.onLinkMessage);
    try {
      await this.#iterate(iterations, options);
    } finally {
      this.#learner.algorithm.links?.listen();
    }
    return this;
  }

  async #iterate(iterations: number, options: LearnOptions): Promise<void> {
    const { onIteration, onEvaluation, signal } = options;
    const plan = { ...evaluationDefaults, ...options };
    const evaluation = new PeriodicEvaluation(
      this.#learner,
      (copies) => this.#open(copies),
      this.#seed,
      plan,
    );
    for (let i = 1; i <= iterations && !signal?.aborted; i++) {
      const metrics = await evaluation.add(await this.#learner.iterate());
      if (metrics.evaluation) await onEvaluation?.(metrics.evaluation, metrics);
      await onIteration?.(metrics);
      await breathe();
    }
  }

  /**
   * Chooses an action for every agent that is given an observation; continuous ones cut to their bounds, as the
   * environment takes them, whatever the policy drew.
   * @param observations by agent, as the environment gives them
   * @throws InvalidInputError for an unknown agent, or an observation or a mask that does not fit its space
   */
  predict(
    observations: Readonly<Record<string, unknown>>,
    { deterministic = false, actionMasks = {}, memory }: PredictOptions = {},
  ): Record<string, PredictedAction> {
    const { agents, observationSizes, actionSizes, actionSize, action } = this.spec;
    this.#spaces ??= observationSpaces(this.#learner.environment);
    const rows = observationSizes.map((size) => new Float32Array(size));
    for (const [agent, observation] of Object.entries(observations)) {
      const i = agents.indexOf(agent);
      if (i < 0) throw new InvalidInputError(`There is no agent "${agent}"; ${didYouMean(agent, agents)}`);
      flattenObservation(agent, this.#spaces[i], observation, rows[i]);
    }
    const size = actionSizes.reduce((sum, size) => sum + size, 0);
    const joint = action === "discrete" ? new Int32Array(size) : new Float32Array(size);
    const masks = readMasks(this.spec, actionMasks);
    const { algorithm } = this.#learner;
    const situation = { rows: 1, observations: rows, ...(masks && { masks }) };
    algorithm.act({ ...situation, memory: this.#requireMemory(memory) }, joint, deterministic);
    const actions: Record<string, PredictedAction> = {};
    let first = 0;
    for (const [i, agent] of agents.entries()) {
      const own = Array.from(joint.subarray(first, first + actionSizes[i]));
      cutActions(this.spec, own, i * actionSize);
      if (Object.hasOwn(observations, agent)) actions[agent] = own.length === 1 ? own[0] : own;
      first += actionSizes[i];
    }
    return actions;
  }

  /** What a policy with a memory remembers before the first step of an episode; empty without one. */
  newMemory(): Float32Array {
    return new Float32Array(this.#learner.algorithm.memorySize ?? 0);
  }

  #requireMemory(memory = this.newMemory()): Float32Array {
    const { length } = this.newMemory();
    if (memory.length === length) return memory;
    throw new InvalidInputError(
      `memory has ${memory.length} numbers; this policy remembers ${length}. Take it from newMemory().`,
    );
  }

  /**
   * Plays whole episodes on fresh copies of the environment, with the likeliest actions unless told to sample;
   * learning is not affected.
   */
  async evaluate(options: EvaluateOptions = {}): Promise<Evaluation> {
    return evaluate(this.#learner.algorithm, (copies) => this.#open(copies), options);
  }

  /** Everything from which learning continues to the same bits, as a safetensors file. */
  async toBytes(): Promise<Uint8Array<ArrayBuffer>> {
    const about = { algorithm: this.#entry.id, task: taskShape(this.spec), settings: this.#settings };
    return encodeCheckpoint(this.#learner.save(), about);
  }

  /** @throws CheckpointError for damaged bytes or another task's; the model is then as it was */
  async fromBytes(bytes: Uint8Array, name = "checkpoint"): Promise<this> {
    const checkpoint = await decodeCheckpoint(bytes, name);
    requireSameTask(checkpoint, this.#entry.id, taskShape(this.spec), name);
    requireSameFunction(checkpoint, this.#settings, name);
    const before = this.#learner.save();
    try {
      await this.#learner.load(checkpoint.state);
    } catch (error) {
      await this.#learner.load(before);
      throw asCheckpointError(error, name);
    }
    return this;
  }

  /** Writes `toBytes` to a file (Node), whole or not at all. */
  async save(path: string): Promise<void> {
    await writeAtomically(path, await this.toBytes());
  }

  /** Continues from a file (Node) that `save` or a run wrote. @throws CheckpointError as `fromBytes` does */
  async load(path: string): Promise<this> {
    const bytes = await fileSystem()
      .readFile(path)
      .catch((error: Error) => {
        throw new InvalidInputError(`${path} cannot be read: ${error.message}.`);
      });
    return this.fromBytes(bytes, path);
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
