/**
 * Multilayer perceptron: hₗ = activation(hₗ₋₁Wₗ + bₗ), output = h W + b, and its tangent from stored outputs.
 * Rows pass through all layers in blocks that stay in cache.
 */
import { activationGradientF32 } from "./elementwise";
import { affineF32, denseF32, matmulF32 } from "./matmul";
import { BLOCK_ROWS, blockBytes, hiddenAt, hiddenBuffer, sizeOf, weightsAt, widest } from "./mlp-layout";

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
  mlpForwardRowsF32(layers, sizes, activation, parameters, input, hidden, output, rows, 0, rows, scratch);
}

/** Rows [first, first + count) of `rows`; input and output begin at the first of them. */
export function mlpForwardRowsF32(
  layers: i32,
  sizes: usize,
  activation: i32,
  parameters: usize,
  input: usize,
  hidden: usize,
  output: usize,
  rows: i32,
  first: i32,
  count: i32,
  scratch: usize,
): void {
  for (const end = first + count; first < end; first += BLOCK_ROWS) {
    const block = min(end - first, BLOCK_ROWS);
    let x = input;
    for (let l = 0; l < layers; l++) {
      const k = sizeOf(sizes, l);
      const n = sizeOf(sizes, l + 1);
      const last = l === layers - 1;
      const w = weightsAt(parameters, sizes, l);
      const y = last ? output : hiddenAt(hidden, sizes, l, rows, first);
      denseF32(x, w, w + ((<usize>k * n) << 2), y, block, k, n, last ? 0 : activation, scratch);
      x = y;
    }
    input += blockBytes(sizeOf(sizes, 0));
    output += blockBytes(sizeOf(sizes, layers));
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
  mlpTangentRowsF32(
    layers,
    sizes,
    activation,
    parameters,
    direction,
    input,
    hidden,
    outputTangent,
    rows,
    0,
    rows,
    scratch,
  );
}

/** Rows [first, first + count) of `rows`; input and output begin at the first of them. */
export function mlpTangentRowsF32(
  layers: i32,
  sizes: usize,
  activation: i32,
  parameters: usize,
  direction: usize,
  input: usize,
  hidden: usize,
  outputTangent: usize,
  rows: i32,
  first: i32,
  count: i32,
  scratch: usize,
): void {
  for (const end = first + count; first < end; first += BLOCK_ROWS) {
    tangentBlock(
      layers,
      sizes,
      activation,
      parameters,
      direction,
      input,
      hidden,
      outputTangent,
      rows,
      first,
      min(end - first, BLOCK_ROWS),
      scratch,
    );
    input += blockBytes(sizeOf(sizes, 0));
    outputTangent += blockBytes(sizeOf(sizes, layers));
  }
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
  x: usize,
  hidden: usize,
  target: usize,
  rows: i32,
  first: i32,
  count: i32,
  scratch: usize,
): void {
  const buffer = hiddenBuffer(layers, sizes, scratch);
  const turn = blockBytes(widest(layers, sizes));
  let t: usize = 0;
  for (let l = 0; l < layers; l++) {
    const k = sizeOf(sizes, l);
    const n = sizeOf(sizes, l + 1);
    const d = weightsAt(direction, sizes, l);
    const last = l === layers - 1;
    const z = last ? target : buffer + <usize>(l & 1) * turn;
    if (l > 0) matmulF32(t, weightsAt(parameters, sizes, l), z, count, k, n, 0, scratch);
    affineF32(x, d, d + ((<usize>k * n) << 2), z, count, k, n, l > 0 ? 1 : 0, scratch);
    if (last) return;
    x = hiddenAt(hidden, sizes, l, rows, first);
    activationGradientF32(activation, x, z, z, count * n);
    t = z;
  }
}
