/**
 * One learning process in memory: an environment, an algorithm, the collector between them and the counters.
 * `iterate` moves it by one iteration; `save` and `load` hold everything that the next iteration depends on.
 */
import type { Algorithm, AlgorithmState, TaskShape, UpdateMetrics } from "../algorithms/algorithm.ts";
import type { LinkNetwork } from "../algorithms/matrpo/link-network.ts";
import type { AlgorithmEntry, SamplingSettings } from "../algorithms/registry.ts";
import type { AsyncVecEnv, EnvironmentSpec } from "../environments/environment.ts";
import { sharedArena } from "../kernels/arena.ts";
import { Stopwatch } from "../profiling/stopwatch.ts";
import type { Batch } from "../rollouts/batch.ts";
import { Collector, type CollectorState } from "../rollouts/collector.ts";
import { Random } from "../tensor/random.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { generalWarnings } from "./general-warnings.ts";
import { type IterationMetrics, joinMetrics, summariseEpisodes } from "./metrics.ts";

export interface LearnerState {
  readonly iteration: number;
  readonly environmentSteps: number;
  readonly collector: CollectorState;
  readonly algorithm: AlgorithmState;
}

export class Learner {
  readonly environment: AsyncVecEnv;
  readonly algorithm: Algorithm;
  readonly #collector: Collector;
  #iteration = 0;
  #environmentSteps = 0;

  /**
   * @param seed all random streams of the environment and the algorithm hang below it
   * @param threads that kernels share their work with, by default one a processor, at most 8; the bits are those of one
   */
  constructor(
    entry: AlgorithmEntry,
    settings: SamplingSettings,
    environment: AsyncVecEnv,
    seed: number,
    threads?: number,
  ) {
    const task = taskShape(environment.spec);
    requireLearnable(entry, environment.spec);
    const random = Random.fromSeed(seed);
    this.environment = environment;
    this.algorithm = entry.create(task, settings, random.derive("algorithm"), sharedArena(threads));
    const { stepsPerIteration } = settings;
    const { memorySize } = this.algorithm;
    this.#collector = new Collector(environment, stepsPerIteration, random.derive("environment"), memorySize);
  }

  /** Iterations done. */
  get iteration(): number {
    return this.#iteration;
  }

  /** Steps of all copies together. */
  get environmentSteps(): number {
    return this.#environmentSteps;
  }

  /** What its agents talk through. @throws InvalidInputError when the algorithm's agents do not talk */
  get links(): LinkNetwork {
    const { links, id } = this.algorithm;
    if (links) return links;
    throw new InvalidInputError(
      `The agents of ${id} send each other nothing, so there are no links to record.`,
    );
  }

  /** Collects a batch and learns from it. @throws NonFiniteError, the policy being what it was before */
  async iterate(): Promise<IterationMetrics> {
    const stopwatch = new Stopwatch();
    const collected = this.#collector.collect(this.algorithm, stopwatch);
    const batch = collected instanceof Promise ? await collected : collected;
    const update = this.#learn(batch, stopwatch);
    this.#iteration += 1;
    this.#environmentSteps += batch.rows;
    const counters = { iteration: this.#iteration, environmentSteps: this.#environmentSteps };
    const episodes = summariseEpisodes(batch.episodes, batch.agents.length);
    const line = joinMetrics(counters, episodes, update, stopwatch.read());
    const general = generalWarnings(line, this.environment, batch.rows);
    return general.length === 0 ? line : { ...line, warnings: [...line.warnings, ...general] };
  }

  /** The algorithm knows nothing of a batch that it refused, so that the next one cannot go on from it. */
  #learn(batch: Batch, stopwatch: Stopwatch): UpdateMetrics {
    try {
      return this.algorithm.update(batch, stopwatch);
    } catch (error) {
      this.#collector.beginAnew();
      throw error;
    }
  }

  save(): LearnerState {
    return {
      iteration: this.#iteration,
      environmentSteps: this.#environmentSteps,
      collector: this.#collector.saveState(),
      algorithm: this.algorithm.save(),
    };
  }

  /** Continues where `save` was called. @throws CheckpointError when the state belongs to another task */
  async load(state: LearnerState): Promise<void> {
    this.algorithm.load(state.algorithm);
    await this.#collector.loadState(state.collector);
    this.#iteration = state.iteration;
    this.#environmentSteps = state.environmentSteps;
  }
}

/** The shape of an environment's task as algorithms see it. */
export function taskShape(spec: EnvironmentSpec): TaskShape {
  const { agents, observationSizes, action, headSizes, actionSizes, actionSize, low, high } = spec;
  const row = (all: Float32Array, agent: number): number[] => [
    ...all.subarray(agent * actionSize, agent * actionSize + actionSizes[agent]),
  ];
  return {
    agents,
    observationSizes,
    action,
    headSizes,
    actionSizes,
    ...(low && high && { bounds: agents.map((_, i) => ({ low: row(low, i), high: row(high, i) })) }),
    masked: spec.maskSize > 0,
    stateSize: spec.stateSize,
    agentStateSize: spec.agentStateSize,
  };
}

/** @throws InvalidInputError when the environment's actions are of a kind that the algorithm does not learn */
function requireLearnable({ id, learns }: AlgorithmEntry, spec: EnvironmentSpec): void {
  const missing = [
    ...(spec.action === "continuous" && !learns?.continuous ? ["continuous actions"] : []),
    ...(spec.maskSize > 0 && !learns?.masks ? ["action masks"] : []),
  ];
  if (missing.length === 0) return;
  throw new InvalidInputError(
    `${spec.id} has ${missing.join(" and ")}, which ${id} does not learn; ` +
      "see marlstone list for the algorithms that do.",
  );
}
