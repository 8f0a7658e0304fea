/** Twin of assembly/mlp-layout.ts: address arithmetic on the i32 sizes of a network. */
import { type Pointer, SUM_BLOCK } from "../abi.ts";
import { matmulScratchBytes } from "./matmul.ts";
import type { Views } from "./views.ts";

export const BLOCK_ROWS = SUM_BLOCK;

export type MlpLayout = ReturnType<typeof mlpLayoutOf>;

/** Layer l reads sizes[l] values a row and makes sizes[l + 1]. */
export function mlpLayoutOf(views: Views) {
  const sizeOf = (sizes: Pointer, layer: number): number => views.i32[(sizes >>> 2) + layer];
  const widest = (layers: number, sizes: Pointer): number => {
    let most = 0;
    for (let l = 0; l <= layers; l++) most = Math.max(most, sizeOf(sizes, l));
    return most;
  };
  /** In the scratch, after that of the products: a block of the outputs' tangent. */
  const outputBuffer = (layers: number, sizes: Pointer, scratch: Pointer): Pointer =>
    scratch + matmulScratchBytes(SUM_BLOCK, widest(layers, sizes));
  /** After it two blocks of the widest layer, which layers take in turns. */
  const hiddenBuffer = (layers: number, sizes: Pointer, scratch: Pointer): Pointer =>
    outputBuffer(layers, sizes, scratch) + 4 * BLOCK_ROWS * sizeOf(sizes, layers);
  return {
    sizeOf,
    widest,
    outputBuffer,
    hiddenBuffer,
    /** Where hidden layer l's outputs are, for row `first` of `rows`. */
    hiddenAt(hidden: Pointer, sizes: Pointer, layer: number, rows: number, first: number): Pointer {
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
    mlpScratchBytes: (layers: number, sizes: Pointer): number =>
      hiddenBuffer(layers, sizes, 0) + 8 * BLOCK_ROWS * widest(layers, sizes),
  };
}
