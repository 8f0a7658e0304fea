/** Layer normalisation of a hidden layer's outputs [10,000, 128]. */
import type { Kernels, Pointer } from "../../src/kernels/abi.ts";
import { type KernelCase, type KernelCases, normals, ROWS } from "./kernel-case.ts";

const WIDTH = 128;

interface Rows {
  readonly x: Pointer;
  readonly g: Pointer;
  readonly scales: Pointer;
  readonly out: Pointer;
}

function rows(call: (kernels: Kernels, rows: Rows) => void): readonly KernelCase[] {
  const prepare: KernelCase["prepare"] = (arena, random) => {
    const [x, g] = [0, 1].map(() => normals(arena, random, ROWS * WIDTH));
    const [scales, out] = [ROWS, ROWS * WIDTH].map((size) => arena.allocateF32(size));
    arena.kernels.fillF32(1, scales, ROWS);
    return () => call(arena.kernels, { x, g, scales, out });
  };
  return [{ shape: `${ROWS}×${WIDTH}`, work: ROWS * WIDTH, unit: "value", prepare }];
}

export const layerCases = {
  layerNormF32: rows((k, { x, scales, out }) => k.layerNormF32(x, out, scales, ROWS, WIDTH, 1e-5)),
  layerNormGradientF32: rows((k, { x, g, scales, out }) =>
    k.layerNormGradientF32(x, scales, g, out, ROWS, WIDTH),
  ),
} as const satisfies Partial<KernelCases>;
