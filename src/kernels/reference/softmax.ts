/** Twin of assembly/softmax.ts: one head of one row at a time, sums in order, rounded to f32 at each operation. */
import type { Kernels } from "../abi.ts";
import { eachHead } from "./categorical.ts";
import { exp32, log32 } from "./math.ts";
import type { Views } from "./views.ts";

export type SoftmaxKernels = Pick<
  Kernels,
  "headsLogSoftmaxF32" | "headsScoreF32" | "headsScoreTransposeF32" | "headsMetricF32"
>;

const f = Math.fround;

/** Σ p t over n values from the indices p and t. */
function weightedSum(f32: Float32Array, p: number, t: number, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum = f(sum + f(f32[p + i] * f32[t + i]));
  return sum;
}

/** Log-softmax of n values from index x to index out. */
function logSoftmax(f32: Float32Array, x: number, out: number, n: number): void {
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < n; i++) if (highest < f32[x + i]) highest = f32[x + i];
  let sum = 0;
  for (let i = 0; i < n; i++) sum = f(sum + exp32(f(f32[x + i] - highest)));
  const logSum = log32(sum);
  for (let i = 0; i < n; i++) f32[out + i] = f(f32[x + i] - highest) - logSum;
}

export function softmaxReference(views: Views): SoftmaxKernels {
  return {
    headsLogSoftmaxF32(logits, logProbs, rows, heads, sizes) {
      const { f32 } = views;
      eachHead(views, rows, heads, sizes, (segment, size) => {
        logSoftmax(f32, (logits >>> 2) + segment, (logProbs >>> 2) + segment, size);
      });
    },
    headsScoreF32(probs, tangent, actions, out, rows, heads, sizes) {
      const { f32, i32 } = views;
      eachHead(views, rows, heads, sizes, (segment, size, head) => {
        const t = (tangent >>> 2) + segment;
        const action = i32[(actions >>> 2) + head];
        const chosen = action >= 0 && action < size ? f32[t + action] : Number.NaN;
        f32[(out >>> 2) + head] = chosen - weightedSum(f32, (probs >>> 2) + segment, t, size);
      });
    },
    headsScoreTransposeF32(probs, actions, u, out, rows, heads, sizes) {
      const { f32, i32 } = views;
      eachHead(views, rows, heads, sizes, (segment, size, head) => {
        const action = i32[(actions >>> 2) + head];
        const weight = f32[(u >>> 2) + head];
        for (let i = 0; i < size; i++) {
          const p = f32[(probs >>> 2) + segment + i];
          f32[(out >>> 2) + segment + i] = weight * f((i === action ? 1 : 0) - p);
        }
      });
    },
    headsMetricF32(probs, tangent, out, weight, rows, heads, sizes) {
      const { f32 } = views;
      const factor = f(weight);
      eachHead(views, rows, heads, sizes, (segment, size) => {
        const p = (probs >>> 2) + segment;
        const t = (tangent >>> 2) + segment;
        const mean = weightedSum(f32, p, t, size);
        const to = (out >>> 2) + segment;
        for (let i = 0; i < size; i++) f32[to + i] = f(factor * f32[p + i]) * f(f32[t + i] - mean);
      });
    },
  };
}
