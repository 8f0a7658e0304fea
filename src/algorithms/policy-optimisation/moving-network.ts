/** A network that Adam moves: its parameters stand in the arena's scope until `finish`. */
import type { Pointer } from "../../kernels/abi.ts";
import type { Arena } from "../../kernels/memory.ts";
import type { NetworkShape } from "../../nn/network.ts";
import { gradientOf, type NetworkLoss } from "../../nn/network-gradient.ts";
import type { NetworkData } from "../../nn/network-tape.ts";
import type { Adam } from "../../optim/adam.ts";
import { clipGradient } from "../../optim/clip-gradient.ts";
import { NonFiniteError, within } from "../../validation/errors.ts";

export interface Moved {
  /** Of the loss before the step. */
  readonly loss: number;
  /** Of the gradient before it is cut. */
  readonly gradientNorm: number;
}

export interface MovingOptions {
  /** Largest norm of a gradient; longer ones are shortened to it. */
  readonly maxGradientNorm: number;
  readonly learningRate: number;
}

export class MovingNetwork {
  readonly shape: NetworkShape;
  readonly parameters: Pointer;
  readonly size: number;
  readonly #arena: Arena;
  readonly #name: string;
  readonly #adam: Adam;
  readonly #options: MovingOptions;
  #steps = 0;

  /** @param name in errors */
  constructor(
    arena: Arena,
    name: string,
    shape: NetworkShape,
    parameters: Float32Array,
    adam: Adam,
    options: MovingOptions,
  ) {
    this.shape = shape;
    this.size = parameters.length;
    this.parameters = arena.place(parameters);
    adam.bind(arena);
    this.#arena = arena;
    this.#name = name;
    this.#adam = adam;
    this.#options = options;
  }

  /** Whether it stands elsewhere than at the beginning. */
  get moved(): boolean {
    return this.#steps > 0;
  }

  /** One step down the loss. @throws NonFiniteError naming network and step */
  step(data: NetworkData, loss: NetworkLoss): Moved {
    const arena = this.#arena;
    return arena.scope(() => {
      this.#steps++;
      const { value, gradient } = gradientOf(arena, this.shape, this.parameters, data, loss);
      const { maxGradientNorm, learningRate } = this.#options;
      const gradientNorm = clipGradient(arena, gradient, this.size, maxGradientNorm);
      if (!Number.isFinite(gradientNorm) || !Number.isFinite(value)) {
        throw new NonFiniteError(
          `${this.#name}, step ${this.#steps}: the loss is ${value} and its gradient has norm ${gradientNorm}`,
        );
      }
      this.#adam.step(this.parameters, gradient, learningRate);
      return { loss: value, gradientNorm };
    });
  }

  /** Ends the run of steps: the optimiser keeps its moments. @returns the new parameters @throws NonFiniteError */
  finish(): Float32Array {
    const { kernels } = this.#arena;
    if (kernels.allFiniteF32(this.parameters, this.size) === 0) {
      throw new NonFiniteError(`${this.#name}, step ${this.#steps}: its parameters are not finite`);
    }
    within(this.#name, () => this.#adam.store());
    return this.#arena.read(this.parameters, this.size);
  }
}
