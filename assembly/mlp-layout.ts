/**
 * Where the parts of a network are. Parameters are W₁[in,out], b₁, W₂, b₂, …; layer l (from 0) reads sizes[l] values
 * a row and makes sizes[l + 1]. The outputs of the hidden layers stand one after another, each [rows, size].
 */
import { matmulScratchBytes, SUM_BLOCK } from "./matmul";

/** Rows of a block; equal to SUM_BLOCK, so weight gradients add up in the order of one product over all rows. */
export const BLOCK_ROWS: i32 = SUM_BLOCK;

export function sizeOf(sizes: usize, layer: i32): i32 {
  return load<i32>(sizes + ((<usize>layer) << 2));
}

/** Where the outputs of hidden layer l are, for row `first` of `rows`. */
export function hiddenAt(hidden: usize, sizes: usize, layer: i32, rows: i32, first: i32): usize {
  for (let l = 1; l <= layer; l++) hidden += (<usize>rows * sizeOf(sizes, l)) << 2;
  return hidden + ((<usize>first * sizeOf(sizes, layer + 1)) << 2);
}

/** Where a layer's weights begin in a vector like the parameters; `layers` gives its end. */
export function weightsAt(parameters: usize, sizes: usize, layer: i32): usize {
  for (let l = 0; l < layer; l++) parameters += ((<usize>sizeOf(sizes, l) + 1) * sizeOf(sizes, l + 1)) << 2;
  return parameters;
}

/** Values of the widest layer. */
export function widest(layers: i32, sizes: usize): i32 {
  let most = 0;
  for (let l = 0; l <= layers; l++) most = max(most, sizeOf(sizes, l));
  return most;
}

/** Bytes of a block of rows of so many values. */
export function blockBytes(values: i32): usize {
  return (<usize>BLOCK_ROWS * values) << 2;
}

/** In the scratch, after that of the products: a block of the outputs' tangent. */
export function outputBuffer(layers: i32, sizes: usize, scratch: usize): usize {
  return scratch + matmulScratchBytes(SUM_BLOCK, widest(layers, sizes));
}

/** After it two blocks of the widest layer, which layers take in turns. */
export function hiddenBuffer(layers: i32, sizes: usize, scratch: usize): usize {
  return outputBuffer(layers, sizes, scratch) + blockBytes(sizeOf(sizes, layers));
}

export function mlpScratchBytes(layers: i32, sizes: usize, _rows: i32): usize {
  return hiddenBuffer(layers, sizes, 0) + 2 * blockBytes(widest(layers, sizes));
}
