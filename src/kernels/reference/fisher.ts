/** Twin of assembly/fisher.ts: forward tangent, metric of the softmax heads and gradient, block after block of rows. */
import type { Kernels } from "../abi.ts";
import type { MlpGradients } from "./mlp-gradient.ts";
import { BLOCK_ROWS, type MlpLayout } from "./mlp-layout.ts";

type Parts = Pick<Kernels, "headsMetricF32" | "mlpTangentRowsF32">;

export function fisherReference(
  { headsMetricF32, mlpTangentRowsF32 }: Parts,
  { backwardBlock }: MlpGradients,
  { sizeOf, outputBuffer }: MlpLayout,
): Pick<Kernels, "fisherProductF32"> {
  return {
    fisherProductF32(
      layers,
      sizes,
      code,
      parameters,
      input,
      hidden,
      probs,
      heads,
      headSizes,
      direction,
      product,
      rows,
      scratch,
    ) {
      const [k, n] = [sizeOf(sizes, 0), sizeOf(sizes, layers)];
      const weight = Math.fround(1 / Math.fround(rows));
      const t = outputBuffer(layers, sizes, scratch);
      let first = 0;
      do {
        const count = Math.min(rows - first, BLOCK_ROWS);
        const x = input + 4 * first * k;
        mlpTangentRowsF32(
          layers,
          sizes,
          code,
          parameters,
          direction,
          x,
          hidden,
          t,
          rows,
          first,
          count,
          scratch,
        );
        headsMetricF32(probs + 4 * first * n, t, t, weight, count, heads, headSizes);
        backwardBlock(layers, sizes, code, parameters, x, hidden, t, product, rows, first, count, scratch);
        first += BLOCK_ROWS;
      } while (first < rows);
    },
  };
}
