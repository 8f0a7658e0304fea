/** A multilayer perceptron in plain f64, the rival of the kernels in tests. */
import type { MlpShape } from "../../src/nn/mlp.ts";

const SELU_LAMBDA = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;

const functions: Record<MlpShape["activation"], (x: number) => number> = {
  identity: (x) => x,
  relu: (x) => Math.max(0, x),
  tanh: Math.tanh,
  selu: (x) => SELU_LAMBDA * (x > 0 ? x : SELU_ALPHA * Math.expm1(x)),
};

/** Outputs [rows,out] of the network with flat parameters W₁[in,out], b₁, W₂, b₂, … */
export function forwardReference(
  { sizes, activation }: MlpShape,
  parameters: ArrayLike<number>,
  input: ArrayLike<number>,
  rows: number,
): Float64Array {
  let values = Float64Array.from(input);
  let offset = 0;
  for (let layer = 1; layer < sizes.length; layer++) {
    const [from, to] = [sizes[layer - 1], sizes[layer]];
    const bias = offset + from * to;
    const next = new Float64Array(rows * to);
    for (let row = 0; row < rows; row++) {
      for (let j = 0; j < to; j++) {
        let sum = parameters[bias + j];
        for (let i = 0; i < from; i++) sum += values[row * from + i] * parameters[offset + i * to + j];
        next[row * to + j] = layer < sizes.length - 1 ? functions[activation](sum) : sum;
      }
    }
    values = next;
    offset = bias + to;
  }
  return values;
}
