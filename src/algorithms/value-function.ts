/**
 * A value network V(o) fitted by least squares on returns: Adam on minibatches of the mean of (V − R)².
 * Owned by one agent (or by the centre), with its own optimiser.
 */
import type { Arena } from "../kernels/memory.ts";
import { initializeMlp, Mlp, type MlpShape, mlpLayout, predictMlp } from "../nn/mlp.ts";
import { Adam, type AdamState } from "../optim/adam.ts";
import type { Random } from "../tensor/random.ts";
import { NonFiniteError, within } from "../validation/errors.ts";

export interface ValueFitOptions {
  readonly valueEpochs: number;
  readonly valueBatchSize: number;
  /** Leave out the last minibatch when it is smaller than the others. */
  readonly valueDropRemainder: boolean;
}

export interface ValueFunctionState {
  readonly parameters: Float32Array;
  readonly adam: AdamState;
}

export class ValueFunction {
  readonly shape: MlpShape;
  readonly #adam: Adam;
  #parameters: Float32Array;

  constructor(shape: MlpShape, learningRate: number, random: Random) {
    this.shape = shape;
    this.#parameters = initializeMlp(shape, random);
    this.#adam = new Adam(mlpLayout(shape).size, { learningRate });
  }

  /** V of observations [rows, input]. */
  predict(arena: Arena, observations: Float32Array, rows: number): Float32Array {
    return predictMlp(arena, this.shape, this.#parameters, observations, rows);
  }

  /** Fits V to returns [rows]; `random` orders the minibatches. Throws NonFiniteError, nothing changed. */
  fit(
    arena: Arena,
    observations: Float32Array,
    returns: Float32Array,
    options: ValueFitOptions,
    random: Random,
  ): void {
    arena.scope(() => {
      const size = Math.min(options.valueBatchSize, returns.length);
      const network = new Mlp(arena, this.shape, this.#parameters, size);
      const step = this.#minibatchStep(arena, network, observations, returns, size);
      this.#adam.bind(arena);
      const order = Int32Array.from(returns.keys());
      for (let epoch = 0; epoch < options.valueEpochs; epoch++) {
        random.shuffle(order);
        for (let first = 0; first < order.length; first += size) {
          const rows = Math.min(size, order.length - first);
          if (rows === size || !options.valueDropRemainder) step(order, first, rows);
        }
      }
      if (arena.kernels.allFiniteF32(network.parameters, this.#parameters.length) === 0) {
        throw new NonFiniteError("value fit: the value network's parameters are not finite");
      }
      within("value fit", () => this.#adam.store());
      this.#parameters = arena.read(network.parameters, this.#parameters.length);
    });
  }

  save(): ValueFunctionState {
    return { parameters: this.#parameters.slice(), adam: this.#adam.save() };
  }

  load({ parameters, adam }: ValueFunctionState): void {
    this.#parameters = parameters.slice();
    this.#adam.load(adam);
  }

  /** One step of Adam on the rows order[first … first + rows). */
  #minibatchStep(
    arena: Arena,
    network: Mlp,
    observations: Float32Array,
    returns: Float32Array,
    size: number,
  ): (order: Int32Array, first: number, rows: number) => void {
    const width = this.shape.sizes[0];
    const input = arena.allocateF32(size * width);
    const activations = network.allocateActivations();
    const cotangent = arena.allocateF32(size);
    const gradient = arena.allocateF32(network.layout.size);
    return (order, first, rows) => {
      const minibatch = arena.f32(input, rows * width);
      for (let i = 0; i < rows; i++) {
        const start = order[first + i] * width;
        for (let k = 0; k < width; k++) minibatch[i * width + k] = observations[start + k];
      }
      network.forward(input, rows, activations);
      const outputs = arena.f32(activations.output, rows);
      const errors = arena.f32(cotangent, rows);
      for (let i = 0; i < rows; i++) errors[i] = (2 * (outputs[i] - returns[order[first + i]])) / rows;
      network.backward(cotangent, input, rows, activations, gradient);
      this.#adam.step(network.parameters, gradient);
    };
  }
}
