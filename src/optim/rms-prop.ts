/**
 * RMSprop (Tieleman & Hinton 2012), as PyTorch has it: v = αv + (1−α)g², θ −= η·g/(√v + ε). Each entry is computed in f64
 * and rounded once, in plain TypeScript: the bits are the same everywhere, and a pass over the parameters is short beside
 * their gradient.
 */
import type { Pointer } from "../kernels/abi.ts";
import type { Arena } from "../kernels/memory.ts";
import { InvalidInputError, NonFiniteError } from "../validation/errors.ts";

export interface RmsPropOptions {
  /** η. @defaultValue 5e-4 */
  readonly learningRate?: number;
  /** α, how much of the moment stays. @defaultValue 0.99 */
  readonly decay?: number;
  /** ε. @defaultValue 1e-5 */
  readonly epsilon?: number;
}

/** All that a resumed run needs, beside the options. */
export interface RmsPropState {
  /** Moving mean of squared gradients, one value a parameter. */
  readonly v: Float32Array;
}

/** The optimiser of one parameter vector; used as `Adam` is: in a scope `bind`, `step`s, `store`. */
export class RmsProp {
  readonly size: number;
  readonly options: Required<RmsPropOptions>;
  #v: Float32Array;
  #bound: { readonly arena: Arena; readonly v: Pointer } | undefined;

  constructor(size: number, options: RmsPropOptions = {}) {
    this.size = size;
    this.options = { learningRate: 5e-4, decay: 0.99, epsilon: 1e-5, ...options };
    this.#v = new Float32Array(size);
  }

  /** Copies the moment into the arena's current scope, where `step` works on it until `store`. */
  bind(arena: Arena): void {
    this.#bound = { arena, v: arena.place(this.#v) };
  }

  /** One step on `parameters` against `gradient`, both f32[size] in the bound arena. */
  step(parameters: Pointer, gradient: Pointer): void {
    const { arena, v } = this.#requireBound();
    const { learningRate, decay, epsilon } = this.options;
    const [theta, g, moment] = [parameters, gradient, v].map((at) => arena.f32(at, this.size));
    for (let i = 0; i < this.size; i++) {
      moment[i] = decay * moment[i] + (1 - decay) * g[i] * g[i];
      theta[i] -= (learningRate * g[i]) / (Math.sqrt(moment[i]) + epsilon);
    }
  }

  /**
   * Copies the moment back; call before the scope of `bind` ends.
   * @throws NonFiniteError when gradients were so large that it overflowed; the state is then what it was
   */
  store(): void {
    const { arena, v } = this.#requireBound();
    if (arena.kernels.allFiniteF32(v, this.size) === 0) {
      throw new NonFiniteError(
        "RMSprop: the moment of the gradient is not finite; are rewards and observations of a sensible size?",
      );
    }
    this.#v = arena.read(v, this.size);
    this.#bound = undefined;
  }

  /** A copy of the state as of the last `store`. */
  save(): RmsPropState {
    return { v: this.#v.slice() };
  }

  /** Continues from a saved state. @throws InvalidInputError when it has another number of parameters */
  load({ v }: RmsPropState): void {
    if (v.length !== this.size) {
      throw new InvalidInputError(
        `RMSprop's state has ${v.length} moments, but there are ${this.size} parameters; ` +
          "load the state that was saved with this network.",
      );
    }
    this.#v = v.slice();
    this.#bound = undefined;
  }

  #requireBound() {
    if (this.#bound) return this.#bound;
    throw new InvalidInputError("RMSprop is not bound to an arena; call bind(arena) before step and store.");
  }
}
