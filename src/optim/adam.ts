/**
 * Adam (Kingma & Ba 2015): m = β₁m + (1−β₁)g, v = β₂v + (1−β₂)g², θ −= α·m̂/(√v̂ + ε), with m̂ = m/(1−β₁ᵗ)
 * and v̂ = v/(1−β₂ᵗ). The powers of β are state and grow by one product a step: a resumed run has the same bits.
 */
import type { Pointer } from "../kernels/abi.ts";
import type { Arena } from "../kernels/memory.ts";
import { InvalidInputError, NonFiniteError } from "../validation/errors.ts";

export interface AdamOptions {
  /** α. @defaultValue 3e-4 */
  readonly learningRate?: number;
  /** @defaultValue 0.9 */
  readonly beta1?: number;
  /** @defaultValue 0.999 */
  readonly beta2?: number;
  /** ε. @defaultValue 1e-8 */
  readonly epsilon?: number;
}

/** All that a resumed run needs, beside the options. */
export interface AdamState {
  /** First and second moments, one value a parameter. */
  readonly m: Float32Array;
  readonly v: Float32Array;
  /** Steps taken. */
  readonly step: number;
  /** β₁ᵗ and β₂ᵗ. */
  readonly beta1Power: number;
  readonly beta2Power: number;
}

/** A run of steps in an arena; nothing of it counts before `store`. */
interface Binding {
  readonly arena: Arena;
  readonly m: Pointer;
  readonly v: Pointer;
  step: number;
  beta1Power: number;
  beta2Power: number;
}

/**
 * The optimiser of one parameter vector. Its state is ordinary arrays; in a scope: `bind`, `step`s, `store`.
 * Steps that are not stored (an error ended the scope) leave the state as it was.
 */
export class Adam {
  readonly size: number;
  readonly options: Required<AdamOptions>;
  #state: AdamState;
  #binding: Binding | undefined;

  constructor(size: number, options: AdamOptions = {}) {
    this.size = size;
    this.options = { learningRate: 3e-4, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, ...options };
    this.#state = {
      m: new Float32Array(size),
      v: new Float32Array(size),
      step: 0,
      beta1Power: 1,
      beta2Power: 1,
    };
  }

  /** Copies the moments into the arena's current scope, where `step` works on them until `store`. @returns where */
  bind(arena: Arena): Readonly<Binding> {
    const { m, v, ...counters } = this.#state;
    this.#binding = { arena, m: arena.place(m), v: arena.place(v), ...counters };
    return this.#binding;
  }

  /** Counts steps that a kernel took on the bound moments. */
  advance(steps: number, beta1Power: number, beta2Power: number): void {
    const binding = this.#bound();
    binding.step += steps;
    binding.beta1Power = beta1Power;
    binding.beta2Power = beta2Power;
  }

  /**
   * One step on `parameters` against `gradient`, both f32[size] in the bound arena.
   * @param learningRate of this step, such as a schedule's. @defaultValue that of the options
   */
  step(parameters: Pointer, gradient: Pointer, learningRate = this.options.learningRate): void {
    const binding = this.#bound();
    const { beta1, beta2, epsilon } = this.options;
    binding.step++;
    binding.beta1Power *= beta1;
    binding.beta2Power *= beta2;
    binding.arena.kernels.adamF32(
      parameters,
      gradient,
      binding.m,
      binding.v,
      this.size,
      learningRate,
      beta1,
      beta2,
      epsilon,
      1 - binding.beta1Power,
      1 - binding.beta2Power,
    );
  }

  /**
   * Copies the moments back; call before the scope of `bind` ends.
   * @throws NonFiniteError when gradients were so large that a moment overflowed; the state is then what it was
   */
  store(): void {
    const { arena, m, v, step, beta1Power, beta2Power } = this.#bound();
    for (const moment of [m, v]) {
      if (arena.kernels.allFiniteF32(moment, this.size) === 1) continue;
      throw new NonFiniteError(
        "Adam: a moment of the gradient is not finite; are rewards and observations of a sensible size?",
      );
    }
    this.#state = { m: arena.read(m, this.size), v: arena.read(v, this.size), step, beta1Power, beta2Power };
    this.#binding = undefined;
  }

  /** A copy of the state as of the last `store`. */
  save(): AdamState {
    return { ...this.#state, m: this.#state.m.slice(), v: this.#state.v.slice() };
  }

  /** Continues from a saved state. @throws InvalidInputError when it has another number of parameters */
  load(state: AdamState): void {
    if (state.m.length !== this.size || state.v.length !== this.size) {
      throw new InvalidInputError(
        `Adam's state has ${state.m.length} and ${state.v.length} moments, but there are ${this.size} parameters; ` +
          "load the state that was saved with this network.",
      );
    }
    this.#state = { ...state, m: state.m.slice(), v: state.v.slice() };
    this.#binding = undefined;
  }

  #bound(): Binding {
    if (this.#binding) return this.#binding;
    throw new InvalidInputError("Adam is not bound to an arena; call bind(arena) before step and store.");
  }
}
