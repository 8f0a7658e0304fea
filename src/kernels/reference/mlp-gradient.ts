/** Twin of assembly/mlp-gradient.ts: the same blocks of rows through the same products, on the other twins. */
import type { Kernels, Pointer } from "../abi.ts";
import { BLOCK_ROWS, type MlpLayout } from "./mlp-layout.ts";

type MlpGradientKernels = Pick<Kernels, "mlpBackwardF32" | "mlpBackwardBlocksF32">;
type Parts = Pick<
  Kernels,
  "activationGradientF32" | "columnSumsF32" | "matmulTransposeAF32" | "matmulTransposeBF32"
>;

/** The gradient of the block of rows that begins at `first`, where input and g begin too. */
type BackwardBlock = (
  layers: number,
  sizes: Pointer,
  code: number,
  parameters: Pointer,
  input: Pointer,
  hidden: Pointer,
  g: Pointer,
  gradient: Pointer,
  rows: number,
  first: number,
  accumulate: number,
  scratch: Pointer,
) => void;

export interface MlpGradients {
  readonly kernels: MlpGradientKernels;
  readonly backwardBlock: BackwardBlock;
}

export function mlpGradientReference(parts: Parts, layout: MlpLayout): MlpGradients {
  const { sizeOf, widest, hiddenBuffer, hiddenAt, weightsAt } = layout;

  const backwardBlock: BackwardBlock = (
    layers,
    sizes,
    code,
    parameters,
    input,
    hidden,
    cotangent,
    gradient,
    rows,
    first,
    accumulate,
    scratch,
  ) => {
    const count = Math.min(rows - first, BLOCK_ROWS);
    const turn = 4 * BLOCK_ROWS * widest(layers, sizes);
    let g = cotangent;
    for (let l = layers - 1; l >= 0; l--) {
      const [k, n] = [sizeOf(sizes, l), sizeOf(sizes, l + 1)];
      const w = weightsAt(gradient, sizes, l);
      const x = l > 0 ? hiddenAt(hidden, sizes, l - 1, rows, first) : input;
      parts.matmulTransposeAF32(x, g, w, k, count, n, accumulate, scratch);
      parts.columnSumsF32(g, w + 4 * k * n, count, n, accumulate);
      if (l === 0) return;
      const z = hiddenBuffer(layers, sizes, scratch) + (l & 1) * turn;
      parts.matmulTransposeBF32(g, weightsAt(parameters, sizes, l), z, count, n, k, 0, scratch);
      parts.activationGradientF32(code, x, z, z, count * k);
      g = z;
    }
  };

  const kernels: MlpGradientKernels = {
    mlpBackwardF32(layers, sizes, code, parameters, input, hidden, cotangent, gradient, rows, scratch) {
      let first = 0;
      do {
        const x = input + 4 * first * sizeOf(sizes, 0);
        const g = cotangent + 4 * first * sizeOf(sizes, layers);
        const more = first > 0 ? 1 : 0;
        backwardBlock(layers, sizes, code, parameters, x, hidden, g, gradient, rows, first, more, scratch);
        first += BLOCK_ROWS;
      } while (first < rows);
    },
    mlpBackwardBlocksF32(
      layers,
      sizes,
      code,
      parameters,
      input,
      hidden,
      cotangent,
      gradients,
      rows,
      block,
      count,
      scratch,
    ) {
      for (let i = 0; i < count; i++) {
        const x = input + 4 * i * BLOCK_ROWS * sizeOf(sizes, 0);
        const g = cotangent + 4 * i * BLOCK_ROWS * sizeOf(sizes, layers);
        const out = gradients + i * weightsAt(0, sizes, layers);
        const first = (block + i) * BLOCK_ROWS;
        backwardBlock(layers, sizes, code, parameters, x, hidden, g, out, rows, first, 0, scratch);
      }
    },
  };
  return { kernels, backwardBlock };
}
