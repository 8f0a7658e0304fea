/** Twin of assembly/layer-norm.ts: the same sixteen f32 lanes, joined in the same order. */
import type { Kernels } from "../abi.ts";
import type { Views } from "./views.ts";

type LayerNormKernels = Pick<Kernels, "layerNormF32" | "layerNormGradientF32">;

const f = Math.fround;

/** Σ term(i) for 0 ≤ i < n; the order is that of the kernels. */
function sumOf(n: number, term: (i: number) => number): number {
  const lanes = new Float32Array(16);
  for (let i = 0; i < n; i++) lanes[i & 15] += f(term(i));
  const four = [0, 1, 2, 3].map((j) => f(f(lanes[j] + lanes[j + 8]) + f(lanes[j + 4] + lanes[j + 12])));
  return f(f(four[0] + four[2]) + f(four[1] + four[3]));
}

export function layerNormReference(views: Views): LayerNormKernels {
  return {
    layerNormF32(x, out, scales, rows, columns, epsilon) {
      const { f32 } = views;
      for (let row = 0; row < rows; row++) {
        const from = (x >>> 2) + row * columns;
        const to = (out >>> 2) + row * columns;
        const mean = f(sumOf(columns, (i) => f32[from + i]) / columns);
        for (let i = 0; i < columns; i++) f32[to + i] = f32[from + i] - mean;
        const squares = sumOf(columns, (i) => f32[to + i] * f32[to + i]);
        const scale = f(1 / f(Math.sqrt(f(f(squares / columns) + f(epsilon)))));
        for (let i = 0; i < columns; i++) f32[to + i] *= scale;
        f32[(scales >>> 2) + row] = scale;
      }
    },
    layerNormGradientF32(y, scales, g, out, rows, columns) {
      const { f32 } = views;
      for (let row = 0; row < rows; row++) {
        const [a, b] = [(y >>> 2) + row * columns, (g >>> 2) + row * columns];
        const mean = f(sumOf(columns, (i) => f32[b + i]) / columns);
        const slope = f(sumOf(columns, (i) => f32[a + i] * f32[b + i]) / columns);
        const scale = f32[(scales >>> 2) + row];
        const to = (out >>> 2) + row * columns;
        for (let i = 0; i < columns; i++) {
          f32[to + i] = scale * f(f(f32[b + i] - mean) - f(f32[a + i] * slope));
        }
      }
    },
  };
}
