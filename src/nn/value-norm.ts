/**
 * Running mean and standard deviation of value targets, so that a value network learns numbers of a common size (PopArt's
 * statistics, van Hasselt et al. 2016; ValueNorm in Yu et al. 2022): exponential averages of x and x², made unbiased by
 * the average of 1. With β near 1 they are plain averages over all targets so far.
 */
import { InvalidInputError, NonFiniteError } from "../validation/errors.ts";

/** Weight of what was before in an average. */
const BETA = 0.99999;
/** The average of 1 and the variance are not taken below. */
const LEAST_WEIGHT = 1e-5;
const LEAST_VARIANCE = 1e-2;

/** Averages as they are, biased towards 0. */
export interface ValueNormState {
  readonly mean: number;
  readonly meanSquare: number;
  /** Of 1. */
  readonly weight: number;
}

/** v = mean + deviation · normalised. */
export interface ValueScale {
  readonly mean: number;
  readonly deviation: number;
}

export class ValueNorm {
  #state: ValueNormState = { mean: 0, meanSquare: 0, weight: 0 };

  /** Before the first update: mean 0 and the least deviation, 0.1. */
  get scale(): ValueScale {
    const weight = Math.max(this.#state.weight, LEAST_WEIGHT);
    const mean = this.#state.mean / weight;
    const variance = Math.max(this.#state.meanSquare / weight - mean * mean, LEAST_VARIANCE);
    return { mean, deviation: Math.sqrt(variance) };
  }

  /**
   * Takes a batch of targets into the averages; none changes nothing.
   * @throws NonFiniteError when targets are not finite or their squares overflow; the averages are then what they were
   */
  update(targets: ArrayLike<number>): void {
    if (targets.length === 0) return;
    let [sum, squares] = [0, 0];
    for (let i = 0; i < targets.length; i++) {
      sum += targets[i];
      squares += targets[i] * targets[i];
    }
    if (!Number.isFinite(squares)) {
      throw new NonFiniteError("value norm: targets are not finite; are rewards of a sensible size?");
    }
    const { mean, meanSquare, weight } = this.#state;
    const average = (before: number, now: number): number => BETA * before + (1 - BETA) * now;
    this.#state = {
      mean: average(mean, sum / targets.length),
      meanSquare: average(meanSquare, squares / targets.length),
      weight: average(weight, 1),
    };
  }

  /** (values − mean)/deviation, a new array. */
  normalize(values: Float32Array): Float32Array {
    const { mean, deviation } = this.scale;
    return values.map((value) => (value - mean) / deviation);
  }

  /** mean + deviation · values, a new array. */
  denormalize(values: Float32Array): Float32Array {
    const { mean, deviation } = this.scale;
    return values.map((value) => mean + deviation * value);
  }

  save(): ValueNormState {
    return this.#state;
  }

  /** @throws InvalidInputError when a number is not finite or the averages contradict each other */
  load(state: ValueNormState): void {
    const { mean, meanSquare, weight } = state;
    if (![mean, meanSquare, weight].every(Number.isFinite) || meanSquare < 0 || weight < 0 || weight > 1) {
      throw new InvalidInputError(
        `the state of a value norm is ${JSON.stringify(state)}; give what save() returned: three finite numbers, ` +
          "meanSquare ≥ 0 and weight from 0 to 1.",
      );
    }
    this.#state = { mean, meanSquare, weight };
  }
}
