/**
 * A network on a tape, where it can be differentiated. Gain and bias of a normalisation go into the weights of the layer
 * that reads the rows, (x ⊙ γ + β)W + b = x(γ ⊙ W) + (βW + b): rows are many, weights few.
 */
import { gru } from "../autodiff/gru.ts";
import { layerNorm } from "../autodiff/layer-norm.ts";
import { dense, matmul } from "../autodiff/linear.ts";
import { add, multiply } from "../autodiff/operations.ts";
import { reshape } from "../autodiff/shaping.ts";
import type { Tape } from "../autodiff/tape.ts";
import type { Pointer } from "../kernels/abi.ts";
import type { Arena } from "../kernels/memory.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { InvalidInputError } from "../validation/errors.ts";
import {
  type DenseLayer,
  type NetworkPlan,
  type NetworkShape,
  networkPlan,
  type RecurrentLayer,
} from "./network.ts";
import type { ParameterEntry } from "./parameters.ts";

/** The memory of a recurrent unit, for rows = steps·sequences ordered by time: row = step·sequences + sequence. */
export interface NetworkMemory {
  /** Before the first step, [sequences, recurrentSize]. */
  readonly initial: Float32Array;
  /** [rows], 1 where the memory is cleared before the row, as at the start of an episode; no gradient passes there. */
  readonly starts: Uint8Array;
}

/** What a network is given. */
export interface NetworkData {
  /** [rows, inputSize]: values, or where they are in the arena. */
  readonly input: Float32Array | Pointer;
  readonly rows: number;
  /** Needed when the network is recurrent. */
  readonly memory?: NetworkMemory;
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
  forward({ input, rows, memory }: NetworkData): Tensor {
    const { hidden, recurrent, output } = this.plan;
    const x = hidden.reduce((read, layer) => this.#apply(layer, read), this.#place(input, rows));
    const remembered = recurrent ? this.#remember(recurrent, x, rows, memory) : x;
    return this.#apply(output, remembered);
  }

  #apply(layer: DenseLayer, x: Tensor): Tensor {
    const { weight, bias } = this.fold(layer);
    return dense(layer.norm ? layerNorm(x) : x, weight, bias, layer.activation);
  }

  #remember(layer: RecurrentLayer, x: Tensor, rows: number, memory: NetworkMemory | undefined): Tensor {
    const { initial, starts } = requireMemory(memory, rows, layer.size);
    return gru({
      gates: this.#apply(layer.input, x),
      weight: this.#tensor(layer.weight),
      bias: this.#tensor(layer.bias),
      initial: { shape: [initial.length / layer.size, layer.size], values: initial },
      starts,
    });
  }

  /** A layer's weights with the normalisation in them. */
  fold({ weight, bias, norm }: Pick<DenseLayer, "weight" | "bias" | "norm">): FoldedLayer {
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

/** @throws InvalidInputError when there is no memory, or it does not fit the rows */
export function requireMemory(memory: NetworkMemory | undefined, rows: number, size: number): NetworkMemory {
  if (memory === undefined) {
    throw new InvalidInputError(
      "the network is recurrent, but there is no memory; give { initial: [sequences, recurrentSize], starts: [rows] }.",
    );
  }
  const sequences = memory.initial.length / size;
  if (sequences > 0 && Number.isInteger(rows / sequences) && memory.starts.length === rows) return memory;
  throw new InvalidInputError(
    `a memory of ${memory.initial.length} values and ${memory.starts.length} starts does not fit ${rows} rows; ` +
      `give [sequences, ${size}] values, where sequences divide the rows, and a start a row.`,
  );
}

/** Copies tensors one after another to `out`. */
export function gatherInto(arena: Arena, tensors: readonly Tensor[], out: Pointer): void {
  for (const { pointer, size } of tensors) {
    arena.f32(out, size).set(arena.f32(pointer, size));
    out += 4 * size;
  }
}
