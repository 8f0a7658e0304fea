/**
 * A TRPO step in plain f64: the Jacobian of the logits by central differences of the forward pass, the Fisher matrix
 * F = (1/B) Σ_b Jᵀ(diag p − ppᵀ)J written out and (F + εI)s = g solved by elimination.
 */
import type { MlpShape } from "../../src/nn/mlp.ts";
import { apply, dot, type Matrix, solve, zeros } from "./dense.ts";
import { actionIndices, klDivergences, logSoftmaxReference } from "./heads-reference.ts";
import { forwardReference } from "./mlp-reference.ts";

export interface TrpoProblem {
  readonly shape: MlpShape;
  readonly headSizes: readonly number[];
  readonly parameters: Float32Array;
  readonly observations: Float32Array;
  /** [rows, heads]. */
  readonly actions: Int32Array;
  /** [rows], as estimated. */
  readonly advantages: Float32Array;
  /** Rows on which F is averaged. */
  readonly fisherRows: readonly number[];
}

export interface ReferenceStep {
  /** x, on the boundary of the damped trust region. */
  readonly step: number[];
  /** xᵀFx without damping. */
  readonly curvature: number;
  /** The mean KL(old‖new) summed over heads and the gain of the surrogate at θ + scale · x. */
  at(scale: number): { readonly kl: number; readonly gain: number };
}

const DIFFERENCE = 1e-5;

export function trpoReference(problem: TrpoProblem, maxKl: number, damping: number): ReferenceStep {
  const { shape, headSizes, observations, actions, fisherRows } = problem;
  const theta = Array.from(problem.parameters);
  const rows = problem.advantages.length;
  const width = headSizes.reduce((sum, size) => sum + size, 0);
  const advantages = standardised(problem.advantages);
  const logits = (at: readonly number[]) => forwardReference(shape, at, observations, rows);
  const logProbs = (at: readonly number[]) => logSoftmaxReference(logits(at), headSizes);
  const old = logProbs(theta);
  const chosen = actionIndices(actions, headSizes);

  /** [P][rows · width]. */
  const jacobian = theta.map((value, p) => {
    const [up, down] = [DIFFERENCE, -DIFFERENCE].map((h) => logits(theta.with(p, value + h)));
    return up.map((entry, i) => (entry - down[i]) / (2 * DIFFERENCE));
  });

  /** d(Σ_b Â_b Σ_m log π)/d logits / B: Â (e_a − p). */
  const cotangent = old.map((value, i) => (-Math.exp(value) * advantages[Math.floor(i / width)]) / rows);
  for (const [i, index] of chosen.entries())
    cotangent[index] += advantages[Math.floor(i / headSizes.length)] / rows;
  const gradient = jacobian.map((column) => column.reduce((sum, entry, i) => sum + entry * cotangent[i], 0));

  const fisher = zeros(theta.length, theta.length);
  for (const row of fisherRows) addMetric(fisher, jacobian, old, row * width, headSizes, fisherRows.length);
  const damped = fisher.map((line, i) => line.with(i, line[i] + damping));
  const direction = solve(damped, gradient);
  const scale = Math.sqrt((2 * maxKl) / dot(direction, apply(damped, direction)));
  const step = direction.map((value) => scale * value);
  return {
    step,
    curvature: dot(step, apply(fisher, step)),
    at(factor) {
      const now = logProbs(theta.map((value, p) => value + factor * step[p]));
      const kl = klDivergences(old, now, headSizes).reduce((sum, value) => sum + value, 0) / rows;
      const logRatios = new Float64Array(rows);
      for (const [i, index] of chosen.entries())
        logRatios[Math.floor(i / headSizes.length)] += now[index] - old[index];
      const gain = logRatios.reduce((sum, value, b) => sum + advantages[b] * (Math.exp(value) - 1), 0) / rows;
      return { kl, gain };
    },
  };
}

/** fisher += Jᵀ(diag p − ppᵀ)J / count of one row, head by head. */
function addMetric(
  fisher: Matrix,
  jacobian: readonly Float64Array[],
  logProbs: Float64Array,
  row: number,
  headSizes: readonly number[],
  count: number,
): void {
  let start = row;
  for (const size of headSizes) {
    const probs = Array.from(logProbs.subarray(start, start + size), Math.exp);
    const columns = jacobian.map((column) => Array.from(column.subarray(start, start + size)));
    const means = columns.map((column) => dot(column, probs));
    for (const [i, a] of columns.entries()) {
      for (const [j, b] of columns.entries()) {
        fisher[i][j] +=
          (dot(
            a,
            b.map((value, k) => value * probs[k]),
          ) -
            means[i] * means[j]) /
          count;
      }
    }
    start += size;
  }
}

function standardised(values: Float32Array): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return Array.from(values, (value) => (value - mean) / (Math.sqrt(square) + 1e-8));
}
