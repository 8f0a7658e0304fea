/** Elementwise functions, reductions, softmax heads, consensus, Adam and advantages. */
import { Activation, type Kernels, type Pointer } from "../../src/kernels/abi.ts";
import { type KernelCase, normals } from "./kernel-case.ts";

const ROWS = 10_000;
const WIDTH = 128;
const HEADS = [5, 5, 5];
const LOGITS = 15;
const PARAMETERS = 20_879;

/** out[n] = kernel(x[n], y[n]). */
function elementwise(
  name: string,
  call: (kernels: Kernels, x: Pointer, y: Pointer, out: Pointer, n: number) => void,
): KernelCase {
  const n = ROWS * WIDTH;
  return {
    name,
    shape: `${n}`,
    work: n,
    unit: "value",
    prepare(arena, random) {
      const x = normals(arena, random, n);
      const y = normals(arena, random, n);
      const out = arena.allocateF32(n);
      return () => call(arena.kernels, x, y, out, n);
    },
  };
}

interface Heads {
  readonly logProbs: Pointer;
  readonly probs: Pointer;
  readonly tangent: Pointer;
  readonly actions: Pointer;
  readonly uniforms: Pointer;
  readonly out: Pointer;
  readonly sizes: Pointer;
}

function heads(name: string, call: (kernels: Kernels, heads: Heads) => void): KernelCase {
  return {
    name,
    shape: `${ROWS} rows, heads ${HEADS}`,
    work: ROWS * LOGITS,
    unit: "value",
    prepare(arena, random) {
      const { kernels } = arena;
      const sizes = arena.place(Int32Array.from(HEADS));
      const tangent = normals(arena, random, ROWS * LOGITS);
      const [logProbs, probs, out] = [0, 1, 2].map(() => arena.allocateF32(ROWS * LOGITS));
      const count = ROWS * HEADS.length;
      const actions = arena.place(Int32Array.from({ length: count }, () => random.integer(HEADS[0])));
      const uniforms = arena.place(Float32Array.from({ length: count }, () => random.float()));
      kernels.headsLogSoftmaxF32(tangent, logProbs, ROWS, HEADS.length, sizes);
      kernels.expF32(logProbs, probs, ROWS * LOGITS);
      return () => call(kernels, { logProbs, probs, tangent, actions, uniforms, out, sizes });
    },
  };
}

const n = HEADS.length;

const adam: KernelCase = {
  name: "Adam",
  shape: `${PARAMETERS} parameters`,
  work: PARAMETERS,
  unit: "value",
  prepare(arena, random) {
    const [x, g, m] = [0, 1, 2].map(() => normals(arena, random, PARAMETERS));
    const v = arena.place(new Float32Array(PARAMETERS).fill(1));
    return () => arena.kernels.adamF32(x, g, m, v, PARAMETERS, 1e-9, 0.9, 0.999, 1e-8, 0.1, 0.001);
  },
};

const advantages: KernelCase = {
  name: "advantage scan",
  shape: `${ROWS} steps`,
  work: ROWS,
  unit: "value",
  prepare(arena, random) {
    const [rewards, values, bootstraps, out] = [0, 1, 2, 3].map(() => normals(arena, random, ROWS));
    const carries = arena.place(new Float32Array(ROWS).fill(1));
    return () => arena.kernels.advantageScanF32(rewards, values, bootstraps, carries, out, ROWS, 0.95, 0.97);
  },
};

const basis: KernelCase = {
  name: "projection on a basis",
  shape: `24 vectors of ${PARAMETERS}`,
  work: 24 * PARAMETERS,
  unit: "value",
  prepare(arena, random) {
    const vectors = normals(arena, random, 24 * PARAMETERS);
    const x = normals(arena, random, PARAMETERS);
    const out = arena.allocate(24 * 8);
    return () => arena.kernels.projectF32(vectors, x, out, 24, PARAMETERS);
  },
};

const combination: KernelCase = {
  ...basis,
  name: "combination of a basis",
  prepare(arena, random) {
    const vectors = normals(arena, random, 24 * PARAMETERS);
    const coefficients = arena.place(new Float64Array(24).fill(0.5));
    const out = arena.allocateF32(PARAMETERS);
    return () => arena.kernels.combineF32(vectors, coefficients, out, 24, PARAMETERS);
  },
};

export const vectorCases: readonly KernelCase[] = [
  elementwise("exp", (k, x, _, out, n) => k.expF32(x, out, n)),
  elementwise("log", (k, x, _, out, n) => k.logF32(x, out, n)),
  elementwise("tanh", (k, x, _, out, n) => k.tanhF32(x, out, n)),
  elementwise("sin", (k, x, _, out, n) => k.sinF32(x, out, n)),
  elementwise("cos", (k, x, _, out, n) => k.cosF32(x, out, n)),
  elementwise("SELU", (k, x, _, out, n) => k.activateF32(Activation.selu, x, out, n)),
  elementwise("SELU′", (k, x, y, out, n) => k.activationGradientF32(Activation.selu, x, y, out, n)),
  elementwise("x + y", (k, x, y, out, n) => k.addF32(x, y, out, n)),
  elementwise("y += αx", (k, x, _, out, n) => k.axpyF32(1e-9, x, out, n)),
  elementwise("Σx", (k, x, _, __, n) => void k.sumF32(x, n)),
  elementwise("⟨x, y⟩", (k, x, y, _, n) => void k.dotF32(x, y, n)),
  elementwise("column sums", (k, x, _, out) => k.columnSumsF32(x, out, ROWS, WIDTH, 0)),
  elementwise("row sums", (k, x, _, out) => k.rowSumsF32(x, out, ROWS, WIDTH)),
  elementwise("all finite", (k, x, _, __, n) => void k.allFiniteF32(x, n)),
  basis,
  combination,
  heads("log-softmax", (k, h) => k.headsLogSoftmaxF32(h.tangent, h.out, ROWS, n, h.sizes)),
  heads("log-probability of actions", (k, h) =>
    k.headsGatherF32(h.logProbs, h.actions, h.out, ROWS, n, h.sizes),
  ),
  heads("entropy", (k, h) => k.headsEntropyF32(h.logProbs, h.out, ROWS, n, h.sizes)),
  heads("KL divergence", (k, h) => k.headsKlF32(h.logProbs, h.logProbs, h.out, ROWS, n, h.sizes)),
  heads("sampling", (k, h) => k.headsSampleF32(h.logProbs, h.uniforms, h.out, ROWS, n, h.sizes)),
  heads("score J x", (k, h) => k.headsScoreF32(h.probs, h.tangent, h.actions, h.out, ROWS, n, h.sizes)),
  heads("score Jᵀu", (k, h) =>
    k.headsScoreTransposeF32(h.probs, h.actions, h.tangent, h.out, ROWS, n, h.sizes),
  ),
  heads("metric", (k, h) => k.headsMetricF32(h.probs, h.tangent, h.out, 1e-4, ROWS, n, h.sizes)),
  elementwise("link update", (k, x, y, out, n) => k.linkUpdateF32(x, y, out, out, 1, 1, n)),
  elementwise("link target", (k, x, y, out, n) => k.linkTargetF32(out, x, y, 1, 1, n)),
  adam,
  advantages,
];
