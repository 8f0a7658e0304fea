/** A critic V with its optimiser and the scale of its values; one plan's worth of agents are judged by it. */

import { multiply } from "../../autodiff/operations.ts";
import { reshape, sum } from "../../autodiff/shaping.ts";
import type { Arena } from "../../kernels/memory.ts";
import { initializeNetwork, type NetworkShape, networkLayout } from "../../nn/network.ts";
import { flatten, unflatten } from "../../nn/parameters.ts";
import { updatePreserving } from "../../nn/pop-art.ts";
import { Predictor } from "../../nn/predictor.ts";
import { ValueNorm, type ValueNormState } from "../../nn/value-norm.ts";
import { Adam } from "../../optim/adam.ts";
import type { Batch } from "../../rollouts/batch.ts";
import type { Random } from "../../tensor/random.ts";
import { InvalidInputError, NonFiniteError } from "../../validation/errors.ts";
import type { AlgorithmState, TaskShape } from "../algorithm.ts";
import { loadAdam, saveAdam } from "./adam-state.ts";
import { type CriticPlan, type CriticView, criticView } from "./critic-views.ts";
import { Estimate } from "./estimates.ts";
import { minibatches } from "./minibatches.ts";
import { MovingNetwork } from "./moving-network.ts";
import type { FamilySettings } from "./options.ts";
import { joinRows, takeRows } from "./rows.ts";
import { valueLossTensor } from "./value-loss.ts";

/** What a critic said of a batch. */
export interface Judgement {
  readonly view: CriticView;
  /** [views] of advantages to be had. */
  readonly estimates: readonly Estimate[];
  /** [views · rows] V, in the network's units, under PopArt in those of rewards. */
  readonly old: Float32Array;
}

/** What a fit reports: means over its steps. */
export interface FitReport {
  readonly loss: number;
  readonly gradientNorm: number;
}

export class Critic {
  readonly plan: CriticPlan;
  /** Names it in errors. */
  readonly name: string;
  readonly #task: TaskShape;
  readonly #settings: FamilySettings;
  readonly #shape: NetworkShape;
  readonly #adam: Adam;
  readonly #norm: ValueNorm | undefined;
  #parameters: Float32Array;

