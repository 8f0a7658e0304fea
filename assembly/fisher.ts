/**
 * Product of the mean KL's Hessian with a direction: F v = (1/rows) Σ Jᵀ(diag p − ppᵀ)J v, J of the stored activations
 * (Pascanu & Bengio 2014). Each block of rows goes forward, through the metric and back while it is in cache.
 */
import { tangentBlock } from "./mlp";
import { backwardBlock } from "./mlp-gradient";
import { BLOCK_ROWS, outputBuffer } from "./mlp-layout";
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
  const k = load<i32>(sizes);
  const n = load<i32>(sizes + ((<usize>layers) << 2));
  const weight = <f32>1 / <f32>rows;
  const t = outputBuffer(layers, sizes, scratch);
  let first = 0;
  do {
    const count = min(rows - first, BLOCK_ROWS);
    const x = input + ((<usize>first * k) << 2);
    const p = probs + ((<usize>first * n) << 2);
    tangentBlock(layers, sizes, activation, parameters, direction, x, hidden, t, rows, first, count, scratch);
    headsMetricF32(p, t, t, weight, count, heads, headSizes);
    backwardBlock(layers, sizes, activation, parameters, x, hidden, t, product, rows, first, count, scratch);
    first += BLOCK_ROWS;
  } while (first < rows);
}
