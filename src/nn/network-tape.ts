/**
 * A network on a tape, where it can be differentiated. Gain and bias of a normalisation go into the weights of the layer
 * that reads the rows, (x ⊙ γ + β)W + b = x(γ ⊙ W) + (βW + b): rows are many, weights few.
 */
import { layerNorm } from "../autodiff/layer-norm.ts";
import { dense, matmul } from "../autodiff/linear.ts";
import { add, multiply } from "../autodiff/operations.ts";
import { reshape } from "../autodiff/shaping.ts";
import type { Tape } from "../autodiff/tape.ts";
import type { Pointer } from "../kernels/abi.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { type DenseLayer, type NetworkPlan, type NetworkShape, networkPlan } from "./network.ts";
import type { ParameterEntry } from "./parameters.ts";

/** What a network is given. */
export interface NetworkData {
  /** [rows, inputSize]: values, or where they are in the arena. */
  readonly input: Float32Array | Pointer;
  readonly rows: number;
}

/** Weights with the normalisation's gain and bias in them. */
export interface FoldedLayer {
  readonly weight: Tensor;
  readonly bias: Tensor;
}

/** Ends with its tape. */
export class TapeNetwork {
  readonly plan: NetworkPlan;
  /** The parameters by tensor, in the layout's order: what to differentiate by. */
  readonly parameters: readonly Tensor[];
  /** [extraParameters], if there are any. */
  readonly extra: Tensor | undefined;
  readonly #tape: Tape;
  readonly #shape: NetworkShape;

  /** @param parameters the flat vector; it must stay as it is while the tape is open */
  constructor(tape: Tape, shape: NetworkShape, parameters: Pointer) {
    this.plan = networkPlan(shape);
    const { entries } = this.plan.layout;
    this.parameters = entries.map((entry) => tape.at(parameters + 4 * entry.offset, entry.shape));
    this.extra = this.plan.extra && this.#tensor(this.plan.extra);
    this.#tape = tape;
    this.#shape = shape;
  }

  /** Outputs [rows, outputSize]. @throws InvalidInputError when the number of values is wrong */
  forward({ input, rows }: NetworkData): Tensor {
    const { hidden, output } = this.plan;
    let x = this.#place(input, rows);
    for (const layer of [...hidden, output]) {
      const { weight, bias } = this.fold(layer);
      x = dense(layer.norm ? layerNorm(x) : x, weight, bias, layer.activation);
    }
    return x;
  }

  fold({ weight, bias, norm }: DenseLayer): FoldedLayer {
    const [w, b] = [this.#tensor(weight), this.#tensor(bias)];
    if (norm === undefined) return { weight: w, bias: b };
    const size = w.shape[0];
    const shift = matmul(reshape(this.#tensor(norm.bias), [1, size]), w);
    return {
      weight: multiply(w, reshape(this.#tensor(norm.gain), [size, 1])),
      bias: add(b, reshape(shift, b.shape)),
    };
  }

  #tensor(entry: ParameterEntry): Tensor {
    return this.parameters[this.plan.layout.entries.indexOf(entry)];
  }

  #place(input: Float32Array | Pointer, rows: number): Tensor {
    const shape = [rows, this.#shape.inputSize];
    if (typeof input === "number") return this.#tape.at(input, shape);
    requireInput(input, rows, this.#shape);
    return this.#tape.lift({ shape, values: input }, "network input");
  }
}

/** @throws InvalidInputError when there are not `rows` rows */
export function requireInput(input: Float32Array, rows: number, { inputSize }: NetworkShape): void {
  if (input.length === rows * inputSize) return;
  throw new InvalidInputError(
    `the input has ${input.length} values, but ${rows} rows of ${inputSize} are needed.`,
  );
}
