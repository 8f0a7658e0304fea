/**
 * Runs many copies of a built-in environment with same-step autoreset: after the end of an episode the row
 * shows the first observation of the next one, and the last is kept aside. Stepping creates no objects.
 */
import { Random } from "../tensor/random.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { formatValue } from "../validation/format.ts";
import { requireKnownKeys } from "../validation/known-keys.ts";
import { cutActions } from "./cut-actions.ts";
import type {
  Drawing,
  EnvironmentDefinition,
  EnvironmentInstance,
  EnvironmentSpec,
  VecBatch,
  VecEnv,
} from "./environment.ts";
import { StepOutcome } from "./environment.ts";
import { requireDefinition } from "./require-definition.ts";
import { copyRow, createBatch, reachesLimit } from "./spec.ts";

export interface VectoriseOptions {
  /** How many copies step together. @defaultValue 1 */
  readonly copies?: number;
  /** Copy c draws from the stream ("environment", c) of this seed, however many there are. @defaultValue 0 */
  readonly seed?: number | string;
  /** Number of the first copy, for shards of a larger set. @defaultValue 0 */
  readonly firstCopy?: number;
}

/** A copy as plain JSON. Only `state` is needed to set a scene; the rest continues a run to the same bits. */
export interface SavedCopy<State = unknown> {
  readonly state: State;
  /** The copy's random stream. Left as it is when absent. */
  readonly random?: readonly number[];
  /** Steps of the current episode so far. @defaultValue 0 */
  readonly steps?: number;
  /** Sums of the rewards of the current episode so far, one an agent. @defaultValue zeros */
  readonly returns?: readonly number[];
  /** The metrics of the current episode so far, of an environment that has some. @defaultValue zeros */
  readonly metrics?: readonly number[];
}

/** A batched environment that can save and load each copy. */
export interface VectorisedEnv<State = unknown> extends VecEnv {
  readonly saveState: (copy: number) => SavedCopy<State>;
  /** @param saved a `SavedCopy` @throws InvalidInputError when it is none, or of another environment */
  readonly loadState: (copy: number, saved: unknown) => void;
}

/**
 * The batched form of an environment, first episodes begun.
 * @throws InvalidInputError for bad options, and for what is no definition
 */
export function vectorise<State>(
  definition: EnvironmentDefinition<State>,
  options: VectoriseOptions = {},
): VectorisedEnv<State> {
  requireDefinition(definition, "vectorise");
  requireKnownKeys(options, ["copies", "seed", "firstCopy"], "options of vectorise");
  return new Vectorised(definition, options);
}

class Vectorised<State> implements VectorisedEnv<State> {
  readonly spec: EnvironmentSpec;
  readonly copies: number;
  readonly batch: VecBatch;
  /** The batch as the rules see it: continuous actions within their bounds. */
  readonly #bounded: VecBatch;
  readonly #instance: EnvironmentInstance<State>;
  readonly #firstCopy: number;
  readonly #randoms: Random[];
  readonly #returns: Float64Array;
  readonly #steps: Int32Array;

