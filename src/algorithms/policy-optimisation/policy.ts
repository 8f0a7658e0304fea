/** A policy π(a|o) with one set of parameters, of one agent or of several that are alike, with its optimiser. */
import type { ActionDistribution } from "../../distributions/action-distribution.ts";
import { CategoricalActions } from "../../distributions/categorical-actions.ts";
import { GaussianActions } from "../../distributions/gaussian-actions.ts";
import type { Arena } from "../../kernels/memory.ts";
import { initializeNetwork, type NetworkShape, networkLayout } from "../../nn/network.ts";
import { flatten, unflatten } from "../../nn/parameters.ts";
import { Predictor } from "../../nn/predictor.ts";
import { Adam } from "../../optim/adam.ts";
import type { Actions, Situation } from "../../rollouts/joint-policy.ts";
import type { Random } from "../../tensor/random.ts";
import type { AlgorithmState, TaskShape } from "../algorithm.ts";
import { loadAdam, saveAdam } from "./adam-state.ts";
import type { FamilySettings } from "./options.ts";
import { stackRows } from "./sharing.ts";

/** Where an agent's heads or dimensions stand in the joint action. */
export interface Columns {
  readonly first: number;
  readonly count: number;
}

/** [agents] columns of the joint action. */
export function actionColumns({ actionSizes }: TaskShape): Columns[] {
  let end = 0;
  return actionSizes.map((count) => {
    end += count;
    return { first: end - count, count };
  });
}

export class Policy {
  /** Numbers of the agents that act by it, ascending. */
  readonly agents: readonly number[];
  /** Names them in errors. */
  readonly name: string;
  readonly shape: NetworkShape;
  readonly distribution: ActionDistribution;
  readonly adam: Adam;
  readonly #acting: readonly Random[];
  readonly #observationSize: number;
  #parameters: Float32Array;
  #predictor: Predictor | undefined;

  /** @param random the algorithm's stream: each agent draws its actions from one of its own */
  constructor(task: TaskShape, agents: readonly number[], settings: FamilySettings, random: Random) {
    const { hiddenSizes, activation, inputNorm, hiddenNorm, outputGain, learningRate, adamEpsilon } =
      settings;
    const [first] = agents;
    this.agents = agents;
    this.name = agents.map((agent) => task.agents[agent]).join(", ");
    this.distribution =
      task.action === "discrete"
        ? new CategoricalActions(task.headSizes[first])
        : new GaussianActions(task.actionSizes[first]);
    this.#observationSize = task.observationSizes[first];
    this.shape = {
      inputSize: this.#observationSize + (agents.length > 1 ? agents.length : 0),
      hiddenSizes,
      activation,
      inputNorm,
      hiddenNorm,
      outputSize: this.distribution.outputSize,
      extraParameters: this.distribution.extraParameters,
    };
    this.#acting = agents.map((agent) => random.derive("acting", agent));
    this.#parameters = initializeNetwork(this.shape, random.derive("policy", first), {
      outputGain,
      ...(task.action === "discrete" && { heads: task.headSizes[first] }),
      ...(this.distribution.extraParameters > 0 && { extra: this.distribution.initialExtra }),
    });
    this.adam = new Adam(this.#parameters.length, { learningRate, epsilon: adamEpsilon });
  }

  get parameters(): Float32Array {
    return this.#parameters;
  }

  set parameters(parameters: Float32Array) {
    this.#parameters = parameters;
    this.#predictor = undefined;
  }

  /** What the network reads, [agents · rows, inputSize]. @param observations [all agents] of [rows, size] */
  inputs(observations: readonly Float32Array[], rows: number): Float32Array {
    return stackRows(
      this.agents.map((agent) => observations[agent]),
      rows,
      this.#observationSize,
    );
  }

  /** Writes its agents' actions into the joint ones [rows, width]. */
  act(
    arena: Arena,
    { observations, rows, masks }: Situation,
    columns: readonly Columns[],
    actions: Actions,
    deterministic: boolean,
  ): void {
    this.#predictor ??= new Predictor(arena, this.shape, this.#parameters);
    const { output } = this.#predictor.predict(
      arena,
      this.inputs(observations, rows),
      rows * this.agents.length,
    );
    const size = rows * this.shape.outputSize;
    const width = actions.length / rows;
    for (const [member, agent] of this.agents.entries()) {
      const sampled = this.distribution.sample(
        arena,
        output.subarray(member * size, (member + 1) * size),
        this.extra,
        rows,
        this.#acting[member],
        deterministic,
        masks?.[agent],
      );
      const { first, count } = columns[agent];
      for (let row = 0; row < rows; row++) {
        for (let k = 0; k < count; k++) actions[row * width + first + k] = sampled.actions[row * count + k];
      }
    }
  }

  /** [extraParameters], such as log standard deviations, if there are any. */
  get extra(): Float32Array | undefined {
    const { extraParameters = 0 } = this.shape;
    return extraParameters > 0 ? this.#parameters.slice(-extraParameters) : undefined;
  }

  save(prefix: string): AlgorithmState {
    const adam = saveAdam(this.adam, `${prefix}adam`);
    return {
      tensors: { ...unflatten(networkLayout(this.shape, prefix), this.#parameters), ...adam.tensors },
      facts: { ...adam.facts, [`${prefix}acting`]: this.#acting.map((random) => random.saveState()) },
    };
  }

  load(prefix: string, state: AlgorithmState): void {
    this.parameters = flatten(networkLayout(this.shape, prefix), state.tensors);
    loadAdam(this.adam, `${prefix}adam`, state);
    const acting = state.facts[`${prefix}acting`] as readonly (readonly number[])[];
    for (const [i, random] of this.#acting.entries()) random.loadState(acting[i]);
  }
}
