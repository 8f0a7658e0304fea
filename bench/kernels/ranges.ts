/** Kernels for a part of the work, as one of two threads calls them: half of the rows, columns or values. */
import { Activation, SUM_BLOCK } from "../../src/kernels/abi.ts";
import type { RangeKernels } from "../../src/kernels/abi-ranges.ts";
import {
  HEADS,
  type KernelCase,
  type KernelCases,
  normals,
  PARAMETERS,
  ROWS,
  SIZES,
  WEIGHTS,
} from "./kernel-case.ts";
import { INNER_WEIGHTS, LAYERS, LOGITS, placeNetwork } from "./placed-network.ts";

const HALF = ROWS / 2;
const BASIS = 24;
const { selu } = Activation;
const shape = `${SIZES.join("-")}, half of ${ROWS} rows`;

const tile: KernelCase = {
  shape: `128×${ROWS}×128, half of the columns`,
  work: 128 * ROWS * 128,
  unit: "FLOP",
  prepare(arena, random) {
    const { kernels } = arena;
    const a = normals(arena, random, ROWS * 128);
    const b = normals(arena, random, ROWS * 128);
    const c = arena.allocateF32(128 * 128);
    const scratch = arena.allocate(kernels.matmulScratchBytes(ROWS, 128));
    return () => kernels.matmulTransposeATileF32(a, b, c, 128, ROWS, 128, 0, scratch, 0, 128, 0, 64);
  },
};

const strided: KernelCase = {
  shape: `${BASIS} vectors, half of ${PARAMETERS}`,
  work: (BASIS * PARAMETERS) >> 1,
  unit: "value",
  prepare(arena, random) {
    const vectors = normals(arena, random, BASIS * PARAMETERS);
    const coefficients = arena.place(new Float64Array(BASIS).fill(0.5));
    const out = arena.allocateF32(PARAMETERS);
    const half = PARAMETERS >> 1;
    return () => arena.kernels.combineStridedF32(vectors, coefficients, out, BASIS, PARAMETERS, half);
  },
};

const forward: KernelCase = {
  shape,
  work: 2 * WEIGHTS * HALF,
  unit: "FLOP",
  prepare(arena, random) {
    const { kernels } = arena;
    const { sizes, parameters: p, input, hidden, output, scratch } = placeNetwork(arena, random, ROWS);
    return () =>
      kernels.mlpForwardRowsF32(LAYERS, sizes, selu, p, input, hidden, output, ROWS, 0, HALF, scratch);
  },
};

const tangent: KernelCase = {
  shape,
  work: 2 * (WEIGHTS + INNER_WEIGHTS) * HALF,
  unit: "FLOP",
  prepare(arena, random) {
    const { kernels } = arena;
    const { sizes, parameters: p, input, hidden, output, scratch } = placeNetwork(arena, random, ROWS);
    const d = normals(arena, random, PARAMETERS);
    return () =>
      kernels.mlpTangentRowsF32(LAYERS, sizes, selu, p, d, input, hidden, output, ROWS, 0, HALF, scratch);
  },
};

const HALF_OF_BLOCKS = Math.ceil(HALF / SUM_BLOCK);
const blocks = `${SIZES.join("-")}, ${HALF_OF_BLOCKS} blocks of ${SUM_BLOCK} rows`;
const BLOCK_WORK = 2 * HALF_OF_BLOCKS * SUM_BLOCK;

const gradients: KernelCase = {
  shape: blocks,
  work: BLOCK_WORK * (WEIGHTS + INNER_WEIGHTS),
  unit: "FLOP",
  prepare(arena, random) {
    const { kernels } = arena;
    const { sizes, parameters: p, input: x, hidden: h, scratch } = placeNetwork(arena, random, ROWS);
    const g = normals(arena, random, ROWS * LOGITS);
    const out = arena.allocateF32(HALF_OF_BLOCKS * PARAMETERS);
    return () =>
      kernels.mlpBackwardBlocksF32(LAYERS, sizes, selu, p, x, h, g, out, ROWS, 0, HALF_OF_BLOCKS, scratch);
  },
};

const products: KernelCase = {
  shape: blocks,
  work: 2 * BLOCK_WORK * (WEIGHTS + INNER_WEIGHTS),
  unit: "FLOP",
  prepare(arena, random) {
    const { kernels } = arena;
    const { sizes, parameters: w, input: x, hidden: h, output, scratch } = placeNetwork(arena, random, ROWS);
    const d = normals(arena, random, PARAMETERS);
    const headSizes = arena.place(Int32Array.from(HEADS));
    const p = arena.allocateF32(ROWS * LOGITS);
    kernels.headsLogSoftmaxF32(output, p, ROWS, HEADS.length, headSizes);
    kernels.expF32(p, p, ROWS * LOGITS);
    const out = arena.allocateF32(HALF_OF_BLOCKS * PARAMETERS);
    const heads = [HEADS.length, headSizes] as const;
    const range = [ROWS, 0, HALF_OF_BLOCKS] as const;
    return () =>
      kernels.fisherBlocksF32(LAYERS, sizes, selu, w, x, h, p, ...heads, d, out, ...range, scratch);
  },
};

const sums: KernelCase = {
  shape: `${HALF_OF_BLOCKS} vectors of ${PARAMETERS}`,
  work: HALF_OF_BLOCKS * PARAMETERS,
  unit: "value",
  prepare(arena, random) {
    const vectors = normals(arena, random, HALF_OF_BLOCKS * PARAMETERS);
    const out = arena.allocateF32(PARAMETERS);
    return () => arena.kernels.addVectorsF32(vectors, out, HALF_OF_BLOCKS, PARAMETERS, PARAMETERS, 0);
  },
};

export const rangeCases: KernelCases<Exclude<keyof RangeKernels, "mlpFitRunsF32">> = {
  matmulTransposeATileF32: [tile],
  combineStridedF32: [strided],
  mlpForwardRowsF32: [forward],
  mlpTangentRowsF32: [tangent],
  mlpBackwardBlocksF32: [gradients],
  fisherBlocksF32: [products],
  addVectorsF32: [sums],
};
