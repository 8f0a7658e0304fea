/** Twin of assembly/mlp.ts: the same rows through the same products, on the other twins. */
import type { Kernels } from "../abi.ts";
import { addBias } from "./matmul.ts";
import { BLOCK_ROWS, type MlpLayout } from "./mlp-layout.ts";
import type { Views } from "./views.ts";

export type MlpKernels = Pick<
  Kernels,
  "mlpScratchBytes" | "mlpForwardF32" | "mlpForwardRowsF32" | "mlpTangentF32" | "mlpTangentRowsF32"
>;
type Parts = Pick<Kernels, "activationGradientF32" | "denseF32" | "matmulF32">;

export function mlpReference(views: Views, parts: Parts, layout: MlpLayout): MlpKernels {
  const { sizeOf, widest, hiddenBuffer, hiddenAt, weightsAt, mlpScratchBytes } = layout;
  const kernels: MlpKernels = {
    mlpScratchBytes,
    mlpForwardF32(layers, sizes, code, parameters, input, hidden, output, rows, scratch) {
      kernels.mlpForwardRowsF32(
        layers,
        sizes,
        code,
        parameters,
        input,
        hidden,
        output,
        rows,
        0,
        rows,
        scratch,
      );
    },
    mlpForwardRowsF32(layers, sizes, code, parameters, input, hidden, output, rows, first, count, scratch) {
      let x = input;
      for (let l = 0; l < layers; l++) {
        const [k, n] = [sizeOf(sizes, l), sizeOf(sizes, l + 1)];
        const last = l === layers - 1;
        const w = weightsAt(parameters, sizes, l);
        const y = last ? output : hiddenAt(hidden, sizes, l, rows, first);
        parts.denseF32(x, w, w + 4 * k * n, y, count, k, n, last ? 0 : code, scratch);
        x = y;
      }
    },
    mlpTangentF32(layers, sizes, code, parameters, direction, input, hidden, out, rows, scratch) {
      kernels.mlpTangentRowsF32(
        layers,
        sizes,
        code,
        parameters,
        direction,
        input,
        hidden,
        out,
        rows,
        0,
        rows,
        scratch,
      );
    },
    mlpTangentRowsF32(
      layers,
      sizes,
      code,
      parameters,
      direction,
      input,
      hidden,
      out,
      rows,
      first,
      count,
      scratch,
    ) {
      const turn = 4 * BLOCK_ROWS * widest(layers, sizes);
      for (let done = 0; done < count; done += BLOCK_ROWS) {
        const block = Math.min(count - done, BLOCK_ROWS);
        let x = input + 4 * done * sizeOf(sizes, 0);
        let t = 0;
        for (let l = 0; l < layers; l++) {
          const [k, n] = [sizeOf(sizes, l), sizeOf(sizes, l + 1)];
          const d = weightsAt(direction, sizes, l);
          const last = l === layers - 1;
          const z = last ? out + 4 * done * n : hiddenBuffer(layers, sizes, scratch) + (l & 1) * turn;
          if (l > 0) parts.matmulF32(t, weightsAt(parameters, sizes, l), z, block, k, n, 0, scratch);
          parts.matmulF32(x, d, z, block, k, n, l > 0 ? 1 : 0, scratch);
          addBias(views.f32, z >>> 2, (d >>> 2) + k * n, block, n);
          if (last) break;
          x = hiddenAt(hidden, sizes, l, rows, first + done);
          parts.activationGradientF32(code, x, z, z, block * n);
          t = z;
        }
      }
    },
  };
  return kernels;
}
