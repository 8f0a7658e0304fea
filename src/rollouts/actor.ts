/**
 * Between an environment's padded arrays and an algorithm's per-agent rows: gathers what every agent sees and may
 * do, lets the algorithm choose, scatters the joint action back. It keeps what the policy remembers of each copy,
 * from the start of an episode to its end.
 */
import type { EnvironmentSpec, VecBatch } from "../environments/environment.ts";
import { NonFiniteError } from "../validation/errors.ts";
import type { Actions, JointPolicy, Situation } from "./joint-policy.ts";

export class Actor {
  /** What the next call of the algorithm sees; its arrays are filled again and again. */
  readonly situation: Situation & { readonly memory: Float32Array };
  /** [copies, total heads or dimensions], as of the last `act`. */
  readonly actions: Actions;
  readonly #spec: EnvironmentSpec;
  readonly #copies: number;

  /** @param memorySize of the policy that will act */
  constructor(spec: EnvironmentSpec, copies: number, memorySize = 0) {
    const size = sum(spec.actionSizes) * copies;
    this.#spec = spec;
    this.#copies = copies;
    this.situation = {
      rows: copies,
      observations: spec.observationSizes.map((width) => new Float32Array(copies * width)),
      ...(spec.maskSize > 0 && {
        masks: spec.headSizes.map((sizes) => new Uint8Array(copies * sum(sizes))),
      }),
      memory: new Float32Array(copies * memorySize),
    };
    this.actions = spec.action === "discrete" ? new Int32Array(size) : new Float32Array(size);
  }

  /**
   * Gathers the observations, chooses, and writes the choice into `batch.actions`.
   * @param step how many steps of the episode or iteration came before, for messages
   * @throws NonFiniteError naming agent, copy and step when an observation is NaN or infinite
   */
  act(algorithm: JointPolicy, batch: VecBatch, step: number, deterministic = false): void {
    const { observations, masks } = this.situation;
    const place = { copies: this.#copies, copy: 0, step };
    gather(this.#spec, batch.observations, place, observations);
    if (masks) gatherMasks(this.#spec, batch.mask, this.#copies, masks);
    algorithm.act(this.situation, this.actions, deterministic);
    this.#scatter(batch.actions);
  }

  /** Forgets every episode. */
  forget(): void {
    this.situation.memory.fill(0);
  }

  /** Forgets the episodes that the last step ended. */
  forgetEnded({ terminated, truncated }: VecBatch): void {
    const { memory } = this.situation;
    const size = memory.length / this.#copies;
    if (size === 0) return;
    for (let copy = 0; copy < this.#copies; copy++) {
      if (terminated[copy] + truncated[copy] > 0) memory.fill(0, copy * size, (copy + 1) * size);
    }
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
  /** The step that it answers, from 1; 0 is what stood there before the first. */
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

/** Takes the padding out of [copies, A, maskSize]: into[i] becomes [copies, choices of agent i]. */
export function gatherMasks(
  { agents, maskSize }: EnvironmentSpec,
  padded: Uint8Array,
  copies: number,
  into: readonly Uint8Array[],
): void {
  for (let agent = 0; agent < agents.length; agent++) {
    const size = into[agent].length / copies;
    for (let copy = 0; copy < copies; copy++) {
      const start = (copy * agents.length + agent) * maskSize;
      for (let k = 0; k < size; k++) into[agent][copy * size + k] = padded[start + k];
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

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
