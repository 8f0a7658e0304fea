/** Twin of assembly/mlp.ts: the same blocks of rows through the same products, on the other twins. */
import { type Kernels, type Pointer, SUM_BLOCK } from "../abi.ts";
import { addBias, matmulScratchBytes } from "./matmul.ts";
import type { Views } from "./views.ts";

export type MlpKernels = Pick<
  Kernels,
  "mlpScratchBytes" | "mlpForwardF32" | "mlpTangentF32" | "mlpBackwardF32"
>;
type Parts = Pick<
  Kernels,
  | "activationGradientF32"
  | "columnSumsF32"
  | "denseF32"
  | "matmulF32"
  | "matmulTransposeAF32"
  | "matmulTransposeBF32"
>;

export const BLOCK_ROWS = SUM_BLOCK;

/** A network and what a forward pass stored, as the ABI passes them. */
export interface Network {
  readonly layers: number;
  readonly sizes: Pointer;
  readonly activation: number;
  readonly parameters: Pointer;
  readonly input: Pointer;
  readonly hidden: Pointer;
  readonly rows: number;
  readonly scratch: Pointer;
}

export interface MlpBlocks {
  /** Writes target[count,out]: the tangent of the outputs for the block of rows that begins at `first`. */
  tangentBlock(network: Network, direction: Pointer, target: Pointer, first: number): void;
  /** Adds the gradient of that block for the cotangent g[count,out]. */
  backwardBlock(network: Network, g: Pointer, gradient: Pointer, first: number): void;
  /** The scratch buffer for an outputs' tangent. */
  outputBuffer(layers: number, sizes: Pointer, scratch: Pointer): Pointer;
}

/** Address arithmetic on the i32 sizes of a network; layer l reads sizes[l] values a row and makes sizes[l + 1]. */
function layout(views: Views) {
  const sizeOf = (sizes: Pointer, layer: number) => views.i32[(sizes >>> 2) + layer];
  return {
    sizeOf,
    /** Where hidden layer l's outputs are, for row `first`. */
    hiddenAt({ hidden, sizes, rows }: Network, layer: number, first: number): Pointer {
      let values = first * sizeOf(sizes, layer + 1);
      for (let l = 1; l <= layer; l++) values += rows * sizeOf(sizes, l);
      return hidden + 4 * values;
    },
    /** Where a layer's weights begin in a vector like the parameters. */
    weightsAt(parameters: Pointer, sizes: Pointer, layer: number): Pointer {
      let values = 0;
      for (let l = 0; l < layer; l++) values += (sizeOf(sizes, l) + 1) * sizeOf(sizes, l + 1);
      return parameters + 4 * values;
    },
    /** Where buffer 0, 1, … of the scratch begins: a block of rows of the widest layer each. */
    bufferAt(layers: number, sizes: Pointer, scratch: Pointer, index: number): Pointer {
      let widest = 0;
      for (let l = 0; l <= layers; l++) widest = Math.max(widest, sizeOf(sizes, l));
      return scratch + matmulScratchBytes(SUM_BLOCK, widest) + index * 4 * BLOCK_ROWS * widest;
    },
  };
}

export function mlpBlocks(views: Views, parts: Parts): MlpBlocks {
  const { sizeOf, hiddenAt, weightsAt, bufferAt } = layout(views);
  return {
    outputBuffer: (layers, sizes, scratch) => bufferAt(layers, sizes, scratch, 2),
    tangentBlock(network, direction, target, first) {
      const { layers, sizes, activation, parameters, input, rows, scratch } = network;
      const count = Math.min(rows - first, BLOCK_ROWS);
      let x = input + 4 * first * sizeOf(sizes, 0);
      let t = 0;
      for (let l = 0; l < layers; l++) {
        const [k, n] = [sizeOf(sizes, l), sizeOf(sizes, l + 1)];
        const d = weightsAt(direction, sizes, l);
        const last = l === layers - 1;
        const z = last ? target : bufferAt(layers, sizes, scratch, l & 1);
        if (l > 0) parts.matmulF32(t, weightsAt(parameters, sizes, l), z, count, k, n, 0, scratch);
        parts.matmulF32(x, d, z, count, k, n, l > 0 ? 1 : 0, scratch);
        addBias(views.f32, z >>> 2, (d >>> 2) + k * n, count, n);
        if (last) return;
        x = hiddenAt(network, l, first);
        parts.activationGradientF32(activation, x, z, z, count * n);
        t = z;
      }
    },
    backwardBlock(network, cotangent, gradient, first) {
      const { layers, sizes, activation, parameters, input, rows, scratch } = network;
      const count = Math.min(rows - first, BLOCK_ROWS);
      const more = first > 0 ? 1 : 0;
      let g = cotangent;
      for (let l = layers - 1; l >= 0; l--) {
        const [k, n] = [sizeOf(sizes, l), sizeOf(sizes, l + 1)];
        const w = weightsAt(gradient, sizes, l);
        const x = l > 0 ? hiddenAt(network, l - 1, first) : input + 4 * first * k;
        parts.matmulTransposeAF32(x, g, w, k, count, n, more, scratch);
        parts.columnSumsF32(g, w + 4 * k * n, count, n, more);
        if (l === 0) return;
        const z = bufferAt(layers, sizes, scratch, l & 1);
        parts.matmulTransposeBF32(g, weightsAt(parameters, sizes, l), z, count, n, k, 0, scratch);
        parts.activationGradientF32(activation, x, z, z, count * k);
        g = z;
      }
    },
  };
}

export function mlpReference(views: Views, parts: Parts, blocks: MlpBlocks): MlpKernels {
  const { sizeOf, hiddenAt, weightsAt, bufferAt } = layout(views);
  return {
    mlpScratchBytes: (layers, sizes) => bufferAt(layers, sizes, 0, 3),
    mlpForwardF32(layers, sizes, activation, parameters, input, hidden, output, rows, scratch) {
      const network = { layers, sizes, activation, parameters, input, hidden, rows, scratch };
      let x = input;
      for (let l = 0; l < layers; l++) {
        const [k, n] = [sizeOf(sizes, l), sizeOf(sizes, l + 1)];
        const last = l === layers - 1;
        const w = weightsAt(parameters, sizes, l);
        const y = last ? output : hiddenAt(network, l, 0);
        parts.denseF32(x, w, w + 4 * k * n, y, rows, k, n, last ? 0 : activation, scratch);
        x = y;
      }
    },
    mlpTangentF32(
      layers,
      sizes,
      activation,
      parameters,
      direction,
      input,
      hidden,
      outputTangent,
      rows,
      scratch,
    ) {
      const network = { layers, sizes, activation, parameters, input, hidden, rows, scratch };
      const n = sizeOf(sizes, layers);
      for (let first = 0; first < rows; first += BLOCK_ROWS) {
        blocks.tangentBlock(network, direction, outputTangent + 4 * first * n, first);
      }
    },
    mlpBackwardF32(layers, sizes, activation, parameters, input, hidden, cotangent, gradient, rows, scratch) {
      const network = { layers, sizes, activation, parameters, input, hidden, rows, scratch };
      const n = sizeOf(sizes, layers);
      let first = 0;
      do {
        blocks.backwardBlock(network, cotangent + 4 * first * n, gradient, first);
        first += BLOCK_ROWS;
      } while (first < rows);
    },
  };
}
