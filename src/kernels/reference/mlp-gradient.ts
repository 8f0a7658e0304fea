/** Twin of assembly/mlp-gradient.ts: the same two passes over blocks of rows, on the other twins. */
import type { Kernels, Pointer } from "../abi.ts";
import { BLOCK_ROWS, type MlpLayout } from "./mlp-layout.ts";
import { addColumnSums } from "./reduce.ts";
import type { Views } from "./views.ts";

export type MlpGradientKernels = Pick<Kernels, "mlpBackwardF32" | "mlpCotangentsF32" | "mlpGradientF32">;
type Parts = Pick<Kernels, "activationGradientF32" | "matmulTransposeATileF32" | "matmulTransposeBF32">;

/** Strips of a weight gradient begin at multiples of this many rows or columns. */
const STRIP = 8;

/** Where strip `part` of `parts` of a side begins. */
const stripStart = (side: number, part: number, parts: number): number =>
  Math.min(side, Math.floor((Math.ceil(side / STRIP) * part) / parts) * STRIP);

/** Adds the gradient of the block of rows that begins at `first`, where x and g begin too. */
type BackwardBlock = (
  layers: number,
  sizes: Pointer,
  code: number,
  parameters: Pointer,
  x: Pointer,
  hidden: Pointer,
  g: Pointer,
  gradient: Pointer,
  rows: number,
  first: number,
  count: number,
  scratch: Pointer,
) => void;

export interface MlpGradients {
  readonly kernels: MlpGradientKernels;
  readonly backwardBlock: BackwardBlock;
}

export function mlpGradientReference(views: Views, parts: Parts, layout: MlpLayout): MlpGradients {
  const { sizeOf, hiddenBuffer, hiddenAt, weightsAt } = layout;
  const span = BLOCK_ROWS;
  const backwardBlock: BackwardBlock = (
    layers,
    sizes,
    code,
    parameters,
    x,
    hidden,
    g,
    gradient,
    rows,
    first,
    count,
    scratch,
  ) => {
    const inner = hiddenBuffer(layers, sizes, scratch);
    const { mlpCotangentsF32, mlpGradientF32 } = kernels;
    mlpCotangentsF32(layers, sizes, code, parameters, hidden, g, inner, span, 0, rows, first, count, scratch);
    mlpGradientF32(layers, sizes, x, hidden, g, inner, span, gradient, rows, first, count, 0, 1, scratch);
  };
  const kernels: MlpGradientKernels = {
    mlpBackwardF32(layers, sizes, code, parameters, input, hidden, cotangent, gradient, rows, scratch) {
      let first = 0;
      do {
        const count = Math.min(rows - first, BLOCK_ROWS);
        const x = input + 4 * first * sizeOf(sizes, 0);
        const g = cotangent + 4 * first * sizeOf(sizes, layers);
        backwardBlock(layers, sizes, code, parameters, x, hidden, g, gradient, rows, first, count, scratch);
        first += BLOCK_ROWS;
      } while (first < rows);
    },
    mlpCotangentsF32(
      layers,
      sizes,
      code,
      parameters,
      hidden,
      cotangent,
      cotangents,
      span,
      offset,
      rows,
      first,
      count,
      scratch,
    ) {
      let g = cotangent;
      for (let l = layers - 1; l > 0; l--) {
        const k = sizeOf(sizes, l);
        const z = hiddenAt(cotangents, sizes, l - 1, span, offset);
        const w = weightsAt(parameters, sizes, l);
        parts.matmulTransposeBF32(g, w, z, count, sizeOf(sizes, l + 1), k, 0, scratch);
        parts.activationGradientF32(code, hiddenAt(hidden, sizes, l - 1, rows, first), z, z, count * k);
        g = z;
      }
    },
    mlpGradientF32(
      layers,
      sizes,
      input,
      hidden,
      cotangent,
      cotangents,
      span,
      gradient,
      rows,
      first,
      count,
      part,
      partCount,
      scratch,
    ) {
      const more = first > 0 ? 1 : 0;
      for (let l = layers - 1; l >= 0; l--) {
        const [k, n] = [sizeOf(sizes, l), sizeOf(sizes, l + 1)];
        const w = weightsAt(gradient, sizes, l);
        const x = l > 0 ? hiddenAt(hidden, sizes, l - 1, rows, first) : input;
        const g = l === layers - 1 ? cotangent : hiddenAt(cotangents, sizes, l, span, 0);
        const wide = n >= k;
        const from = stripStart(wide ? n : k, part, partCount);
        const size = stripStart(wide ? n : k, part + 1, partCount) - from;
        const [row, rowCount, column, columns] = wide ? [0, k, from, size] : [from, size, 0, n];
        parts.matmulTransposeATileF32(x, g, w, k, count, n, more, scratch, row, rowCount, column, columns);
        if (!wide && part > 0) continue;
        const bias = (w >>> 2) + k * n + column;
        addColumnSums(views.f32, (g >>> 2) + column, bias, count, columns, more, n);
      }
    },
  };
  return { kernels, backwardBlock };
}
