/**
 * Product of the mean KL's Hessian with a direction: F v = (1/rows) Σ Jᵀ(diag p − ppᵀ)J v, J of the stored activations
 * (Pascanu & Bengio 2014). Each block of rows goes forward, through the metric and back while it is in cache.
 */
import { BLOCK_ROWS, backwardBlock, bufferAt, tangentBlock } from "./mlp";
import { headsMetricF32 } from "./softmax";

export function fisherProductF32(
  layers: i32,
  sizes: usize,
  activation: i32,
  parameters: usize,
  input: usize,
  hidden: usize,
  probs: usize,
  heads: i32,
  headSizes: usize,
  direction: usize,
  product: usize,
  rows: i32,
  scratch: usize,
): void {
  const n = load<i32>(sizes + ((<usize>layers) << 2));
  const weight = <f32>1 / <f32>rows;
  const t = bufferAt(layers, sizes, scratch, 2);
  let first = 0;
  do {
    const count = min(rows - first, BLOCK_ROWS);
    const p = probs + ((<usize>first * n) << 2);
    tangentBlock(layers, sizes, activation, parameters, direction, input, hidden, t, rows, first, scratch);
    headsMetricF32(p, t, t, weight, count, heads, headSizes);
    backwardBlock(layers, sizes, activation, parameters, input, hidden, t, product, rows, first, scratch);
    first += BLOCK_ROWS;
  } while (first < rows);
}
