/** Layer normalisation of a hidden layer's outputs [10,000, 128], and recurrent units as wide. */
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

interface Units {
  readonly a: Pointer;
  readonly c: Pointer;
  readonly h: Pointer;
  readonly gates: Pointer;
  readonly out: Pointer;
}

function units(call: (kernels: Kernels, units: Units) => void): readonly KernelCase[] {
  const prepare: KernelCase["prepare"] = (arena, random) => {
    const [a, c, gates] = [3, 3, 4].map((width) => normals(arena, random, ROWS * width * WIDTH));
    const h = normals(arena, random, ROWS * WIDTH);
    const out = arena.allocateF32(ROWS * WIDTH);
    return () => call(arena.kernels, { a, c, h, gates, out });
  };
  return [{ shape: `${ROWS} rows of ${WIDTH} units`, work: ROWS * WIDTH, unit: "value", prepare }];
}

export const layerCases = {
  layerNormF32: rows((k, { x, scales, out }) => k.layerNormF32(x, out, scales, ROWS, WIDTH, 1e-5)),
  layerNormGradientF32: rows((k, { x, g, scales, out }) =>
    k.layerNormGradientF32(x, scales, g, out, ROWS, WIDTH),
  ),
  gruGatesF32: units((k, { a, c, h, gates, out }) => k.gruGatesF32(a, c, h, gates, out, ROWS, WIDTH)),
  gruGradientF32: units((k, { a, c, h, gates, out }) =>
    k.gruGradientF32(gates, h, h, a, c, out, ROWS, WIDTH),
  ),
} as const satisfies Partial<KernelCases>;
