/** A network in plain f64 from its named tensors, the rival of the library in tests. */
import type { ActivationName } from "../../src/kernels/abi.ts";
import type { NetworkShape } from "../../src/nn/network.ts";
import { networkLayout } from "../../src/nn/network.ts";
import type { NetworkMemory } from "../../src/nn/network-tape.ts";
import { gruReference } from "./gru-reference.ts";

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

/** What layer `name` makes of a row, before an activation. */
function readRow(tensors: Record<string, Row>, name: string, x: Row): number[] {
  const gain = tensors[`${name}.norm.gain`];
  const row = gain ? layerNormRow(x, gain, tensors[`${name}.norm.bias`]) : x;
  return affine(row, tensors[`${name}.weight`], tensors[`${name}.bias`]);
}

/** Outputs [rows, outputSize] of input[rows, inputSize]. */
export function networkReference(
  shape: NetworkShape,
  flat: ArrayLike<number>,
  input: ArrayLike<number>,
  memory?: NetworkMemory,
): number[] {
  const tensors = tensorsOf(shape, flat);
  const values = Array.from(input);
  const rows = Array.from({ length: values.length / shape.inputSize }, (_, row) =>
    values.slice(row * shape.inputSize, (row + 1) * shape.inputSize),
  );
  const hidden = rows.map((row) =>
    shape.hiddenSizes.reduce<Row>(
      (x, _, l) => readRow(tensors, `layers.${l}`, x).map(activations[shape.activation]),
      row,
    ),
  );
  const remembered = memory ? remember(shape, tensors, hidden, memory) : hidden;
  return remembered.flatMap((row) => readRow(tensors, "output", row));
}

function remember(
  { recurrentSize: size = 0 }: NetworkShape,
  tensors: Record<string, Row>,
  rows: readonly Row[],
  { initial, starts }: NetworkMemory,
): Row[] {
  const array = (shape: number[], values: Iterable<number>) => ({ shape, values: Float64Array.from(values) });
  const { outputs } = gruReference({
    a: array(
      [rows.length, 3 * size],
      rows.flatMap((row) => readRow(tensors, "recurrent", row)),
    ),
    w: array([size, 3 * size], tensors["recurrent.memory.weight"]),
    b: array([3 * size], tensors["recurrent.memory.bias"]),
    initial: array([initial.length / size, size], initial),
    starts,
  });
  return rows.map((_, row) => [...outputs.subarray(row * size, (row + 1) * size)]);
}
