/** Twin of assembly/fisher.ts: forward tangent, metric of the softmax heads and gradient, block after block of rows. */
import type { Kernels } from "../abi.ts";
import { BLOCK_ROWS, type MlpBlocks } from "./mlp.ts";
import type { Views } from "./views.ts";

export function fisherReference(
  views: Views,
  headsMetricF32: Kernels["headsMetricF32"],
  blocks: MlpBlocks,
): Pick<Kernels, "fisherProductF32"> {
  return {
    fisherProductF32(
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
      scratch,
    ) {
      const network = { layers, sizes, activation, parameters, input, hidden, rows, scratch };
      const n = views.i32[(sizes >>> 2) + layers];
      const weight = Math.fround(1 / Math.fround(rows));
      const t = blocks.outputBuffer(layers, sizes, scratch);
      let first = 0;
      do {
        const count = Math.min(rows - first, BLOCK_ROWS);
        blocks.tangentBlock(network, direction, t, first);
        headsMetricF32(probs + 4 * first * n, t, t, weight, count, heads, headSizes);
        blocks.backwardBlock(network, t, product, first);
        first += BLOCK_ROWS;
      } while (first < rows);
    },
  };
}
