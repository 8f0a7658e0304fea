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
import { CriticBatch, type CriticSamples, type Remembered } from "./critic-batch.ts";
import { type RememberedValues, rememberedValues } from "./critic-memory.ts";
import { type CriticPlan, type CriticView, criticView } from "./critic-views.ts";
import { Estimate } from "./estimates.ts";
import { minibatches } from "./minibatches.ts";
import { type Moved, MovingNetwork } from "./moving-network.ts";
import { networkBody } from "./network-body.ts";
import type { FamilySettings } from "./options.ts";
import { joinRows } from "./rows.ts";
import { Sequences } from "./sequences.ts";
import { valueLossTensor } from "./value-loss.ts";

/** What a critic said of a batch. */
export interface Judgement {
  readonly view: CriticView;
  /** [views] of advantages to be had. */
  readonly estimates: readonly Estimate[];
  /** [views · rows] V, in the network's units, under PopArt in those of rewards, which its first fit changes. */
  readonly old: Float32Array;
  /** What a critic that remembers did on the way. */
  readonly remembered: Remembered | undefined;
  /** [views · copies, recurrentSize] what it remembered before. */
  readonly initial: Float32Array | undefined;
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
  /** [views · copies, recurrentSize] of the episodes that go on, once there were any. */
  #memory: Float32Array | undefined;

  constructor(task: TaskShape, plan: CriticPlan, settings: FamilySettings, random: Random) {
    const { recurrentCritics, criticLearningRate, adamEpsilon } = settings;
    this.plan = plan;
    this.name = `critic of ${plan.agents.map((agent) => task.agents[agent]).join(", ")}`;
    this.#task = task;
    this.#settings = settings;
    this.#shape = { ...networkBody(settings, plan.inputSize, recurrentCritics), outputSize: 1 };
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
    const initial = batch.newEpisodes ? undefined : this.#memory;
    const said = this.#say(arena, batch, view, initial);
    const [values, cutValues] = this.#inRewards(said);
    const estimates = this.#estimates(batch, view, values, cutValues);
    const old = this.#settings.valueNorm === "popart" ? values.slice() : said.values;
    return { view, estimates, old, remembered: said.remembered, initial };
  }

  /**
   * [views] of estimates with the values of the critic as it is now, of the batch that it has judged before.
   * @param which "cuts": only the values of what followed cuts are new @throws NonFiniteError
   */
  judgeAgain(
    arena: Arena,
    batch: Batch,
    { view, estimates, initial }: Judgement,
    which: "cuts" | "all",
  ): readonly Estimate[] {
    const [values, cutValues] = this.#inRewards(this.#say(arena, batch, view, initial));
    const kept = which === "all" ? values : joinRows(estimates.map((estimate) => estimate.values));
    return this.#estimates(batch, view, kept, cutValues);
  }

