/**
 * Outputs of a network without a tape, with the bits that they have on one: for acting, where rows are few and calls many,
 * and for values of whole batches.
 */
import { LAYER_NORM_EPSILON } from "../autodiff/layer-norm.ts";
import { rules } from "../autodiff/rules.ts";
import { Tape } from "../autodiff/tape.ts";
import type { Pointer } from "../kernels/abi.ts";
import type { Arena } from "../kernels/memory.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { activationCode } from "./activations.ts";
import type { NetworkShape } from "./network.ts";
import { requireInput, TapeNetwork } from "./network-tape.ts";

export interface Prediction {
  /** [rows, outputSize]. */
  readonly output: Float32Array;
}

/** A dense layer with a normalisation's gain and bias in its weights. */
interface PreparedLayer {
  readonly rows: number;
  readonly columns: number;
  readonly activation: number;
  readonly normed: boolean;
  /** Of its weights in the prepared vector; the bias follows them. */
  readonly offset: number;
}

/** A network at fixed parameters, prepared once. */
export class Predictor {
  readonly shape: NetworkShape;
  readonly #layers: readonly PreparedLayer[];
  readonly #values: Float32Array;

  /** @throws InvalidInputError when the number of parameters is wrong */
  constructor(arena: Arena, shape: NetworkShape, parameters: Float32Array) {
    this.shape = shape;
    const { layers, values } = prepare(arena, shape, parameters);
    this.#layers = layers;
    this.#values = values;
  }

  /** Outputs for input[rows, inputSize]. @throws InvalidInputError when the number of values is wrong */
  predict(arena: Arena, input: Float32Array, rows: number): Prediction {
    requireInput(input, rows, this.shape);
    return arena.scope(() => {
      const values = arena.place(this.#values);
      let x = arena.place(input);
      for (const layer of this.#layers) x = apply(arena, layer, values, x, rows);
      return { output: arena.read(x, rows * this.shape.outputSize) };
    });
  }
}

/** Outputs for input[rows, inputSize]; for many calls at the same parameters a `Predictor` is faster. */
export function predict(
  arena: Arena,
  shape: NetworkShape,
  parameters: Float32Array,
  input: Float32Array,
  rows: number,
): Prediction {
  return new Predictor(arena, shape, parameters).predict(arena, input, rows);
}

/** Folds normalisations on a tape, so that the bits are those of training. */
function prepare(arena: Arena, shape: NetworkShape, parameters: Float32Array) {
  return Tape.run(arena, rules, (tape) => {
    const network = new TapeNetwork(tape, shape, arena.place(parameters));
    const { hidden, output, layout } = network.plan;
    if (parameters.length !== layout.size) {
      throw new InvalidInputError(
        `the network has ${layout.size} parameters, but ${parameters.length} values were given.`,
      );
    }
    const parts: Float32Array[] = [];
    let offset = 0;
    const layers = [...hidden, output].map((layer): PreparedLayer => {
      const { weight, bias } = network.fold(layer);
      const [rows, columns] = weight.shape;
      parts.push(weight.read(), bias.read());
      offset += (rows + 1) * columns;
      const activation = activationCode(layer.activation);
      return {
        rows,
        columns,
        activation,
        normed: layer.norm !== undefined,
        offset: offset - (rows + 1) * columns,
      };
    });
    const values = new Float32Array(offset);
    let end = 0;
    for (const part of parts) {
      values.set(part, end);
      end += part.length;
    }
    return { layers, values };
  });
}

/** One layer of all rows; where its outputs are. */
function apply(arena: Arena, layer: PreparedLayer, values: Pointer, input: Pointer, rows: number): Pointer {
  const { kernels } = arena;
  const { rows: k, columns: n, activation, normed, offset } = layer;
  let x = input;
  if (normed) {
    x = arena.allocateF32(rows * k);
    const scales = arena.allocateF32(rows);
    kernels.layerNormF32(input, x, scales, rows, k, LAYER_NORM_EPSILON);
  }
  const y = arena.allocateF32(rows * n);
  const scratch = arena.allocate(kernels.matmulScratchBytes(k, n));
  const weight = values + 4 * offset;
  kernels.denseF32(x, weight, weight + 4 * k * n, y, rows, k, n, activation, scratch);
  return y;
}
