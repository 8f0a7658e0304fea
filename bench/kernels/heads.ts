/** Softmax over the heads of a policy: three of five choices, 10,000 rows. */
import type { Kernels, Pointer } from "../../src/kernels/abi.ts";
import { HEADS, type KernelCase, type KernelCases, normals, ROWS } from "./kernel-case.ts";

const LOGITS = HEADS.reduce((sum, size) => sum + size, 0);
const N = HEADS.length;

interface Heads {
  /** [rows, 15] each. */
  readonly logProbs: Pointer;
  readonly probs: Pointer;
  readonly tangent: Pointer;
  readonly out: Pointer;
  /** [rows, 3] each. */
  readonly actions: Pointer;
  readonly uniforms: Pointer;
  /** i32[3]. */
  readonly sizes: Pointer;
}

function heads(call: (kernels: Kernels, heads: Heads) => void): readonly KernelCase[] {
  const prepare: KernelCase["prepare"] = (arena, random) => {
    const { kernels } = arena;
    const sizes = arena.place(Int32Array.from(HEADS));
    const tangent = normals(arena, random, ROWS * LOGITS);
    const [logProbs, probs, out] = [0, 1, 2].map(() => arena.allocateF32(ROWS * LOGITS));
    const count = ROWS * N;
    const actions = arena.place(Int32Array.from({ length: count }, () => random.integer(HEADS[0])));
    const uniforms = arena.place(Float32Array.from({ length: count }, () => random.float()));
    kernels.headsLogSoftmaxF32(tangent, logProbs, ROWS, N, sizes);
    kernels.expF32(logProbs, probs, ROWS * LOGITS);
    return () => call(kernels, { logProbs, probs, tangent, actions, uniforms, out, sizes });
  };
  return [{ shape: `${ROWS} rows, heads ${HEADS}`, work: ROWS * LOGITS, unit: "value", prepare }];
}

export const headCases = {
  headsLogSoftmaxF32: heads((k, h) => k.headsLogSoftmaxF32(h.tangent, h.out, ROWS, N, h.sizes)),
  headsGatherF32: heads((k, h) => k.headsGatherF32(h.logProbs, h.actions, h.out, ROWS, N, h.sizes)),
  headsEntropyF32: heads((k, h) => k.headsEntropyF32(h.logProbs, h.out, ROWS, N, h.sizes)),
  headsKlF32: heads((k, h) => k.headsKlF32(h.logProbs, h.logProbs, h.out, ROWS, N, h.sizes)),
  headsSampleF32: heads((k, h) => k.headsSampleF32(h.logProbs, h.uniforms, h.out, ROWS, N, h.sizes)),
  headsScoreF32: heads((k, h) => k.headsScoreF32(h.probs, h.tangent, h.actions, h.out, ROWS, N, h.sizes)),
  headsScoreTransposeF32: heads((k, h) =>
    k.headsScoreTransposeF32(h.probs, h.actions, h.tangent, h.out, ROWS, N, h.sizes),
  ),
  headsMetricF32: heads((k, h) => k.headsMetricF32(h.probs, h.tangent, h.out, 1e-4, ROWS, N, h.sizes)),
} as const satisfies Partial<KernelCases>;