  /** Values of rows and cuts in units of rewards. @throws NonFiniteError */
  #inRewards(said: Said): readonly [Float32Array, Float32Array] {
    const inRewards = (numbers: Float32Array) => this.#norm?.denormalize(numbers) ?? numbers;
    const [values, cutValues] = [inRewards(said.values), inRewards(said.cutValues)];
    if (![values, cutValues].every((numbers) => numbers.every(Number.isFinite))) {
      throw new NonFiniteError(`${this.name}: a value is not finite`);
    }
    return [values, cutValues];
  }

  #estimates(batch: Batch, view: CriticView, values: Float32Array, cutValues: Float32Array): Estimate[] {
    const part = (numbers: Float32Array, i: number, count: number) =>
      numbers.subarray(i * count, (i + 1) * count);
    return view.rewards.map(
      (rewards, i) =>
        new Estimate(
          batch,
          rewards,
          part(values, i, batch.rows),
          part(cutValues, i, batch.cuts.length),
          this.#settings,
          this.#settings.teamReward === "own" ? batch.agents[this.plan.agents[i]] : undefined,
        ),
    );
  }

  /** Values in the network's units. */
  #say(arena: Arena, batch: Batch, view: CriticView, known: Float32Array | undefined): Said {
    const views = view.rewards.length;
    const predictor = new Predictor(arena, this.#shape, this.#parameters);
    const { recurrentSize } = this.#shape;
    if (!recurrentSize) {
      const values = predictor.predict(arena, view.input, views * batch.rows).output;
      const cutValues = predictor.predict(arena, view.cutInput, views * batch.cuts.length).output;
      return { values, cutValues, remembered: undefined };
    }
    const sequences = new Sequences(batch, this.#settings.chunkLength);
    const initial = known ?? new Float32Array(views * batch.copies * recurrentSize);
    const said = rememberedValues(arena, predictor, batch, view, sequences, initial);
    return { ...said, remembered: { ...said, sequences } };
  }

  /**
   * Fits values to returns.
   * @param returns [views] of [rows] @param alive [views] of [rows], of those judged @param share of the learning rate
   */
  fit(
    arena: Arena,
    { view, old, remembered }: Judgement,
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
    if (criticEpochs > 0) this.#giveUnits(old, targets);
    const rows = { input: view.input, old, targets, alive: joinRows(alive) };
    const batch = new CriticBatch(rows, remembered);
    this.#memory = remembered?.last;
    return arena.scope(() => {
      const network = new MovingNetwork(arena, this.name, this.#shape, this.#parameters, this.#adam, {
        maxGradientNorm: maxGradientNorm === "none" ? Number.POSITIVE_INFINITY : maxGradientNorm,
        learningRate: share * criticLearningRate,
      });
      const whole = criticMinibatches === 1 ? placed(arena, batch.select()) : undefined;
      let [loss, gradientNorm, steps] = [0, 0, 0];
      for (let epoch = 0; epoch < criticEpochs; epoch++) {
        for (const at of minibatches(batch.units, criticMinibatches, random)) {
          const moved = this.#step(arena, network, whole ?? batch.select(at));
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
  #giveUnits(old: Float32Array, targets: Float32Array): void {
    const norm = this.#norm;
    if (this.#settings.valueNorm !== "popart" || norm === undefined || norm.save().weight > 0) return;
    const outputs = norm.normalize(old);
    norm.update(targets);
    old.set(norm.denormalize(outputs));
  }

  #step(arena: Arena, network: MovingNetwork, samples: CriticSamples): Moved {
    const { valueClip, huberDelta, valueMasks, valueNorm } = this.#settings;
    const { rows, alive } = samples;
    this.#rescale(arena, network, samples.targets);
    const targets = this.#norm?.normalize(samples.targets) ?? samples.targets;
    // PopArt keeps values while it changes their unit; otherwise the old output counts as it was.
    const old = valueNorm === "popart" ? (this.#norm?.normalize(samples.old) ?? samples.old) : samples.old;
    const counted = valueMasks ? alive.reduce((count, one) => count + one, 0) : rows;
    const weights = Float32Array.from(alive, (one) => (valueMasks ? one : 1) / Math.max(1, counted));
    const options = {
      clip: valueClip === "none" ? Number.POSITIVE_INFINITY : valueClip,
      huberDelta: huberDelta === "none" ? Number.POSITIVE_INFINITY : huberDelta,
    };
    return network.step(samples, (output) =>
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
    const memory = this.#memory;
    return {
      tensors: {
        ...unflatten(networkLayout(this.#shape, prefix), this.#parameters),
        ...adam.tensors,
        ...(memory && { [`${prefix}memory`]: { shape: [memory.length], values: memory.slice() } }),
      },
      facts: { ...adam.facts, ...(this.#norm && { [`${prefix}norm`]: this.#norm.save() }) },
    };
  }

  /** @throws InvalidInputError when the state is of another network, or of values in other units */
  load(prefix: string, state: AlgorithmState): void {
    this.#parameters = flatten(networkLayout(this.#shape, prefix), state.tensors);
    loadAdam(this.#adam, `${prefix}adam`, state);
    this.#memory = state.tensors[`${prefix}memory`]?.values;
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

/** Values of a batch before units are given to them. */
interface Said extends Pick<RememberedValues, "values" | "cutValues"> {
  readonly remembered: Remembered | undefined;
}

/** The same samples, whose input stays in the arena for many steps. */
function placed(arena: Arena, samples: CriticSamples): CriticSamples {
  return { ...samples, input: arena.place(samples.input as Float32Array) };
}
