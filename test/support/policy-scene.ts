/** A small policy expanded on random data, with its f64 rival: what candidate steps are judged on. */
import type { LagrangianTerms } from "../../src/algorithms/trust-region/lagrangian.ts";
import { PolicyExpansion } from "../../src/algorithms/trust-region/policy-expansion.ts";
import type { ThetaSolver } from "../../src/algorithms/trust-region/theta-step.ts";
import { createArena } from "../../src/kernels/arena.ts";
import type { Arena } from "../../src/kernels/memory.ts";
import { initializeMlp, type MlpShape } from "../../src/nn/mlp.ts";
import { Random } from "../../src/tensor/random.ts";
import { actionIndices, klDivergences, logSoftmaxReference } from "./heads-reference.ts";
import { normalMatrix } from "./matrices.ts";
import { forwardReference } from "./mlp-reference.ts";

const shape: MlpShape = { sizes: [4, 7, 5], activation: "tanh" };
const headSizes = [2, 3];
const rows = 60;

export interface PolicyScene {
  readonly arena: Arena;
  readonly parameters: Float32Array;
  readonly expansion: PolicyExpansion;
  /** Advantages, normal and one a row, and no links. */
  readonly terms: LagrangianTerms;
  /** Jᵀa/B: uphill for the advantages. */
  readonly uphill: Float32Array;
  /** xᵀHx. */
  curvature(x: Float32Array): number;
  /** The mean KL(old‖new) of each head and the log-ratios of the actions at other parameters, in f64. */
  moved(parameters: Float32Array): Moved;
}

export interface Moved {
  readonly kl: number;
  readonly headKl: Float64Array;
  readonly logRatios: Float64Array;
}

export function policyScene(seed = 1): PolicyScene {
  const arena = createArena();
  const random = Random.fromSeed(seed);
  const normals = (n: number) => Float32Array.from(normalMatrix(random, n, 1));
  const parameters = initializeMlp(shape, random, { heads: headSizes, outputGain: 0.7 });
  const observations = normals(rows * shape.sizes[0]);
  const actions = Int32Array.from({ length: rows * 2 }, (_, i) => random.integer(headSizes[i % 2]));
  const data = {
    observations: arena.place(observations),
    actions: arena.place(actions),
    rows,
    fisherRows: Int32Array.from({ length: rows }, (_, row) => row),
  };
  const expansion = new PolicyExpansion(arena, shape, headSizes, parameters, data, { consensus: "per-head" });
  const { components, samples, size } = expansion;
  const own = normals(rows);
  const advantages = arena.place(Float32Array.from({ length: components }, (_, m) => own[m >> 1]));
  const gradient = arena.allocateF32(size);
  expansion.scoreTranspose(advantages, gradient);

  const logProbs = (at: Float32Array) =>
    logSoftmaxReference(forwardReference(shape, at, observations, rows), headSizes);
  const old = logProbs(parameters);
  return {
    arena,
    parameters,
    expansion,
    terms: { advantages, components, samples, links: [], penalty: 1 },
    uphill: arena.read(gradient, size).map((value) => value / samples),
    curvature: (x) =>
      arena.scope(() => {
        const at = arena.place(x);
        const product = arena.allocateF32(size);
        expansion.fisher(at, product);
        return arena.kernels.dotF32(at, product, size);
      }),
    moved(at) {
      const now = logProbs(at);
      const headKl = new Float64Array(headSizes.length);
      for (const [i, kl] of klDivergences(old, now, headSizes).entries()) headKl[i % 2] += kl / rows;
      const chosen = actionIndices(actions, headSizes);
      const kl = headKl[0] + headKl[1];
      return { kl, headKl, logRatios: Float64Array.from(chosen, (index) => now[index] - old[index]) };
    },
  };
}

export interface FixedSolver extends ThetaSolver {
  /** What it was asked, in order: target, k, and where it should write log-ratios. */
  readonly asked: readonly (readonly [target: number, k: number, logRatio: number | undefined])[];
}

/** A solver whose answer is always x; it writes no log-ratios. */
export function fixedSolver(arena: Arena, x: Float32Array, curvature: number): FixedSolver {
  const asked: (readonly [number, number, number | undefined])[] = [];
  return {
    asked,
    solve: (target, k, logRatio) => void asked.push([target, k, logRatio]),
    readStep: (out) => arena.f32(out, x.length).set(x),
    curvature: () => curvature,
    scale: 1,
    statistics: {
      scoreProducts: 4,
      fisherProducts: 2,
      basisSize: 1,
      residual: 0.5,
    },
  };
}
