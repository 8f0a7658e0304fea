/**
 * Between an environment's padded arrays and an algorithm's per-agent rows: gathers [copies, size of agent i]
 * observations, lets the algorithm choose, scatters the joint action [copies, total heads] back.
 */
import type { EnvironmentSpec, VecBatch } from "../environments/environment.ts";
import { NonFiniteError } from "../validation/errors.ts";
import type { JointPolicy } from "./joint-policy.ts";

export class Actor {
  /** observations[i] is [copies, size of agent i], as of the last `gather`. */
  readonly observations: readonly Float32Array[];
  /** [copies, total heads], as of the last `act`. */
  readonly actions: Int32Array;
  readonly #spec: EnvironmentSpec;
  readonly #copies: number;
  readonly #heads: number;

  constructor(spec: EnvironmentSpec, copies: number) {
    this.#spec = spec;
    this.#copies = copies;
    this.#heads = spec.actionSizes.reduce((sum, size) => sum + size, 0);
    this.observations = spec.observationSizes.map((size) => new Float32Array(copies * size));
    this.actions = new Int32Array(copies * this.#heads);
  }

  /**
   * Gathers the observations, chooses, and writes the choice into `batch.actions`.
   * @param step where in the episode or iteration this is, for messages
   * @throws NonFiniteError naming agent, copy and step when an observation is NaN or infinite
   */
  act(algorithm: JointPolicy, batch: VecBatch, step: number, deterministic = false): void {
    gather(this.#spec, batch.observations, { copies: this.#copies, copy: 0, step }, this.observations);
    algorithm.act(this.observations, this.#copies, this.actions, deterministic);
    this.#scatter(batch.actions);
  }

  #scatter(target: VecBatch["actions"]): void {
    const { actionSizes, actionSize } = this.#spec;
    let source = 0;
    for (let copy = 0; copy < this.#copies; copy++) {
      for (let agent = 0; agent < actionSizes.length; agent++) {
        const start = (copy * actionSizes.length + agent) * actionSize;
        for (let k = 0; k < actionSizes[agent]; k++) target[start + k] = this.actions[source++];
      }
    }
  }
}

/** Which copies an array holds, and when: for messages. */
export interface Place {
  readonly copies: number;
  /** Number of the first copy. */
  readonly copy: number;
  readonly step: number;
}

/** Takes the padding out of [copies, A, observationSize]: into[i] becomes [copies, size of agent i]. */
export function gather(
  { agents, observationSizes, observationSize }: EnvironmentSpec,
  padded: Float32Array,
  { copies, copy: first, step }: Place,
  into: readonly Float32Array[],
): void {
  for (let agent = 0; agent < agents.length; agent++) {
    const size = observationSizes[agent];
    const target = into[agent];
    for (let copy = 0; copy < copies; copy++) {
      const start = (copy * agents.length + agent) * observationSize;
      for (let k = 0; k < size; k++) {
        const value = padded[start + k];
        if (!Number.isFinite(value)) refuse(`observation[${k}]`, value, agents[agent], first + copy, step);
        target[copy * size + k] = value;
      }
    }
  }
}

/** Says which number is not finite, and whose. */
export function refuse(what: string, value: number, agent: string, copy: number, step: number): never {
  throw new NonFiniteError(
    `The environment gave ${what} = ${value} to ${agent} (copy ${copy}, step ${step}); it must be finite. ` +
      "Look at what the environment divides by, or run checkEnvironment on it.",
  );
}
