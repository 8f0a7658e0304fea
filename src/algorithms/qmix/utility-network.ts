/**
 * The network of an agent: utilities Q(o, ·) of its choices. Dense, ReLU, then a gated recurrent unit (autodiff/gru.ts) or
 * a second dense layer with ReLU, then a dense output.
 */
import { gru } from "../../autodiff/gru.ts";
import { dense } from "../../autodiff/linear.ts";
import type { Tape } from "../../autodiff/tape.ts";
import type { ActivationName } from "../../kernels/abi.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { denseParameters, type Lookup, type Parameter } from "./parameters.ts";

export interface UtilityShape {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly recurrent: boolean;
  readonly outputSize: number;
}

/** In the order of the flat vector. */
export function utilityParameters(shape: UtilityShape): Parameter[] {
  const { inputSize, hiddenSize, recurrent, outputSize } = shape;
  return [
    ...denseParameters("input", inputSize, hiddenSize),
    ...(recurrent
      ? [
          ...denseParameters("gates", hiddenSize, 3 * hiddenSize),
          ...denseParameters("memory", hiddenSize, 3 * hiddenSize),
        ]
      : denseParameters("hidden", hiddenSize, hiddenSize)),
    ...denseParameters("output", hiddenSize, outputSize),
  ];
}

export interface Utilities {
  /** [rows, outputSize]. */
  readonly utilities: Tensor;
  /** [rows, hiddenSize]: what is remembered after each row; of use to recurrent agents only. */
  readonly memories: Tensor;
}

/**
 * Utilities of rows = steps · sequences ordered by time.
 * @param inputs [rows, inputSize]
 * @param initial [sequences, hiddenSize], what is remembered before the first step
 */
export function utilitiesOf(
  tape: Tape,
  { recurrent, inputSize, hiddenSize }: UtilityShape,
  parameter: Lookup,
  inputs: Float32Array,
  initial: Float32Array,
): Utilities {
  const layer = (name: string, x: Tensor, activation: ActivationName): Tensor =>
    dense(x, parameter(`${name}.weight`), parameter(`${name}.bias`), activation);
  const rows = inputs.length / inputSize;
  const seen = tape.lift({ shape: [rows, inputSize], values: inputs }, "inputs");
  const x = layer("input", seen, "relu");
  const memories = recurrent
    ? gru({
        gates: layer("gates", x, "identity"),
        weight: parameter("memory.weight"),
        bias: parameter("memory.bias"),
        initial: { shape: [initial.length / hiddenSize, hiddenSize], values: initial },
        starts: new Uint8Array(rows),
      })
    : layer("hidden", x, "relu");
  return { utilities: layer("output", memories, "identity"), memories };
}
