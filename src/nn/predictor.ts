/**
 * Outputs of a network without a tape, with the bits that they have on one: for acting, where rows are few and calls many,
 * and for values of whole batches.
 */
import { type GruSizes, gruForward, gruNumbers, traceBehind } from "../autodiff/gru-passes.ts";
import { LAYER_NORM_EPSILON } from "../autodiff/layer-norm.ts";
import { rules } from "../autodiff/rules.ts";
import { Tape } from "../autodiff/tape.ts";
import type { Pointer } from "../kernels/abi.ts";
import { activationCode } from "../kernels/activations.ts";
import type { Arena } from "../kernels/memory.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { type DenseLayer, type NetworkShape, networkPlan } from "./network.ts";
import {
  type FoldedLayer,
  gatherInto,
  type NetworkMemory,
  requireInput,
  requireMemory,
  TapeNetwork,
} from "./network-tape.ts";

export interface Prediction {
  /** [rows, outputSize]. */
  readonly output: Float32Array;
  /** After the last step, [sequences, recurrentSize], when the network is recurrent. */
  readonly memory: Float32Array | undefined;
}

/** A dense layer whose weights hold the normalisation of what it reads; the bias follows them. */
interface PreparedLayer {
  readonly rows: number;
  readonly columns: number;
  readonly activation: number;
  readonly normed: boolean;
  readonly weight: number;
}

/** Where layers are in the prepared vector. */
interface Prepared {
  readonly values: Float32Array;
  readonly hidden: readonly PreparedLayer[];
  readonly recurrent:
    | { readonly size: number; readonly input: PreparedLayer; readonly weight: number }
    | undefined;
  readonly output: PreparedLayer;
}

/** A network at fixed parameters, prepared once. */
export class Predictor {
  readonly shape: NetworkShape;
  readonly #prepared: Prepared;

  /** @throws InvalidInputError when the number of parameters is wrong */
  constructor(arena: Arena, shape: NetworkShape, parameters: Float32Array) {
    this.shape = shape;
    this.#prepared = prepare(arena, shape, parameters);
  }

  /**
   * Outputs for input[rows, inputSize].
   * @param memory needed when the network is recurrent
   * @throws InvalidInputError when sizes do not fit
   */
  predict(arena: Arena, input: Float32Array, rows: number, memory?: NetworkMemory): Prediction {
    const { values, hidden, recurrent, output } = this.#prepared;
    requireInput(input, rows, this.shape);
    return arena.scope(() => {
      const at = arena.place(values);
      let x = arena.place(input);
      for (const layer of hidden) x = apply(arena, layer, at, x, rows);
      let last: Float32Array | undefined;
      if (recurrent) {
        const { size, weight } = recurrent;
        const { initial, starts } = requireMemory(memory, rows, size);
        const sequences = initial.length / size;
        const gates = apply(arena, recurrent.input, at, x, rows);
        x = remember(arena, { rows, sequences, size }, at + 4 * weight, gates, initial, starts);
        last = arena.read(x + 4 * (rows - sequences) * size, initial.length);
      }
      const y = apply(arena, output, at, x, rows);
      return { output: arena.read(y, rows * this.shape.outputSize), memory: last };
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
  memory?: NetworkMemory,
): Prediction {
  return new Predictor(arena, shape, parameters).predict(arena, input, rows, memory);
}

/** Folds normalisations on a tape, so that the bits are those of training. */
function prepare(arena: Arena, shape: NetworkShape, parameters: Float32Array): Prepared {
  const { layout } = networkPlan(shape);
  if (parameters.length !== layout.size) {
    throw new InvalidInputError(
      `the network has ${layout.size} parameters, but ${parameters.length} values were given.`,
    );
  }
  return Tape.run(arena, rules, (tape) => {
    const network = new TapeNetwork(tape, shape, arena.place(parameters));
    const { hidden, recurrent, output } = network.plan;
    const parts: Tensor[] = [];
    let end = 0;
    const append = ({ weight, bias }: FoldedLayer): number => {
      parts.push(weight, bias);
      end += weight.size + bias.size;
      return end - weight.size - bias.size;
    };
    const layer = (dense: DenseLayer): PreparedLayer => {
      const [rows, columns] = dense.weight.shape;
      const activation = activationCode(dense.activation);
      const normed = dense.norm !== undefined;
      return { rows, columns, activation, normed, weight: append(network.fold(dense)) };
    };
    const layers = {
      hidden: hidden.map(layer),
      recurrent: recurrent && {
        size: recurrent.size,
        input: layer(recurrent.input),
        weight: append(network.fold({ ...recurrent, norm: undefined })),
      },
      output: layer(output),
    };
    const values = arena.allocateF32(end);
    gatherInto(arena, parts, values);
    return { ...layers, values: arena.read(values, end) };
  });
}

/** One layer of all rows; where its outputs are. */
function apply(arena: Arena, layer: PreparedLayer, values: Pointer, input: Pointer, rows: number): Pointer {
  const { kernels } = arena;
  const { rows: k, columns: n, activation, normed } = layer;
  let x = input;
  if (normed) {
    x = arena.allocateF32(rows * k);
    const scales = arena.allocateF32(rows);
    kernels.layerNormF32(input, x, scales, rows, k, LAYER_NORM_EPSILON);
  }
  const y = arena.allocateF32(rows * n);
  const scratch = arena.allocate(kernels.matmulScratchBytes(k, n));
  const weight = values + 4 * layer.weight;
  kernels.denseF32(x, weight, weight + 4 * k * n, y, rows, k, n, activation, scratch);
  return y;
}

/** Memories after each row. @param weight of the memory; the bias follows it */
function remember(
  arena: Arena,
  sizes: GruSizes,
  weight: Pointer,
  gates: Pointer,
  initial: Float32Array,
  starts: Uint8Array,
): Pointer {
  const out = arena.allocateF32(gruNumbers(sizes));
  const bias = weight + 4 * 3 * sizes.size * sizes.size;
  const weights = { weight, bias, initial: arena.place(initial), starts };
  gruForward(arena, sizes, weights, gates, out, traceBehind(out, sizes));
  return out;
}
