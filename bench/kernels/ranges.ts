/** Kernels for a part of the work, as one of two threads calls them: half of the rows, columns or values. */
import { Activation } from "../../src/kernels/abi.ts";
import type { RangeKernels } from "../../src/kernels/abi-ranges.ts";
import {
  type KernelCase,
  type KernelCases,
  normals,
  PARAMETERS,
  ROWS,
  SIZES,
  WEIGHTS,
} from "./kernel-case.ts";
import { HIDDEN, INNER_WEIGHTS, LAYERS, LOGITS, placeNetwork } from "./placed-network.ts";

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

const cotangents: KernelCase = {
  shape,
  work: 2 * INNER_WEIGHTS * HALF,
  unit: "FLOP",
  prepare(arena, random) {
    const { kernels } = arena;
    const { sizes, parameters: p, hidden, scratch } = placeNetwork(arena, random, ROWS);
    const cotangent = normals(arena, random, ROWS * LOGITS);
    const out = arena.allocateF32(ROWS * HIDDEN);
    return () =>
      kernels.mlpCotangentsF32(
        LAYERS,
        sizes,
        selu,
        p,
        hidden,
        cotangent,
        out,
        ROWS,
        0,
        ROWS,
        0,
        HALF,
        scratch,
      );
  },
};

const gradient: KernelCase = {
  shape: `${SIZES.join("-")}, ${ROWS} rows, part 1 of 2`,
  work: WEIGHTS * ROWS,
  unit: "FLOP",
  prepare(arena, random) {
    const { kernels } = arena;
    const { sizes, input: x, hidden: h, scratch } = placeNetwork(arena, random, ROWS);
    const g = normals(arena, random, ROWS * LOGITS);
    const inner = normals(arena, random, ROWS * HIDDEN);
    const out = arena.allocateF32(PARAMETERS);
    return () =>
      kernels.mlpGradientF32(LAYERS, sizes, x, h, g, inner, ROWS, out, ROWS, 0, ROWS, 0, 2, scratch);
  },
};

export const rangeCases: KernelCases<keyof RangeKernels> = {
  matmulTransposeATileF32: [tile],
  combineStridedF32: [strided],
  mlpForwardRowsF32: [forward],
  mlpTangentRowsF32: [tangent],
  mlpCotangentsF32: [cotangents],
  mlpGradientF32: [gradient],
};
