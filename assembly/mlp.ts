/**
 * Multilayer perceptron: hₗ = activation(hₗ₋₁Wₗ + bₗ), output = h W + b; its tangent and its gradient from stored outputs.
 * Rows pass through all layers in blocks that stay in cache. Parameters are W₁[in,out], b₁, W₂, b₂, …;
 * layer l (from 0) reads sizes[l] values a row and makes sizes[l + 1].
 */
import { activationGradientF32 } from "./elementwise";
import {
  addBias,
  denseF32,
  matmulF32,
  matmulScratchBytes,
  matmulTransposeAF32,
  matmulTransposeBF32,
  SUM_BLOCK,
} from "./matmul";
import { columnSumsF32 } from "./reduce";

/** Rows of a block; equal to SUM_BLOCK, so weight gradients add up in the order of one product over all rows. */
export const BLOCK_ROWS: i32 = SUM_BLOCK;

function sizeOf(sizes: usize, layer: i32): i32 {
  return load<i32>(sizes + ((<usize>layer) << 2));
}

/** Where the outputs of hidden layer l are, for row `first` of `rows`. */
function hiddenAt(hidden: usize, sizes: usize, layer: i32, rows: i32, first: i32): usize {
  for (let l = 1; l <= layer; l++) hidden += (<usize>rows * sizeOf(sizes, l)) << 2;
  return hidden + ((<usize>first * sizeOf(sizes, layer + 1)) << 2);
}

/** Where a layer's weights begin in a vector like the parameters; `layers` gives its end. */
function weightsAt(parameters: usize, sizes: usize, layer: i32): usize {
  for (let l = 0; l < layer; l++) parameters += ((<usize>sizeOf(sizes, l) + 1) * sizeOf(sizes, l + 1)) << 2;
  return parameters;
}

/** Where buffer 0, 1, … of the scratch begins: a block of rows of the widest layer each, after the products' scratch. */
export function bufferAt(layers: i32, sizes: usize, scratch: usize, index: i32): usize {
  let widest = 0;
  for (let l = 0; l <= layers; l++) widest = max(widest, sizeOf(sizes, l));
  const bytes = (<usize>BLOCK_ROWS * widest) << 2;
  return scratch + matmulScratchBytes(SUM_BLOCK, widest) + <usize>index * bytes;
}

/** Room for products, for two buffers that layers take in turns, and for the outputs' tangent. */
export function mlpScratchBytes(layers: i32, sizes: usize, _rows: i32): usize {
  return bufferAt(layers, sizes, 0, 3);
}

export function mlpForwardF32(
  layers: i32,
  sizes: usize,
  activation: i32,
  parameters: usize,
  input: usize,
  hidden: usize,
  output: usize,
  rows: i32,
  scratch: usize,
): void {
  for (let first = 0; first < rows; first += BLOCK_ROWS) {
    const count = min(rows - first, BLOCK_ROWS);
    let x = input + ((<usize>first * sizeOf(sizes, 0)) << 2);
    for (let l = 0; l < layers; l++) {
      const k = sizeOf(sizes, l);
      const n = sizeOf(sizes, l + 1);
      const last = l === layers - 1;
      const w = weightsAt(parameters, sizes, l);
      const y = last ? output + ((<usize>first * n) << 2) : hiddenAt(hidden, sizes, l, rows, first);
      denseF32(x, w, w + ((<usize>k * n) << 2), y, count, k, n, last ? 0 : activation, scratch);
      x = y;
    }
  }
}

export function mlpTangentF32(
  layers: i32,
  sizes: usize,
  activation: i32,
  parameters: usize,
  direction: usize,
  input: usize,
  hidden: usize,
  outputTangent: usize,
  rows: i32,
  scratch: usize,
): void {
  const n = sizeOf(sizes, layers);
  for (let first = 0; first < rows; first += BLOCK_ROWS) {
    const target = outputTangent + ((<usize>first * n) << 2);
    tangentBlock(
      layers,
      sizes,
      activation,
      parameters,
      direction,
      input,
      hidden,
      target,
      rows,
      first,
      scratch,
    );
  }
}

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
  const n = sizeOf(sizes, layers);
  let first = 0;
  do {
    const g = cotangent + ((<usize>first * n) << 2);
    backwardBlock(layers, sizes, activation, parameters, input, hidden, g, gradient, rows, first, scratch);
    first += BLOCK_ROWS;
  } while (first < rows);
}

/**
 * target[count,out] for one block of rows: zₗ′ = hₗ₋₁′·Wₗ + hₗ₋₁·Wₗ′ + bₗ′ and hₗ′ = activation′(hₗ) ⊙ zₗ′,
 * where the input has no tangent.
 */
export function tangentBlock(
  layers: i32,
  sizes: usize,
  activation: i32,
  parameters: usize,
  direction: usize,
  input: usize,
  hidden: usize,
  target: usize,
  rows: i32,
  first: i32,
  scratch: usize,
): void {
  const count = min(rows - first, BLOCK_ROWS);
  let x = input + ((<usize>first * sizeOf(sizes, 0)) << 2);
  let t: usize = 0;
  for (let l = 0; l < layers; l++) {
    const k = sizeOf(sizes, l);
    const n = sizeOf(sizes, l + 1);
    const d = weightsAt(direction, sizes, l);
    const last = l === layers - 1;
    const z = last ? target : bufferAt(layers, sizes, scratch, l & 1);
    if (l > 0) matmulF32(t, weightsAt(parameters, sizes, l), z, count, k, n, 0, scratch);
    matmulF32(x, d, z, count, k, n, l > 0 ? 1 : 0, scratch);
    addBias(z, d + ((<usize>k * n) << 2), count, n);
    if (last) return;
    x = hiddenAt(hidden, sizes, l, rows, first);
    activationGradientF32(activation, x, z, z, count * n);
    t = z;
  }
}

/**
 * The gradient of one block of rows, added to that of the blocks before it: Wₗ ← hₗ₋₁ᵀ·gₗ, bₗ ← column sums of gₗ,
 * gₗ₋₁ = activation′(hₗ₋₁) ⊙ (gₗ·Wₗᵀ), from g[count,out] of the outputs.
 */
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
  scratch: usize,
): void {
  const count = min(rows - first, BLOCK_ROWS);
  const more = first > 0 ? 1 : 0;
  for (let l = layers - 1; l >= 0; l--) {
    const k = sizeOf(sizes, l);
    const n = sizeOf(sizes, l + 1);
    const w = weightsAt(gradient, sizes, l);
    const x = l > 0 ? hiddenAt(hidden, sizes, l - 1, rows, first) : input + ((<usize>first * k) << 2);
    matmulTransposeAF32(x, g, w, k, count, n, more, scratch);
    columnSumsF32(g, w + ((<usize>k * n) << 2), count, n, more);
    if (l === 0) return;
    const z = bufferAt(layers, sizes, scratch, l & 1);
    matmulTransposeBF32(g, weightsAt(parameters, sizes, l), z, count, n, k, 0, scratch);
    activationGradientF32(activation, x, z, z, count * k);
    g = z;
  }
}
