/**
 * Gradient of a multilayer perceptron from stored outputs, in two passes over a range of rows: gₗ of every hidden layer,
 * then what they add to the gradients of the weights. The first splits by rows, the second by strips of the weights,
 * and neither changes the order in which an entry is summed.
 */
import { activationGradientF32 } from "./elementwise";
import { matmulTransposeATileF32, matmulTransposeBF32 } from "./matmul";
import { BLOCK_ROWS, blockBytes, hiddenAt, hiddenBuffer, sizeOf, weightsAt } from "./mlp-layout";
import { addColumnSums } from "./reduce";

/** Strips of a weight gradient begin at multiples of this many rows or columns: those of the product's tiles. */
const STRIP: i32 = 8;

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
    const count = min(rows - first, BLOCK_ROWS);
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
      count,
      scratch,
    );
    input += blockBytes(sizeOf(sizes, 0));
    cotangent += blockBytes(sizeOf(sizes, layers));
    first += BLOCK_ROWS;
  } while (first < rows);
}

/** The gradient of one block of rows, added to that of the blocks before it. */
export function backwardBlock(
  layers: i32,
  sizes: usize,
  activation: i32,
  parameters: usize,
  x: usize,
  hidden: usize,
  g: usize,
  gradient: usize,
  rows: i32,
  first: i32,
  count: i32,
  scratch: usize,
): void {
  const inner = hiddenBuffer(layers, sizes, scratch);
  const span = BLOCK_ROWS;
  mlpCotangentsF32(
    layers,
    sizes,
    activation,
    parameters,
    hidden,
    g,
    inner,
    span,
    0,
    rows,
    first,
    count,
    scratch,
  );
  mlpGradientF32(layers, sizes, x, hidden, g, inner, span, gradient, rows, first, count, 0, 1, scratch);
}

/**
 * gₗ₋₁ = activation′(hₗ₋₁) ⊙ (gₗ·Wₗᵀ) of all hidden layers for rows [first, first + count) of `rows`, from g of the
 * outputs. They go to row `offset` and on of `cotangents`, which holds `span` rows of every hidden layer.
 */
export function mlpCotangentsF32(
  layers: i32,
  sizes: usize,
  activation: i32,
  parameters: usize,
  hidden: usize,
  g: usize,
  cotangents: usize,
  span: i32,
  offset: i32,
  rows: i32,
  first: i32,
  count: i32,
  scratch: usize,
): void {
  for (let l = layers - 1; l > 0; l--) {
    const k = sizeOf(sizes, l);
    const z = hiddenAt(cotangents, sizes, l - 1, span, offset);
    const w = weightsAt(parameters, sizes, l);
    matmulTransposeBF32(g, w, z, count, sizeOf(sizes, l + 1), k, 0, scratch);
    activationGradientF32(activation, hiddenAt(hidden, sizes, l - 1, rows, first), z, z, count * k);
    g = z;
  }
}

/**
 * Part `part` of `parts` of Wₗ ← hₗ₋₁ᵀ·gₗ and bₗ ← column sums of gₗ over rows [first, first + count), first a multiple
 * of BLOCK_ROWS, added to the rows before. The longer side of every Wₗ is cut into strips.
 */
export function mlpGradientF32(
  layers: i32,
  sizes: usize,
  input: usize,
  hidden: usize,
  cotangent: usize,
  cotangents: usize,
  span: i32,
  gradient: usize,
  rows: i32,
  first: i32,
  count: i32,
  part: i32,
  parts: i32,
  scratch: usize,
): void {
  const more = first > 0 ? 1 : 0;
  for (let l = layers - 1; l >= 0; l--) {
    const k = sizeOf(sizes, l);
    const n = sizeOf(sizes, l + 1);
    const w = weightsAt(gradient, sizes, l);
    const b = w + ((<usize>k * n) << 2);
    const x = l > 0 ? hiddenAt(hidden, sizes, l - 1, rows, first) : input;
    const g = l === layers - 1 ? cotangent : hiddenAt(cotangents, sizes, l, span, 0);
    const wide = n >= k;
    const from = stripStart(wide ? n : k, part, parts);
    const size = stripStart(wide ? n : k, part + 1, parts) - from;
    if (wide) {
      matmulTransposeATileF32(x, g, w, k, count, n, more, scratch, 0, k, from, size);
      const columns = (<usize>from) << 2;
      addColumnSums(g + columns, b + columns, count, size, more, (<usize>n) << 2);
    } else {
      matmulTransposeATileF32(x, g, w, k, count, n, more, scratch, from, size, 0, n);
      if (part === 0) addColumnSums(g, b, count, n, more, (<usize>n) << 2);
    }
  }
}

/** Where strip `part` of `parts` of a side begins. */
function stripStart(side: i32, part: i32, parts: i32): i32 {
  const strips = (side + STRIP - 1) / STRIP;
  return min(side, ((strips * part) / parts) * STRIP);
}
