/** A network in plain f64 from its named tensors, the rival of the library in tests. */
import type { ActivationName } from "../../src/kernels/abi.ts";
import type { NetworkShape } from "../../src/nn/network.ts";
import { networkLayout } from "../../src/nn/network.ts";

const activations: Record<ActivationName, (x: number) => number> = {
  identity: (x) => x,
  relu: (x) => Math.max(0, x),
  tanh: Math.tanh,
  selu: (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x)),
};

type Row = readonly number[];

/** The tensors of a flat vector by name. */
export function tensorsOf(shape: NetworkShape, flat: ArrayLike<number>): Record<string, Row> {
  const values = Array.from(flat);
  const named = networkLayout(shape).entries.map(({ name, shape: sizes, offset }): [string, Row] => [
    name,
    values.slice(offset, offset + sizes.reduce((product, size) => product * size, 1)),
  ]);
  return Object.fromEntries(named);
}

/** x·W + b for W[x.length, b.length]. */
export function affine(x: Row, weight: Row, bias: Row): number[] {
  return bias.map((b, j) => x.reduce((sum, value, i) => sum + value * weight[i * bias.length + j], b));
}

/** (x − mean)/√(variance + 1e-5) · gain + bias. */
export function layerNormRow(x: Row, gain: Row, bias: Row): number[] {
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
  return x.map((value, i) => ((value - mean) / Math.sqrt(variance + 1e-5)) * gain[i] + bias[i]);
}

/** Outputs of one row. */
export function networkRow(shape: NetworkShape, tensors: Record<string, Row>, input: Row): number[] {
  const read = (name: string, x: Row) => {
    const gain = tensors[`${name}.norm.gain`];
    const rows = gain ? layerNormRow(x, gain, tensors[`${name}.norm.bias`]) : x;
    return affine(rows, tensors[`${name}.weight`], tensors[`${name}.bias`]);
  };
  const hidden = shape.hiddenSizes.reduce<Row>(
    (x, _, l) => read(`layers.${l}`, x).map(activations[shape.activation]),
    input,
  );
  return read("output", hidden);
}

/** Outputs [rows, outputSize] of input[rows, inputSize]. */
export function networkReference(
  shape: NetworkShape,
  flat: ArrayLike<number>,
  input: ArrayLike<number>,
): number[] {
  const tensors = tensorsOf(shape, flat);
  const values = Array.from(input);
  const rows = Array.from({ length: values.length / shape.inputSize }, (_, row) =>
    values.slice(row * shape.inputSize, (row + 1) * shape.inputSize),
  );
  return rows.flatMap((row) => networkRow(shape, tensors, row));
}
