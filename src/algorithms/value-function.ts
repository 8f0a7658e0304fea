/**
 * A value network V(o) fitted by least squares on returns: Adam on minibatches of the mean of (V − R)².
 * Owned by one agent (or by the centre), with its own optimiser.
 */
import type { Arena } from "../kernels/memory.ts";
import { initializeMlp, type MlpShape, mlpLayout, predictMlp } from "../nn/mlp.ts";
import { Adam, type AdamState } from "../optim/adam.ts";
import { type Fitted, fitLeastSquares, type LeastSquares } from "../optim/least-squares.ts";
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

  /** What `fitTogether` needs of it. */
  plan({ observations, returns, options, random }: ValueFit): LeastSquares & { readonly adam: Adam } {
    const { valueEpochs, valueBatchSize, valueDropRemainder } = options;
    const rows = returns.length;
    const epoch = Int32Array.from(returns.keys());
    const order = new Int32Array(valueEpochs * rows);
    for (let i = 0; i < valueEpochs; i++) order.set(random.shuffle(epoch), i * rows);
    return {
      shape: this.shape,
      parameters: this.#parameters,
      adam: this.#adam,
      input: observations,
      targets: returns,
      order,
      batchSize: valueBatchSize,
      dropRemainder: valueDropRemainder,
    };
  }

  /** Takes over what `fitTogether` found, while it is in the arena. @throws NonFiniteError, nothing changed */
  adopt(arena: Arena, { parameters }: Fitted): void {
    if (arena.kernels.allFiniteF32(parameters, this.#parameters.length) === 0) {
      throw new NonFiniteError("value fit: the value network's parameters are not finite");
    }
    within("value fit", () => this.#adam.store());
    this.#parameters = arena.read(parameters, this.#parameters.length);
  }

  save(): ValueFunctionState {
    return { parameters: this.#parameters.slice(), adam: this.#adam.save() };
  }

  load({ parameters, adam }: ValueFunctionState): void {
    this.#parameters = parameters.slice();
    this.#adam.load(adam);
  }
}

/** One value function's data. */
export interface ValueFit {
  /** Names it in errors. */
  readonly name: string;
  readonly value: ValueFunction;
  /** [rows, input]. */
  readonly observations: Float32Array;
  /** [rows]. */
  readonly returns: Float32Array;
  readonly options: ValueFitOptions;
  /** Orders the minibatches. */
  readonly random: Random;
}

/**
 * Fits value functions to data of their own, all at the same time where there are threads.
 * @throws NonFiniteError naming the first that failed; those before it have changed
 */
export function fitTogether(arena: Arena, fits: readonly ValueFit[]): void {
  arena.scope(() => {
    const plans = fits.map((fit) => fit.value.plan(fit));
    const fitted = fitLeastSquares(arena, plans);
    for (const [i, { name, value }] of fits.entries()) within(name, () => value.adopt(arena, fitted[i]));
  });
}
