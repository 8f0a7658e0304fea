/** A policy π(a|o) with one set of parameters, of one agent or of several that are alike, with its optimiser. */
import type { ActionDistribution } from "../../distributions/action-distribution.ts";
import { CategoricalActions } from "../../distributions/categorical-actions.ts";
import { type DeviationForm, GaussianActions } from "../../distributions/gaussian-actions.ts";
import type { Arena } from "../../kernels/memory.ts";
import { initializeNetwork, type NetworkShape, networkLayout } from "../../nn/network.ts";
import type { NetworkMemory } from "../../nn/network-tape.ts";
import { flatten, unflatten } from "../../nn/parameters.ts";
import { Predictor } from "../../nn/predictor.ts";
import { Adam } from "../../optim/adam.ts";
import type { Actions, Situation } from "../../rollouts/joint-policy.ts";
import type { Random } from "../../tensor/random.ts";
import type { AlgorithmState, TaskShape } from "../algorithm.ts";
import { loadAdam, saveAdam } from "./adam-state.ts";
import { networkBody } from "./network-body.ts";
import type { FamilySettings } from "./options.ts";
import { joinRows, putRows, takeRows } from "./rows.ts";
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

function deviation({ deviationForm, deviationStart }: FamilySettings): DeviationForm {
  return { form: deviationForm, ...(deviationStart !== "by-form" && { initial: deviationStart }) };
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
  readonly #numbered: boolean;
  #parameters: Float32Array;
  #predictor: Predictor | undefined;

  /** @param random the algorithm's stream: each agent draws its actions from one of its own */
  constructor(task: TaskShape, agents: readonly number[], settings: FamilySettings, random: Random) {
    const { recurrent, outputGain, learningRate, adamEpsilon } = settings;
    const [first] = agents;
    this.agents = agents;
    this.name = agents.map((agent) => task.agents[agent]).join(", ");
    this.distribution =
      task.action === "discrete"
        ? new CategoricalActions(task.headSizes[first])
        : new GaussianActions(task.actionSizes[first], deviation(settings), settings.meanForm);
    this.#observationSize = task.observationSizes[first];
    this.#numbered = settings.agentNumbers && agents.length > 1;
    const inputSize = this.#observationSize + (this.#numbered ? agents.length : 0);
    this.shape = {
      ...networkBody(settings, inputSize, recurrent),
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

  /** Takes the array over. */
  set parameters(parameters: Float32Array) {
    const { extraParameters } = this.distribution;
    this.distribution.confine?.(parameters.subarray(parameters.length - extraParameters));
    this.#parameters = parameters;
    this.#predictor = undefined;
  }

  /** What the network reads, [agents · rows, inputSize]. @param observations [all agents] of [rows, size] */
  inputs(observations: readonly Float32Array[], rows: number): Float32Array {
    const own = this.agents.map((agent) => observations[agent]);
    return this.#numbered ? stackRows(own, rows, this.#observationSize) : joinRows(own);
  }

  /** Numbers that each agent remembers; 0 without a memory. */
  get memorySize(): number {
    return this.shape.recurrentSize ?? 0;
  }

  /** Its agents' part of memories [rows, all agents · size]: [agents · rows, size]. */
  takeMemory(memories: Float32Array, rows: number): Float32Array {
    const size = this.memorySize;
    if (size === 0) return new Float32Array(0);
    const count = memories.length / rows / size;
    return takeRows(memories, size, this.#memoryPlaces(rows, count));
  }

  /** Writes its agents' actions into the joint ones [rows, width], and what they remember into the memory. */
  act(
    arena: Arena,
    { observations, rows, masks, memory }: Situation,
    columns: readonly Columns[],
    actions: Actions,
    deterministic: boolean,
  ): void {
    this.#predictor ??= new Predictor(arena, this.shape, this.#parameters);
    const input = this.inputs(observations, rows);
    const count = rows * this.agents.length;
    const predicted = this.#predictor.predict(arena, input, count, this.#remembered(memory, rows));
    if (memory && predicted.memory) this.#remember(memory, rows, predicted.memory);
    const size = rows * this.shape.outputSize;
    const width = actions.length / rows;
    for (const [member, agent] of this.agents.entries()) {
      const sampled = this.distribution.sample(
        arena,
        predicted.output.subarray(member * size, (member + 1) * size),
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

  /** Each of its agents draws its actions from a stream of its own below `random`, as `new` derives them. */
  sampleFrom(random: Random): void {
    for (const [member, agent] of this.agents.entries()) {
      this.#acting[member].loadState(random.derive("acting", agent).saveState());
    }
  }

  /** What the network must know of the steps before; those who act clear memories at the ends of episodes. */
  #remembered(memory: Float32Array | undefined, rows: number): NetworkMemory | undefined {
    const size = this.memorySize;
    if (size === 0) return undefined;
    const count = rows * this.agents.length;
    const initial = memory ? this.takeMemory(memory, rows) : new Float32Array(count * size);
    return { initial, starts: new Uint8Array(count) };
  }

  #remember(memory: Float32Array, rows: number, next: Float32Array): void {
    const size = this.memorySize;
    putRows(memory, size, this.#memoryPlaces(rows, memory.length / rows / size), next);
  }

  /** Where its agents' memories are among [rows, all agents]. */
  #memoryPlaces(rows: number, everybody: number): Int32Array {
    const places = new Int32Array(this.agents.length * rows);
    for (const [member, agent] of this.agents.entries()) {
      for (let row = 0; row < rows; row++) places[member * rows + row] = row * everybody + agent;
    }
    return places;
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
