/** Twin of assembly/gru.ts: one value at a time, rounded to f32 at each operation. */
import type { Kernels } from "../abi.ts";
import { exp32, tanh32 } from "./math.ts";
import type { Views } from "./views.ts";

type GruKernels = Pick<Kernels, "gruGatesF32" | "gruGradientF32">;

const f = Math.fround;

const sigmoid = (x: number): number => f(1 / f(1 + exp32(-x)));
const sigmoidSlope = (y: number, g: number): number => f(g * f(y * f(1 - y)));

export function gruReference(views: Views): GruKernels {
  return {
    gruGatesF32(inputs, memories, h, gates, out, rows, size) {
      const { f32 } = views;
      for (let i = 0; i < rows * size; i++) {
        const [row, j] = [Math.floor(i / size), i % size];
        const a = (inputs >>> 2) + 3 * row * size + j;
        const c = (memories >>> 2) + 3 * row * size + j;
        const to = (gates >>> 2) + 4 * row * size + j;
        const r = sigmoid(f(f32[a] + f32[c]));
        const z = sigmoid(f(f32[a + size] + f32[c + size]));
        const candidate = f32[c + 2 * size];
        const n = tanh32(f(f32[a + 2 * size] + f(r * candidate)));
        for (const [k, value] of [r, z, n, candidate].entries()) f32[to + k * size] = value;
        f32[(out >>> 2) + i] = n + f(z * f(f32[(h >>> 2) + i] - n));
      }
    },
    gruGradientF32(gates, h, g, da, dc, dh, rows, size) {
      const { f32 } = views;
      for (let i = 0; i < rows * size; i++) {
        const [row, j] = [Math.floor(i / size), i % size];
        const from = (gates >>> 2) + 4 * row * size + j;
        const [r, z, n, candidate] = [0, 1, 2, 3].map((k) => f32[from + k * size]);
        const slope = f32[(g >>> 2) + i];
        const dn = f(f(slope * f(1 - z)) * f(f(1 - n) * f(1 + n)));
        const dr = sigmoidSlope(r, f(dn * candidate));
        const dz = sigmoidSlope(z, f(slope * f(f32[(h >>> 2) + i] - n)));
        const at = 3 * row * size + j;
        for (const [k, value] of [dr, dz, dn].entries()) f32[(da >>> 2) + at + k * size] = value;
        for (const [k, value] of [dr, dz, dn * r].entries()) f32[(dc >>> 2) + at + k * size] = value;
        f32[(dh >>> 2) + i] = slope * z;
      }
    },
  };
}
