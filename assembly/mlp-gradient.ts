/**
 * Gradient of a multilayer perceptron from stored outputs: Wₗ ← hₗ₋₁ᵀ·gₗ, bₗ ← column sums of gₗ,
 * gₗ₋₁ = activation′(hₗ₋₁) ⊙ (gₗ·Wₗᵀ). Blocks of rows are summed in themselves and added in order, so that threads can
 * sum them apart.
 */
import { activationGradientF32 } from "./elementwise";
import { matmulTransposeAF32, matmulTransposeBF32 } from "./matmul";
import { BLOCK_ROWS, blockBytes, hiddenAt, hiddenBuffer, sizeOf, weightsAt, widest } from "./mlp-layout";
import { columnSumsF32 } from "./reduce";

export function mlpBackwardF32(
  layers: i32,
  sizes: usize,
  activation: i32,
  parameters: usize,
  input: usize,
  hidden: usize,
  cotangent: usize,
  gradient: usize,
  rows: i32,
  scratch: usize,
): void {
  let first = 0;
  do {
    backwardBlock(
      layers,
      sizes,
      activation,
      parameters,
      input,
      hidden,
      cotangent,
      gradient,
      rows,
      first,
      first > 0 ? 1 : 0,
      scratch,
    );
    input += blockBytes(sizeOf(sizes, 0));
    cotangent += blockBytes(sizeOf(sizes, layers));
    first += BLOCK_ROWS;
  } while (first < rows);
}

/** The gradients of blocks [block, block + count), one after another; input and cotangent begin at the first. */
export function mlpBackwardBlocksF32(
  layers: i32,
  sizes: usize,
  activation: i32,
  parameters: usize,
  input: usize,
  hidden: usize,
  cotangent: usize,
  gradients: usize,
  rows: i32,
  block: i32,
  count: i32,
  scratch: usize,
): void {
  for (const end = block + count; block < end; block++) {
    const first = block * BLOCK_ROWS;
    backwardBlock(
      layers,
      sizes,
      activation,
      parameters,
      input,
      hidden,
      cotangent,
      gradients,
      rows,
      first,
      0,
      scratch,
    );
    input += blockBytes(sizeOf(sizes, 0));
    cotangent += blockBytes(sizeOf(sizes, layers));
    gradients = weightsAt(gradients, sizes, layers);
  }
}

/** The gradient of the block of rows that begins at `first`, where x and g begin too; added to what is there or not. */
export function backwardBlock(
  layers: i32,
  sizes: usize,
  activation: i32,
  parameters: usize,
  input: usize,
  hidden: usize,
  g: usize,
  gradient: usize,
  rows: i32,
  first: i32,
  accumulate: i32,
  scratch: usize,
): void {
  const count = min(rows - first, BLOCK_ROWS);
  const buffer = hiddenBuffer(layers, sizes, scratch);
  const turn = blockBytes(widest(layers, sizes));
  for (let l = layers - 1; l >= 0; l--) {
    const k = sizeOf(sizes, l);
    const n = sizeOf(sizes, l + 1);
    const w = weightsAt(gradient, sizes, l);
    const x = l > 0 ? hiddenAt(hidden, sizes, l - 1, rows, first) : input;
    matmulTransposeAF32(x, g, w, k, count, n, accumulate, scratch);
    columnSumsF32(g, w + ((<usize>k * n) << 2), count, n, accumulate);
    if (l === 0) return;
    const z = buffer + <usize>(l & 1) * turn;
    matmulTransposeBF32(g, weightsAt(parameters, sizes, l), z, count, n, k, 0, scratch);
    activationGradientF32(activation, x, z, z, count * k);
    g = z;
  }
}