  constructor(task: TaskShape, plan: CriticPlan, settings: FamilySettings, random: Random) {
    const { hiddenSizes, activation, inputNorm, hiddenNorm, criticLearningRate, adamEpsilon } = settings;
    this.plan = plan;
    this.name = `critic of ${plan.agents.map((agent) => task.agents[agent]).join(", ")}`;
    this.#task = task;
    this.#settings = settings;
    this.#shape = {
      inputSize: plan.inputSize,
      hiddenSizes,
      activation,
      inputNorm,
      hiddenNorm,
      outputSize: 1,
    };
    this.#parameters = initializeNetwork(this.#shape, random.derive("critic", plan.agents[0]));
    this.#adam = new Adam(this.#parameters.length, {
      learningRate: criticLearningRate,
      epsilon: adamEpsilon,
    });
    this.#norm = settings.valueNorm === "none" ? undefined : new ValueNorm();
  }

  /** Values of a batch. @throws NonFiniteError */
  judge(arena: Arena, batch: Batch): Judgement {
    const view = criticView(this.#task, this.#settings, this.plan, batch);
    const views = view.rewards.length;
    const predictor = new Predictor(arena, this.#shape, this.#parameters);
    const normalised = predictor.predict(arena, view.input, views * batch.rows).output;
    const after = predictor.predict(arena, view.cutInput, views * batch.cuts.length).output;
    const [values, cutValues] = [normalised, after].map(
      (numbers) => this.#norm?.denormalize(numbers) ?? numbers,
    );
    if (![values, cutValues].every((numbers) => numbers.every(Number.isFinite))) {
      throw new NonFiniteError(`${this.name}: a value is not finite`);
    }
    const part = (numbers: Float32Array, i: number, count: number) =>
      numbers.subarray(i * count, (i + 1) * count);
    const estimates = view.rewards.map(
      (rewards, i) =>
        new Estimate(
          batch,
          rewards,
          part(values, i, batch.rows),
          part(cutValues, i, batch.cuts.length),
          this.#settings,
        ),
    );
    return { view, estimates, old: this.#settings.valueNorm === "popart" ? values : normalised };
  }

  /**
   * Fits values to returns.
   * @param returns [views] of [rows] @param alive [views] of [rows], of those judged @param share of the learning rate
   */
  fit(
    arena: Arena,
    { view, old }: Judgement,
    returns: readonly Float32Array[],
    alive: readonly Uint8Array[],
    share: number,
    random: Random,
  ): FitReport {
    const { criticEpochs, criticMinibatches, criticLearningRate, maxGradientNorm } = this.#settings;
    const targets = joinRows(returns);
    if (!targets.every(Number.isFinite)) {
      throw new NonFiniteError(`${this.name}: a return is not finite; are rewards of a sensible size?`);
    }
    const data = { input: view.input, old: this.#inUnits(old, targets), targets, alive: joinRows(alive) };
    return arena.scope(() => {
      const network = new MovingNetwork(arena, this.name, this.#shape, this.#parameters, this.#adam, {
        maxGradientNorm: maxGradientNorm === "none" ? Number.POSITIVE_INFINITY : maxGradientNorm,
        learningRate: share * criticLearningRate,
      });
      const placed = criticMinibatches === 1 ? arena.place(view.input) : undefined;
      let [loss, gradientNorm, steps] = [0, 0, 0];
      for (let epoch = 0; epoch < criticEpochs; epoch++) {
        for (const at of minibatches(data.targets.length, criticMinibatches, random)) {
          const moved = this.#step(arena, network, data, at, placed);
          loss += moved.loss;
          gradientNorm += moved.gradientNorm;
          steps++;
        }
      }
      this.#parameters = network.finish();
      return { loss: loss / Math.max(1, steps), gradientNorm: gradientNorm / Math.max(1, steps) };
    });
  }

  /**
   * Before its first targets PopArt has no unit, so there are no values to keep: a network that had to keep them would
   * have to climb to the mean of the returns by steps that the value clip bounds.
   */
  #inUnits(old: Float32Array, targets: Float32Array): Float32Array {
    const norm = this.#norm;
    if (this.#settings.valueNorm !== "popart" || norm === undefined || norm.save().weight > 0) return old;
    const outputs = norm.normalize(old);
    norm.update(targets);
    return norm.denormalize(outputs);
  }

  #step(
    arena: Arena,
    network: MovingNetwork,
    data: FitData,
    at: Int32Array | undefined,
    placed: number | undefined,
  ) {
    const { valueClip, huberDelta, valueMasks, valueNorm } = this.#settings;
    const returns = takeRows(data.targets, 1, at);
    this.#rescale(arena, network, returns);
    const targets = this.#norm?.normalize(returns) ?? returns;
    // PopArt keeps values while it changes their unit; otherwise the old output counts as it was.
    const before = takeRows(data.old, 1, at);
    const old = valueNorm === "popart" ? (this.#norm?.normalize(before) ?? before) : before;
    const rows = targets.length;
    const alive = takeRows(data.alive, 1, at);
    const counted = valueMasks ? alive.reduce((count, one) => count + one, 0) : rows;
    const weights = Float32Array.from(alive, (one) => (valueMasks ? one : 1) / Math.max(1, counted));
    const options = {
      clip: valueClip === "none" ? Number.POSITIVE_INFINITY : valueClip,
      huberDelta: huberDelta === "none" ? Number.POSITIVE_INFINITY : huberDelta,
    };
    const input = placed ?? takeRows(data.input, this.plan.inputSize, at);
    return network.step({ input, rows }, (output) =>
      sum(multiply(valueLossTensor(reshape(output, [rows]), old, targets, options), weights)),
    );
  }

  /** Takes targets into the statistics; PopArt keeps the values as they were. */
  #rescale(arena: Arena, { parameters, size }: MovingNetwork, targets: Float32Array): void {
    if (!this.#norm) return;
    if (this.#settings.valueNorm === "running") this.#norm.update(targets);
    else updatePreserving(this.#norm, targets, this.#shape, arena.f32(parameters, size));
  }

  save(prefix: string): AlgorithmState {
    const adam = saveAdam(this.#adam, `${prefix}adam`);
    return {
      tensors: { ...unflatten(networkLayout(this.#shape, prefix), this.#parameters), ...adam.tensors },
      facts: { ...adam.facts, ...(this.#norm && { [`${prefix}norm`]: this.#norm.save() }) },
    };
  }

  /** @throws InvalidInputError when the state is of another network, or of values in other units */
  load(prefix: string, state: AlgorithmState): void {
    this.#parameters = flatten(networkLayout(this.#shape, prefix), state.tensors);
    loadAdam(this.#adam, `${prefix}adam`, state);
    this.#loadNorm(state.facts[`${prefix}norm`] as ValueNormState | undefined);
  }

  #loadNorm(saved: ValueNormState | undefined): void {
    if ((saved === undefined) !== (this.#norm === undefined)) {
      throw new InvalidInputError(
        `${this.name} was saved ${saved ? "with" : "without"} normalised values; load it with the valueNorm that it had.`,
      );
    }
    if (saved) this.#norm?.load(saved);
  }
}

interface FitData {
  readonly input: Float32Array;
  readonly old: Float32Array;
  readonly targets: Float32Array;
  readonly alive: Uint8Array;
}
