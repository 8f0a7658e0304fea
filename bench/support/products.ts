/** Matrix products, dense layers, networks and Fisher products. */
import { Activation } from "../../src/kernels/abi.ts";
import type { Arena } from "../../src/kernels/memory.ts";
import type { Random } from "../../src/tensor/random.ts";
import { type KernelCase, normals } from "./kernel-case.ts";

const SIZES = [18, 128, 128, 15];
const LAYERS = SIZES.length - 1;
const HEADS = [5, 5, 5];
const WEIGHTS = SIZES.slice(1).reduce((sum, size, l) => sum + SIZES[l] * size, 0);
const PARAMETERS = SIZES.slice(1).reduce((sum, size, l) => sum + (SIZES[l] + 1) * size, 0);
/** The input has no tangent and needs no gradient, so one product with the first layer's weights is saved. */
const INNER_WEIGHTS = WEIGHTS - SIZES[0] * SIZES[1];

const products = {
  A·B: "matmulF32",
  Aᵀ·B: "matmulTransposeAF32",
  A·Bᵀ: "matmulTransposeBF32",
} as const;

function product(kind: keyof typeof products, m: number, k: number, n: number): KernelCase {
  return {
    name: kind,
    shape: `${m}×${k}×${n}`,
    work: 2 * m * k * n,
    unit: "FLOP",
    prepare(arena, random) {
      const { kernels } = arena;
      const a = normals(arena, random, m * k);
      const b = normals(arena, random, k * n);
      const c = arena.allocateF32(m * n);
      const scratch = arena.allocate(kernels.matmulScratchBytes(k, n));
      return () => kernels[products[kind]](a, b, c, m, k, n, 0, scratch);
    },
  };
}

function dense(m: number, k: number, n: number): KernelCase {
  return {
    ...product("A·B", m, k, n),
    name: "dense, SELU",
    prepare(arena, random) {
      const { kernels } = arena;
      const x = normals(arena, random, m * k);
      const w = normals(arena, random, k * n, 1 / Math.sqrt(k));
      const bias = normals(arena, random, n);
      const y = arena.allocateF32(m * n);
      const scratch = arena.allocate(kernels.matmulScratchBytes(k, n));
      return () => kernels.denseF32(x, w, bias, y, m, k, n, Activation.selu, scratch);
    },
  };
}

function placeNetwork(arena: Arena, random: Random, rows: number) {
  const { kernels } = arena;
  const sizes = arena.place(Int32Array.from(SIZES));
  const hiddenSize = SIZES.slice(1, -1).reduce((sum, size) => sum + size, 0);
  const network = {
    sizes,
    parameters: normals(arena, random, PARAMETERS, 0.1),
    direction: normals(arena, random, PARAMETERS),
    gradient: arena.allocateF32(PARAMETERS),
    input: normals(arena, random, rows * SIZES[0]),
    hidden: arena.allocateF32(rows * hiddenSize),
    output: arena.allocateF32(rows * SIZES[LAYERS]),
    tangent: normals(arena, random, rows * SIZES[LAYERS]),
    scratch: arena.allocate(kernels.mlpScratchBytes(LAYERS, sizes, rows)),
  };
  const { parameters, input, hidden, output, scratch } = network;
  const forward = () =>
    kernels.mlpForwardF32(LAYERS, sizes, Activation.selu, parameters, input, hidden, output, rows, scratch);
  forward();
  return { ...network, forward };
}

type Pass = (arena: Arena, network: ReturnType<typeof placeNetwork>, rows: number) => () => void;

const passes: Record<string, { readonly weights: number; readonly pass: Pass }> = {
  "network forward": { weights: WEIGHTS, pass: (_, { forward }) => forward },
  "network tangent": {
    weights: WEIGHTS + INNER_WEIGHTS,
    pass:
      ({ kernels }, { sizes, parameters, direction, input, hidden, tangent, scratch }, rows) =>
      () =>
        kernels.mlpTangentF32(
          LAYERS,
          sizes,
          Activation.selu,
          parameters,
          direction,
          input,
          hidden,
          tangent,
          rows,
          scratch,
        ),
  },
  "network backward": {
    weights: WEIGHTS + INNER_WEIGHTS,
    pass:
      ({ kernels }, { sizes, parameters, gradient, input, hidden, tangent, scratch }, rows) =>
      () =>
        kernels.mlpBackwardF32(
          LAYERS,
          sizes,
          Activation.selu,
          parameters,
          input,
          hidden,
          tangent,
          gradient,
          rows,
          scratch,
        ),
  },
  "Fisher product": {
    weights: 2 * (WEIGHTS + INNER_WEIGHTS),
    pass(arena, { sizes, parameters, direction, gradient, input, hidden, output, scratch }, rows) {
      const { kernels } = arena;
      const headSizes = arena.place(Int32Array.from(HEADS));
      const probs = arena.allocateF32(rows * SIZES[LAYERS]);
      kernels.headsLogSoftmaxF32(output, probs, rows, HEADS.length, headSizes);
      kernels.expF32(probs, probs, rows * SIZES[LAYERS]);
      return () =>
        kernels.fisherProductF32(
          LAYERS,
          sizes,
          Activation.selu,
          parameters,
          input,
          hidden,
          probs,
          HEADS.length,
          headSizes,
          direction,
          gradient,
          rows,
          scratch,
        );
    },
  },
};

function network(name: string, rows: number): KernelCase {
  const { weights, pass } = passes[name];
  return {
    name,
    shape: `${SIZES.join("-")}, ${rows} rows`,
    work: 2 * weights * rows,
    unit: "FLOP",
    prepare: (arena, random) => pass(arena, placeNetwork(arena, random, rows), rows),
  };
}

export const productCases: readonly KernelCase[] = [
  product("A·B", 10_000, 18, 128),
  product("A·B", 10_000, 128, 128),
  product("A·B", 10_000, 128, 15),
  product("Aᵀ·B", 18, 10_000, 128),
  product("Aᵀ·B", 128, 10_000, 128),
  product("Aᵀ·B", 128, 10_000, 15),
  product("A·Bᵀ", 10_000, 128, 128),
  product("A·Bᵀ", 10_000, 15, 128),
  product("A·B", 512, 512, 512),
  dense(10_000, 128, 128),
  ...Object.keys(passes).flatMap((name) => [network(name, 10_000), network(name, 2_000)]),
];
