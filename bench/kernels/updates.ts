/** Consensus over a link, Adam and advantages. */
import type { Kernels, Pointer } from "../../src/kernels/abi.ts";
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
} as const satisfies Partial<KernelCases>;
