/**
 * Rules of the entropy of categorical heads from their logits: H = −Σ p log p with dH/dz = −p(log p + H), which is the
 * metric diag p − ppᵀ times −log p. Passes are kernels; what else is asked for comes from smaller operations.
 */
import type { Pointer } from "../../kernels/abi.ts";
import type { Arena } from "../../kernels/memory.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { composedSoftmaxEntropy, LOWEST } from "../heads.ts";
import type { Rules } from "../rule.ts";
import { pullBack } from "../sweeps.ts";
import { record } from "../tape.ts";
import { composedDerivative } from "./composed.ts";
import { store } from "./store.ts";

export const entropyRules: Pick<Rules, "softmaxEntropy" | "softmaxEntropyGradient"> = {
  softmaxEntropy: {
    forward: (arena, [logits], { sizes }) =>
      store(arena, [logits.shape[0], sizes.length], (out) => {
        const { logProbs, at } = place(arena, logits, sizes);
        arena.kernels.headsEntropyF32(logProbs, out, logits.shape[0], sizes.length, at);
      }),
    derivative: ({ inputs: [logits], options: { sizes } }) => {
      const [composed] = composedDerivative([logits], ([z]) => composedSoftmaxEntropy(z, sizes));
      const vjp = (g: Tensor) => record("softmaxEntropyGradient", [logits, g], { sizes });
      return [{ jvp: composed.jvp, vjp }];
    },
  },
  softmaxEntropyGradient: {
    forward: (arena, [logits, g], { sizes }) =>
      store(arena, logits.shape, (out, n) => {
        const { logProbs, at } = place(arena, logits, sizes);
        const probs = arena.allocateF32(n);
        const [rows, heads] = g.shape;
        arena.kernels.expF32(logProbs, probs, n);
        const finite = arena.f32(logProbs, n);
        for (let i = 0; i < n; i++) if (finite[i] < LOWEST) finite[i] = LOWEST;
        arena.kernels.headsMetricF32(probs, logProbs, out, -1, rows, heads, at);
        weigh(arena, out, g, sizes);
      }),
    derivative: ({ inputs, options: { sizes } }) => {
      const [byLogits, byWeights] = composedDerivative(
        inputs,
        ([z, g], tape) => pullBack(tape, composedSoftmaxEntropy(z, sizes), g, [z])[0],
      );
      return [byLogits, byWeights];
    },
  },
};

/** Log-probabilities and i32 sizes, in the arena's current scope. */
function place(arena: Arena, logits: Tensor, sizes: readonly number[]) {
  const at = arena.place(Int32Array.from(sizes));
  const logProbs = arena.allocateF32(logits.size);
  arena.kernels.headsLogSoftmaxF32(logits.pointer, logProbs, logits.shape[0], sizes.length, at);
  return { logProbs, at };
}

/** out[rows, Σ sizes] times g[rows, heads], in place. */
function weigh(arena: Arena, out: Pointer, g: Tensor, sizes: readonly number[]): void {
  const weights = arena.f32(g.pointer, g.size);
  const values = arena.f32(out, (g.size / sizes.length) * sizes.reduce((sum, size) => sum + size, 0));
  let start = 0;
  for (let i = 0; i < weights.length; i++) {
    const end = start + sizes[i % sizes.length];
    for (; start < end; start++) values[start] *= weights[i];
  }
}
