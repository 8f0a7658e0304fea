/** One situation in the environment's own terms: observations by agent in, actions by agent out. */
import type { Algorithm } from "../algorithms/algorithm.ts";
import { cutActions } from "../environments/cut-actions.ts";
import type { AsyncVecEnv } from "../environments/environment.ts";
import type { Space } from "../environments/spaces.ts";
import type { Actions } from "../rollouts/joint-policy.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { requireKnownKeys, requireObject } from "../validation/known-keys.ts";
import { didYouMean } from "../validation/suggest.ts";
import { actionKinds, flattenObservation, observationSpaces, readMasks } from "./environment-source.ts";
import type { Occupation } from "./occupation.ts";

export interface PredictOptions {
  /** Take the likeliest action. Sampling moves the agents' random streams, so not while it learns. @defaultValue false */
  readonly deterministic?: boolean;
  /** By agent, one 0 or 1 a choice, heads one after another; without one every action is legal. */
  readonly actionMasks?: Readonly<Record<string, ArrayLike<number>>>;
  /**
   * `newMemory()` at the start of an episode, then the same array, which is overwritten. A policy that remembers needs
   * it; of another it is empty.
   */
  readonly memory?: Float32Array;
}
/** What `step` takes: a number of a discrete space, whole numbers of a multi-discrete one, numbers of a box. */
export type PredictedAction = number | Int32Array | Float32Array;

const OPTIONS = ["deterministic", "actionMasks", "memory"] as const;

export class Predictor {
  readonly #algorithm: Algorithm;
  readonly #environment: AsyncVecEnv;
  readonly #occupation: Occupation;
  readonly #spaces: readonly Space[];
  readonly #kinds: readonly Space["type"][];

  /** @param occupation of the model: no action is sampled while it learns */
  constructor(algorithm: Algorithm, environment: AsyncVecEnv, occupation: Occupation) {
    this.#algorithm = algorithm;
    this.#environment = environment;
    this.#occupation = occupation;
    this.#spaces = observationSpaces(environment);
    this.#kinds = actionKinds(environment);
  }

  /** @throws InvalidInputError or NonFiniteError, as `Model.predict` says */
  predict(
    observations: Readonly<Record<string, unknown>>,
    options: PredictOptions,
  ): Record<string, PredictedAction> {
    requireObject(observations, "observations of predict", "an object that has those of agents by name");
    requireKnownKeys(options, OPTIONS, "options of predict");
    const { deterministic = false, actionMasks = {}, memory } = options;
    if (!deterministic) this.#occupation.requireStill("a sampled predict()", "give it deterministic: true");
    const { spec } = this.#environment;
    const rows = this.#flatten(observations);
    const size = spec.actionSizes.reduce((sum, size) => sum + size, 0);
    const joint = spec.action === "discrete" ? new Int32Array(size) : new Float32Array(size);
    const masks = readMasks(spec, actionMasks);
    const situation = { rows: 1, observations: rows, ...(masks && { masks }) };
    this.#algorithm.act({ ...situation, memory: this.#requireMemory(memory) }, joint, deterministic);
    return this.#byAgent(joint, observations);
  }

  /** What is remembered before the first step of an episode. */
  newMemory(): Float32Array {
    return new Float32Array(this.#algorithm.memorySize ?? 0);
  }

  #requireMemory(memory: Float32Array | undefined): Float32Array {
    const empty = this.newMemory();
    if (memory === undefined && empty.length > 0) {
      throw new InvalidInputError(
        "This policy remembers an episode from step to step. At its start: const memory = model.newMemory(); " +
          "at every step: model.predict(observations, { memory }).",
      );
    }
    if (memory === undefined || memory.length === empty.length) return memory ?? empty;
    throw new InvalidInputError(
      `memory has ${memory.length} numbers; this policy remembers ${empty.length}. Take it from newMemory().`,
    );
  }

  #flatten(observations: Readonly<Record<string, unknown>>): Float32Array[] {
    const { agents, observationSizes } = this.#environment.spec;
    const rows = observationSizes.map((size) => new Float32Array(size));
    for (const [agent, observation] of Object.entries(observations)) {
      const i = agents.indexOf(agent);
      if (i < 0) throw new InvalidInputError(`There is no agent "${agent}"; ${didYouMean(agent, agents)}`);
      flattenObservation(agent, this.#spaces[i], observation, rows[i]);
    }
    return rows;
  }

  /** The actions of those who observe, each in an array of its own. */
  #byAgent(joint: Actions, observations: Readonly<Record<string, unknown>>): Record<string, PredictedAction> {
    const { spec } = this.#environment;
    const actions: Record<string, PredictedAction> = {};
    let first = 0;
    for (const [i, agent] of spec.agents.entries()) {
      const own = joint.slice(first, first + spec.actionSizes[i]);
      cutActions(spec, own, i * spec.actionSize);
      if (Object.hasOwn(observations, agent)) actions[agent] = this.#kinds[i] === "discrete" ? own[0] : own;
      first += spec.actionSizes[i];
    }
    return actions;
  }
}