  constructor(definition: EnvironmentDefinition<State>, options: VectoriseOptions) {
    const { copies = 1, seed = 0, firstCopy = 0 } = options;
    if (!Number.isInteger(copies) || copies < 1) {
      throw new InvalidInputError(`copies is ${formatValue(copies)}; it must be an integer of at least 1`);
    }
    this.spec = definition.spec;
    this.copies = copies;
    this.batch = createBatch(this.spec, copies);
    const cut = this.spec.action === "continuous";
    this.#bounded = cut ? { ...this.batch, actions: this.batch.actions.slice() } : this.batch;
    this.#instance = definition.create(copies);
    this.#firstCopy = firstCopy;
    this.#randoms = this.#streams(seed);
    this.#returns = new Float64Array(this.batch.episodeReturns.length);
    this.#steps = new Int32Array(copies);
    if (this.#instance.draw) this.draw = (copy) => this.#instance.draw?.(copy) as Drawing;
    this.reset();
  }

  draw?: (copy: number) => Drawing;

  reset(seed?: number): void {
    if (seed !== undefined) this.#randoms.splice(0, this.copies, ...this.#streams(seed));
    this.batch.terminated.fill(0);
    this.batch.truncated.fill(0);
    this.batch.rewards.fill(0);
    for (let copy = 0; copy < this.copies; copy++) this.#begin(copy);
  }

  step(): void {
    const { batch } = this;
    if (this.#bounded !== batch) {
      this.#bounded.actions.set(batch.actions);
      cutActions(this.spec, this.#bounded.actions);
    }
    for (let copy = 0; copy < this.copies; copy++) {
      if (this.#steps[copy] === 0) this.#setMetrics(copy);
      const outcome = this.#instance.step(copy, this.#randoms[copy], this.#bounded);
      const steps = ++this.#steps[copy];
      this.#addRewards(copy);
      const terminated = outcome === StepOutcome.terminated;
      const truncated = !terminated && (outcome === StepOutcome.truncated || reachesLimit(this.spec, steps));
      batch.terminated[copy] = terminated ? 1 : 0;
      batch.truncated[copy] = truncated ? 1 : 0;
      this.#instance.observe(copy, batch);
      if (terminated || truncated) this.#finish(copy);
    }
  }

  readonly saveState = (copy: number): SavedCopy<State> => {
    this.#requireCopy(copy);
    const agents = this.spec.agents.length;
    const saved = {
      state: this.#instance.saveState(copy),
      random: this.#randoms[copy].saveState(),
      steps: this.#steps[copy],
      returns: [...this.#returns.subarray(copy * agents, (copy + 1) * agents)],
    };
    const measured = this.spec.metrics.length;
    if (measured === 0) return saved;
    return { ...saved, metrics: [...this.batch.metrics.subarray(copy * measured, (copy + 1) * measured)] };
  };

  readonly loadState = (copy: number, saved: unknown): void => {
    this.#requireCopy(copy);
    const { state, random, steps, returns, metrics } = this.#parse(saved);
    const agents = this.spec.agents.length;
    this.#instance.loadState(copy, state);
    if (random) this.#randoms[copy].loadState(random);
    this.#steps[copy] = steps ?? 0;
    this.#returns.set(returns ?? new Array(agents).fill(0), copy * agents);
    this.#setMetrics(copy, metrics);
    this.batch.alive.fill(1, copy * agents, (copy + 1) * agents);
    this.batch.terminated[copy] = 0;
    this.batch.truncated[copy] = 0;
    this.#instance.observe(copy, this.batch);
  };

  #streams(seed: number | string): Random[] {
    const root = Random.fromSeed(seed);
    return Array.from({ length: this.copies }, (_, copy) =>
      root.derive("environment", this.#firstCopy + copy),
    );
  }

  #begin(copy: number): void {
    const agents = this.spec.agents.length;
    this.#steps[copy] = 0;
    for (let i = copy * agents; i < (copy + 1) * agents; i++) {
      this.#returns[i] = 0;
      this.batch.alive[i] = 1;
    }
    this.#instance.reset(copy, this.#randoms[copy]);
    this.#instance.observe(copy, this.batch);
  }

  #setMetrics(copy: number, values?: readonly number[]): void {
    const { length } = this.spec.metrics;
    for (let i = 0; i < length; i++) this.batch.metrics[copy * length + i] = values?.[i] ?? 0;
  }

  #addRewards(copy: number): void {
    const agents = this.spec.agents.length;
    const end = (copy + 1) * agents;
    for (let i = copy * agents; i < end; i++) this.#returns[i] += this.batch.rewards[i];
  }

  #finish(copy: number): void {
    const { batch, spec } = this;
    const agents = spec.agents.length;
    copyRow(batch.observations, batch.finalObservations, copy, agents * spec.observationSize);
    copyRow(batch.state, batch.finalState, copy, spec.stateSize);
    copyRow(batch.mask, batch.finalMask, copy, agents * spec.maskSize);
    copyRow(batch.alive, batch.finalAlive, copy, agents);
    for (let i = copy * agents; i < (copy + 1) * agents; i++) batch.episodeReturns[i] = this.#returns[i];
    batch.episodeLengths[copy] = this.#steps[copy];
    this.#begin(copy);
  }

  #requireCopy(copy: number): void {
    if (Number.isInteger(copy) && copy >= 0 && copy < this.copies) return;
    throw new InvalidInputError(
      `copy ${copy} does not exist; ${this.spec.id} has copies 0 to ${this.copies - 1}`,
    );
  }

  #parse(saved: unknown): SavedCopy<State> {
    const { steps, returns, metrics } = (saved ?? {}) as SavedCopy<State>;
    const numbers = (list: readonly number[] | undefined, length: number): boolean =>
      list === undefined || (Array.isArray(list) && list.length === length && list.every(Number.isFinite));
    const usable =
      typeof saved === "object" &&
      saved !== null &&
      "state" in saved &&
      (steps === undefined || (Number.isInteger(steps) && steps >= 0)) &&
      numbers(returns, this.spec.agents.length) &&
      numbers(metrics, this.spec.metrics.length);
    if (usable) return saved as SavedCopy<State>;
    throw new InvalidInputError(
      `${this.spec.id}: got ${formatValue(saved)} as saved copy; give what saveState returned, or { state }`,
    );
  }
}
