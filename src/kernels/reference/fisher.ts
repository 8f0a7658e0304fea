/** Twin of assembly/fisher.ts: forward tangent, metric of the softmax heads and gradient, block after block of rows. */
import type { Kernels, Pointer } from "../abi.ts";
import type { MlpGradients } from "./mlp-gradient.ts";
import { BLOCK_ROWS, type MlpLayout } from "./mlp-layout.ts";

type Parts = Pick<Kernels, "headsMetricF32" | "mlpTangentRowsF32">;

export function fisherReference(
  { headsMetricF32, mlpTangentRowsF32 }: Parts,
  { backwardBlock }: MlpGradients,
  { sizeOf, outputBuffer, weightsAt }: MlpLayout,
): Pick<Kernels, "fisherProductF32" | "fisherBlocksF32"> {
  /** Takes the arguments of fisherBlocksF32, in which input and probs begin at the block. */
  function fisherBlock(
    values: Parameters<Kernels["fisherBlocksF32"]>,
    i: number,
    product: Pointer,
    accumulate: number,
  ): void {
    const [layers, sizes, code, parameters, input, hidden, probs, heads, headSizes, direction] = values;
    const [rows, block, , scratch] = values.slice(11);
    const first = (block + i) * BLOCK_ROWS;
    const count = Math.min(rows - first, BLOCK_ROWS);
    const x = input + 4 * i * BLOCK_ROWS * sizeOf(sizes, 0);
    const p = probs + 4 * i * BLOCK_ROWS * sizeOf(sizes, layers);
    const t = outputBuffer(layers, sizes, scratch);
    const weight = Math.fround(1 / Math.fround(rows));
    mlpTangentRowsF32(layers, sizes, code, parameters, direction, x, hidden, t, rows, first, count, scratch);
    headsMetricF32(p, t, t, weight, count, heads, headSizes);
    backwardBlock(layers, sizes, code, parameters, x, hidden, t, product, rows, first, accumulate, scratch);
  }
  return {
    fisherProductF32(...values) {
      const [layers, sizes, code, parameters, input, hidden, probs, heads, headSizes, direction] = values;
      const [product, rows, scratch] = values.slice(10);
      const network = [layers, sizes, code, parameters, input, hidden, probs] as const;
      const blocks = Math.max(1, Math.ceil(rows / BLOCK_ROWS));
      for (let i = 0; i < blocks; i++) {
        const all = [...network, heads, headSizes, direction, product, rows, 0, blocks, scratch] as const;
        fisherBlock([...all], i, product, i > 0 ? 1 : 0);
      }
    },
    fisherBlocksF32(...values) {
      const [layers, sizes] = values;
      const [products, , , count] = values.slice(10);
      for (let i = 0; i < count; i++) {
        fisherBlock(values, i, products + i * weightsAt(0, sizes, layers), 0);
      }
    },
  };
}
