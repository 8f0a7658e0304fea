/** The policy network of the benchmarks, placed on an arena. */
import { Activation } from "../../src/kernels/abi.ts";
import type { Arena } from "../../src/kernels/memory.ts";
import type { Random } from "../../src/tensor/random.ts";
import { normals, PARAMETERS, SIZES, WEIGHTS } from "./kernel-case.ts";

export const LAYERS = SIZES.length - 1;
export const LOGITS = SIZES[LAYERS];
/** Of all hidden layers together. */
export const HIDDEN = SIZES.slice(1, -1).reduce((sum, size) => sum + size, 0);
/** The input has no tangent and needs no gradient, so one product with the first layer's weights is saved. */
export const INNER_WEIGHTS = WEIGHTS - SIZES[0] * SIZES[1];

/** A network in memory with the activations of a forward pass. */
export function placeNetwork(arena: Arena, random: Random, rows: number) {
  const { kernels } = arena;
  const sizes = arena.place(Int32Array.from(SIZES));
  const parameters = normals(arena, random, PARAMETERS, 0.1);
  const input = normals(arena, random, rows * SIZES[0]);
  const hidden = arena.allocateF32(rows * HIDDEN);
  const output = arena.allocateF32(rows * LOGITS);
  const scratch = arena.allocate(kernels.mlpScratchBytes(LAYERS, sizes, rows));
  const { selu } = Activation;
  const forward = () =>
    kernels.mlpForwardF32(LAYERS, sizes, selu, parameters, input, hidden, output, rows, scratch);
  forward();
  return { sizes, parameters, input, hidden, output, scratch, forward };
}
