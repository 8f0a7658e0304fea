/** Twin of assembly/categorical.ts: one head of one row at a time, sums in order, rounded to f32 at each operation. */
import type { Kernels, Pointer } from "../abi.ts";
import { exp32, expm132 } from "./math.ts";
import type { Views } from "./views.ts";

export type CategoricalKernels = Pick<
  Kernels,
  "headsGatherF32" | "headsEntropyF32" | "headsKlF32" | "headsSampleF32"
>;

const f = Math.fround;

/** Calls visit(segment, size, head): the index of a head's first value in `rows` rows, and row·heads + h. */
export function eachHead(
  views: Views,
  rows: number,
  heads: number,
  sizes: Pointer,
  visit: (segment: number, size: number, head: number) => void,
): void {
  let segment = 0;
  for (let head = 0; head < rows * heads; head++) {
    const size = views.i32[(sizes >>> 2) + (head % heads)];
    visit(segment, size, head);
    segment += size;
  }
}

/** p(log p − log q) − p + q, not negative. */
function klTerm(logP: number, logQ: number): number {
  const larger = logP < logQ ? exp32(logQ) : exp32(logP);
  if (larger === 0) return 0;
  const change = f(logQ - logP);
  const size = Math.abs(change);
  const m = expm132(-size);
  if (!(change > 0)) return f(larger * f(m + size));
  const bounded = Math.min(size, 128);
  return f(larger * -f(f(m + bounded) + f(m * bounded)));
}

/** The action for u, from the log-probabilities of one head. */
function sample(logProbs: Float32Array, u: number): number {
  let action = -1;
  let last = -1;
  let cumulative = 0;
  for (let i = 0; i < logProbs.length; i++) {
    const p = exp32(logProbs[i]);
    cumulative = f(cumulative + p);
    if (p > 0) last = i;
    if (action < 0 && u < cumulative) action = i;
  }
  if (Number.isNaN(cumulative - u)) return -1;
  return action < 0 ? last : action;
}

export function categoricalReference(views: Views): CategoricalKernels {
  return {
    headsGatherF32(logProbs, actions, out, rows, heads, sizes) {
      const { f32, i32 } = views;
      eachHead(views, rows, heads, sizes, (segment, size, head) => {
        const action = i32[(actions >>> 2) + head];
        const inside = action >= 0 && action < size;
        f32[(out >>> 2) + head] = inside ? f32[(logProbs >>> 2) + segment + action] : Number.NaN;
      });
    },
    headsEntropyF32(logProbs, out, rows, heads, sizes) {
      const { f32 } = views;
      eachHead(views, rows, heads, sizes, (segment, size, head) => {
        let entropy = 0;
        for (let i = 0; i < size; i++) {
          const logP = f32[(logProbs >>> 2) + segment + i];
          const p = exp32(logP);
          if (p !== 0) entropy = f(entropy - f(p * logP));
        }
        f32[(out >>> 2) + head] = entropy;
      });
    },
    headsKlF32(oldLogProbs, newLogProbs, out, rows, heads, sizes) {
      const { f32 } = views;
      eachHead(views, rows, heads, sizes, (segment, size, head) => {
        const p = (oldLogProbs >>> 2) + segment;
        const q = (newLogProbs >>> 2) + segment;
        let kl = 0;
        for (let i = 0; i < size; i++) kl = f(kl + klTerm(f32[p + i], f32[q + i]));
        f32[(out >>> 2) + head] = kl;
      });
    },
    headsSampleF32(logProbs, uniforms, actions, rows, heads, sizes) {
      const { f32, i32 } = views;
      eachHead(views, rows, heads, sizes, (segment, size, head) => {
        const start = (logProbs >>> 2) + segment;
        i32[(actions >>> 2) + head] = sample(f32.subarray(start, start + size), f32[(uniforms >>> 2) + head]);
      });
    },
  };
}
