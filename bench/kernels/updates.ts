/** Consensus over a link, Adam, advantages and eigenvectors. */
import type { Kernels, Pointer } from "../../src/kernels/abi.ts";
import type { Random } from "../../src/tensor/random.ts";
import { symmetricEigens } from "../../src/tensor/symmetric-eigen.ts";
import { HEADS, type KernelCase, type KernelCases, normals, PARAMETERS, ROWS } from "./kernel-case.ts";

/** Log-ratios that cross a link: one a sample and head. */
const COMPONENTS = ROWS * HEADS.length;

function vectors(
  shape: string,
  n: number,
  call: (kernels: Kernels, vectors: readonly Pointer[]) => void,
): KernelCase {
  return {
    shape,
    work: n,
    unit: "value",
    prepare(arena, random) {
      const [x, y, z] = [0, 1, 2].map(() => normals(arena, random, n));
      const ones = arena.place(new Float32Array(n).fill(1));
      const out = arena.allocateF32(n);
      return () => call(arena.kernels, [x, y, z, ones, out]);
    },
  };
}

/** Of a hidden layer's moments with its bias. */
const FEATURES = 129;

function symmetricMatrix(random: Random, n: number): Float64Array {
  const matrix = Float64Array.from({ length: n * n }, () => random.normal());
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) matrix[j * n + i] = matrix[i * n + j];
  return matrix;
}

const eigen: KernelCase = {
  shape: `${FEATURES}×${FEATURES}`,
  work: FEATURES * FEATURES,
  unit: "value",
  prepare(arena, random) {
    const n = FEATURES;
    const matrix = symmetricMatrix(random, n);
    const [a, values, rows, scratch] = [n * n, n, n * n, 3 * n].map((size) => arena.allocate(8 * size));
    return () => {
      arena.f64(a, n * n).set(matrix);
      arena.kernels.symmetricEigenF64(a, values, rows, n, scratch);
    };
  },
};

/** Of an agent's networks: inputs and outputs of three layers. */
const eigens: KernelCase = {
  shape: `6 of ${FEATURES}×${FEATURES}`,
  work: 6 * FEATURES * FEATURES,
  unit: "value",
  prepare(arena, random) {
    const matrices = Array.from({ length: 6 }, () => ({
      a: symmetricMatrix(random, FEATURES),
      n: FEATURES,
    }));
    return () => void symmetricEigens(matrices, arena);
  },
};

export const updateCases = {
  linkUpdateF32: [
    vectors(`${COMPONENTS}`, COMPONENTS, (k, [own, other, dual, , mean]) =>
      k.linkUpdateF32(own, other, mean, dual, 1, 1e-9, COMPONENTS),
    ),
  ],
  linkTargetF32: [
    vectors(`${COMPONENTS}`, COMPONENTS, (k, [mean, dual, target]) =>
      k.linkTargetF32(target, mean, dual, 1, 1e-9, COMPONENTS),
    ),
  ],
  adamF32: [
    vectors(`${PARAMETERS} parameters`, PARAMETERS, (k, [x, g, m, v]) =>
      k.adamF32(x, g, m, v, PARAMETERS, 1e-9, 0.9, 0.999, 1e-8, 0.1, 0.001),
    ),
  ],
  advantageScanF32: [
    vectors(`${ROWS} steps`, ROWS, (k, [rewards, values, bootstraps, carries, out]) =>
      k.advantageScanF32(rewards, values, bootstraps, carries, out, ROWS, 0.95, 0.97),
    ),
  ],
  symmetricEigenF64: [eigen],
  symmetricEigensF64: [eigens],
} as const satisfies Partial<KernelCases>;
