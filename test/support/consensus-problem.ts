/**
 * Small random instances of the convexified consensus problem of MATRPO and their centralised optimum:
 *   min Σ_i −(1/B) a_iᵀJ_i x_i   s.t.  J_i x_i = J_j x_j on links,  ½ x_iᵀH_i x_i ≤ δ,
 * solved without ADMM: equalities eliminated by a null-space basis, then a log-barrier Newton method.
 */

import type { LinkPair } from "../../src/algorithms/matrpo/topology.ts";
import type { Linearisation } from "../../src/algorithms/trust-region/linearisation.ts";
import type { Arena } from "../../src/kernels/memory.ts";
import { Random } from "../../src/tensor/random.ts";
import { apply, axpy, dot, type Matrix, nullspace, product, solve, transpose, zeros } from "./dense.ts";

export interface ConsensusProblem {
  readonly samples: number;
  readonly size: number;
  readonly maxKl: number;
  readonly links: readonly LinkPair[];
  /** Per agent: J [samples, size], H [size, size], a [samples]. */
  readonly scores: readonly Matrix[];
  readonly metrics: readonly Matrix[];
  readonly advantages: readonly number[][];
}

/** @param fisher H = JᵀJ/B instead of an unrelated positive definite matrix. */
export function randomProblem(
  seed: number,
  agents: number,
  samples: number,
  size: number,
  links: readonly LinkPair[],
  fisher = false,
  maxKl = 0.01,
): ConsensusProblem {
  const random = Random.fromSeed(seed);
  const normal = (rows: number, columns: number): Matrix =>
    Array.from({ length: rows }, () => Array.from({ length: columns }, () => Math.fround(random.normal())));
  const scores = Array.from({ length: agents }, () => normal(samples, size));
  const metrics = scores.map((score) => {
    const factor = fisher ? score : normal(size, size);
    const divisor = fisher ? samples : size;
    return product(transpose(factor), factor).map((row, i) =>
      row.map((value, j) => value / divisor + (!fisher && i === j ? 0.05 : 0)),
    );
  });
  const advantages = Array.from({ length: agents }, () => normal(1, samples)[0]);
  return { samples, size, maxKl, links, scores, metrics, advantages };
}

/** The products with one agent's J and H, in f64 and rounded once. */
export function denseLinearisation(arena: Arena, problem: ConsensusProblem, agent: number): Linearisation {
  const { samples, size } = problem;
  const [score, metric] = [problem.scores[agent], problem.metrics[agent]];
  const scoreTransposed = transpose(score);
  const write = (matrix: Matrix, x: number, columns: number, out: number) =>
    arena.f32(out, matrix.length).set(apply(matrix, Array.from(arena.f32(x, columns))));
  const linearisation: Linearisation = {
    size,
    samples,
    components: samples,
    score: (direction, out) => write(score, direction, size, out),
    scoreTranspose: (u, out) => write(scoreTransposed, u, samples, out),
    fisher: (direction, out) => write(metric, direction, size, out),
    scoreAndFisher(direction, scoreOut, fisherOut) {
      linearisation.score(direction, scoreOut);
      linearisation.fisher(direction, fisherOut);
    },
  };
  return linearisation;
}

/** Σ_i (1/B) a_iᵀJ_i x_i. */
export function objective(problem: ConsensusProblem, steps: readonly number[][]): number {
  return steps.reduce(
    (sum, x, i) => sum + dot(problem.advantages[i], apply(problem.scores[i], x)) / problem.samples,
    0,
  );
}

/** The best objective any algorithm can reach. */
export function centralisedOptimum(problem: ConsensusProblem): number {
  const { samples, size, maxKl, links, scores, metrics, advantages } = problem;
  const agents = scores.length;
  const rows = links.flatMap(([i, j]) =>
    Array.from({ length: samples }, (_, m) => {
      const row = new Array<number>(agents * size).fill(0);
      for (let p = 0; p < size; p++) {
        row[i * size + p] += scores[i][m][p];
        row[j * size + p] -= scores[j][m][p];
      }
      return row;
    }),
  );
  const basis = nullspace(rows);
  const blocks = scores.map((_, i) => transpose(basis.map((z) => z.slice(i * size, (i + 1) * size))));
  const quadratics = blocks.map((block, i) => product(transpose(block), product(metrics[i], block)));
  const gain = blocks
    .map((block, i) => apply(transpose(product(scores[i], block)), advantages[i]))
    .reduce((sum, part) => axpy(1 / samples, part, sum), new Array<number>(basis.length).fill(0));
  return dot(gain, barrierNewton(gain, quadratics, maxKl));
}

/** max gainᵀw subject to ½ wᵀQw ≤ δ for every Q, to a duality gap of about 1e-11. */
function barrierNewton(gain: number[], quadratics: readonly Matrix[], maxKl: number): number[] {
  const n = gain.length;
  const slack = (q: Matrix, w: number[]) => maxKl - 0.5 * dot(w, apply(q, w));
  const barrier = (w: number[], t: number): number => {
    const slacks = quadratics.map((q) => slack(q, w));
    if (slacks.some((value) => value <= 0)) return Infinity;
    return -t * dot(gain, w) - slacks.reduce((sum, value) => sum + Math.log(value), 0);
  };
  let w = new Array<number>(n).fill(0);
  for (let t = 1; t <= 1e11; t *= 4) {
    for (let iteration = 0; iteration < 60; iteration++) {
      let gradient = gain.map((value) => -t * value);
      const hessian = zeros(n, n);
      for (const q of quadratics) {
        const qw = apply(q, w);
        const s = slack(q, w);
        gradient = axpy(1 / s, qw, gradient);
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) hessian[i][j] += q[i][j] / s + (qw[i] * qw[j]) / (s * s);
        }
      }
      const direction = solve(hessian, gradient).map((value) => -value);
      const decrease = -dot(gradient, direction);
      let length = 1;
      const start = barrier(w, t);
      while (barrier(axpy(length, direction, w), t) > start - 0.25 * length * decrease && length > 1e-14)
        length /= 2;
      w = axpy(length, direction, w);
      if (decrease < 1e-13) break;
    }
  }
  return w;
}
