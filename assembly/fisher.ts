/**
 * Product of the mean KL's Hessian with a direction: F v = (1/rows) Σ Jᵀ(diag p − ppᵀ)J v, J of the stored activations
 * (Pascanu & Bengio 2014). Each block of rows goes forward, through the metric and back while it is in cache.
 */
import { tangentBlock } from "./mlp";
import { backwardBlock } from "./mlp-gradient";
import { BLOCK_ROWS, blockBytes, outputBuffer, sizeOf, weightsAt } from "./mlp-layout";
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
  let first = 0;
  do {
    fisherBlock(
      layers,
      sizes,
      activation,
      parameters,
      input,
      hidden,
      probs,
      heads,
      headSizes,
      direction,
      product,
      rows,
      first,
      first > 0 ? 1 : 0,
      scratch,
    );
    input += blockBytes(sizeOf(sizes, 0));
    probs += blockBytes(sizeOf(sizes, layers));
    first += BLOCK_ROWS;
  } while (first < rows);
}

/** The products of blocks [block, block + count), one after another; input and probs begin at the first. */
export function fisherBlocksF32(
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
  products: usize,
  rows: i32,
  block: i32,
  count: i32,
  scratch: usize,
): void {
  for (const end = block + count; block < end; block++) {
    fisherBlock(
      layers,
      sizes,
      activation,
      parameters,
      input,
      hidden,
      probs,
      heads,
      headSizes,
      direction,
      products,
      rows,
      block * BLOCK_ROWS,
      0,
      scratch,
    );
    input += blockBytes(sizeOf(sizes, 0));
    probs += blockBytes(sizeOf(sizes, layers));
    products = weightsAt(products, sizes, layers);
  }
}

/** The block of rows that begins at `first`, where input and probs begin too; added to what is there or not. */
function fisherBlock(
  layers: i32,
  sizes: usize,
  activation: i32,
  parameters: usize,
  x: usize,
  hidden: usize,
  p: usize,
  heads: i32,
  headSizes: usize,
  direction: usize,
  product: usize,
  rows: i32,
  first: i32,
  accumulate: i32,
  scratch: usize,
): void {
  const count = min(rows - first, BLOCK_ROWS);
  const t = outputBuffer(layers, sizes, scratch);
  tangentBlock(layers, sizes, activation, parameters, direction, x, hidden, t, rows, first, count, scratch);
  headsMetricF32(p, t, t, <f32>1 / <f32>rows, count, heads, headSizes);
  backwardBlock(
    layers,
    sizes,
    activation,
    parameters,
    x,
    hidden,
    t,
    product,
    rows,
    first,
    accumulate,
    scratch,
  );
}
