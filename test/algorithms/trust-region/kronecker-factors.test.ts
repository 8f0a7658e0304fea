/** The statistics of K-FAC against f64 expectations: exact where they are exact, in the mean of many draws where drawn. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { kroneckerFactors } from "../../../src/algorithms/trust-region/kronecker-factors.ts";
import { JointCategorical } from "../../../src/distributions/joint.ts";
import { createArena } from "../../../src/kernels/arena.ts";
import type { KroneckerFactors } from "../../../src/nn/kronecker-preconditioner.ts";
import { Mlp, type MlpShape, mlpLayout } from "../../../src/nn/mlp.ts";
import { Random } from "../../../src/tensor/random.ts";
import { allClose, close } from "../../support/close.ts";
import { logSoftmaxReference } from "../../support/heads-reference.ts";
import { normalMatrix } from "../../support/matrices.ts";
import { forwardReference } from "../../support/mlp-reference.ts";

const arena = createArena();
const shape: MlpShape = { sizes: [3, 4, 3, 5], activation: "tanh" };
const { sizes } = shape;
const headSizes = [2, 3];
const count = 5;
const last = sizes.length - 2;

const setting = Random.fromSeed(4);
const parameters = Float32Array.from(normalMatrix(setting, mlpLayout(shape).size, 1));
const input = Float32Array.from(normalMatrix(setting, count * sizes[0], 1));
/** Every joint action. */
const jointActions = [0, 1].flatMap((first) => [0, 1, 2].map((second) => [first, headSizes[0] + second]));

function factors(random: Random, draws: number): KroneckerFactors[][] {
  return arena.scope(() => {
    const network = new Mlp(arena, shape, parameters, count);
    const activations = network.allocateActivations();
    const heads = new JointCategorical(arena, headSizes);
    const at = arena.place(input);
    const probs = arena.allocateF32(count * heads.width);
    network.forward(at, count, activations);
    heads.logSoftmax(activations.output, probs, count);
    heads.probabilities(probs, probs, count);
    const sample = { input: at, hidden: activations.hidden, probs, count };
    return Array.from({ length: draws }, () => kroneckerFactors(arena, network, heads, random, sample));
  });
}

/** Pre-activations [count, size] of a layer. */
const preActivations = (layer: number) =>
  forwardReference({ ...shape, sizes: sizes.slice(0, layer + 2) }, parameters, input, count);

/** log π [width] of one row, as a function of the pre-activations of a layer. */
function logProbs(layer: number, z: Float64Array): Float64Array {
  if (layer === last) return logSoftmaxReference(z, headSizes);
  const rest = { ...shape, sizes: sizes.slice(layer + 1) };
  const from = mlpLayout({ ...shape, sizes: sizes.slice(0, layer + 2) }).size;
  return logSoftmaxReference(
    forwardReference(rest, parameters.subarray(from), z.map(Math.tanh), 1),
    headSizes,
  );
}

/** Gradient of log π(a) in the pre-activations, by central differences. */
function scoreOf(layer: number, z: Float64Array, action: readonly number[]): Float64Array {
  const value = (i: number, change: number) => {
    const moved = logProbs(
      layer,
      z.map((entry, k) => (k === i ? entry + change : entry)),
    );
    return moved[action[0]] + moved[action[1]];
  };
  return z.map((_, i) => (value(i, 1e-5) - value(i, -1e-5)) / 2e-5);
}

/** E[e eᵀ] over rows and joint actions, and the variance of each entry of one draw an action a row. */
function outputMoments(layer: number): { mean: Float64Array; variance: Float64Array } {
  const n = sizes[layer + 1];
  const z = preActivations(layer);
  const mean = new Float64Array(n * n);
  const variance = new Float64Array(n * n);
  for (let row = 0; row < count; row++) {
    const own = z.subarray(row * n, (row + 1) * n);
    const logs = logProbs(layer, own);
    const first = new Float64Array(n * n);
    const second = new Float64Array(n * n);
    for (const action of jointActions) {
      const probability = Math.exp(logs[action[0]] + logs[action[1]]);
      const e = scoreOf(layer, own, action);
      for (let ij = 0; ij < n * n; ij++) {
        const product = e[Math.floor(ij / n)] * e[ij % n];
        first[ij] += probability * product;
        second[ij] += probability * product * product;
      }
    }
    for (let ij = 0; ij < n * n; ij++) {
      mean[ij] += first[ij] / count;
      variance[ij] += (second[ij] - first[ij] * first[ij]) / (count * count);
    }
  }
  return { mean, variance };
}

test("input factors are E[x̄ x̄ᵀ] of every layer's inputs with a one appended", () => {
  const [found] = factors(Random.fromSeed(1), 1);
  assert.is(found.length, 3);
  for (const [layer, { inputs }] of found.entries()) {
    const width = sizes[layer];
    const x = layer === 0 ? input : preActivations(layer - 1).map(Math.tanh);
    const entry = (row: number, i: number) => (i < width ? x[row * width + i] : 1);
    const expected = Array.from({ length: (width + 1) ** 2 }, (_, ij) => {
      const [i, j] = [Math.floor(ij / (width + 1)), ij % (width + 1)];
      let sum = 0;
      for (let row = 0; row < count; row++) sum += entry(row, i) * entry(row, j);
      return sum / count;
    });
    allClose(inputs, expected, 2e-6, `layer ${layer}, entry`);
  }
});

test("the last layer's output factor is exactly E[diag p − ppᵀ] a head, whatever was drawn", () => {
  const n = sizes[last + 1];
  const logs = logSoftmaxReference(preActivations(last), headSizes);
  const expected = Array.from({ length: n * n }, (_, ij) => {
    const [i, j] = [Math.floor(ij / n), ij % n];
    if (i < headSizes[0] !== j < headSizes[0]) return 0;
    let sum = 0;
    for (let row = 0; row < count; row++) {
      const [p, q] = [Math.exp(logs[row * n + i]), Math.exp(logs[row * n + j])];
      sum += (i === j ? p : 0) - p * q;
    }
    return sum / count;
  });
  allClose(outputMoments(last).mean, expected, 1e-8, "reference");
  for (const seed of [1, 2]) {
    allClose(factors(Random.fromSeed(seed), 1)[0][last].outputs, expected, 5e-7, "entry");
  }
});

test("hidden output factors average, over draws, to the exact expectation over actions", () => {
  const draws = 4000;
  const found = factors(Random.fromSeed(7), draws);
  for (let layer = 0; layer < last; layer++) {
    const { mean, variance } = outputMoments(layer);
    assert.ok(Math.max(...mean) > 0.1, "there is something to find");
    for (const [ij, expected] of mean.entries()) {
      const average = found.reduce((sum, one) => sum + one[layer].outputs[ij], 0) / draws;
      const standardError = Math.sqrt(variance[ij] / draws);
      close(average, expected, 4.5 * standardError + 2e-6, `layer ${layer}, entry ${ij}`);
    }
  }
});

test("draws come from the stream that is given: the same stream, the same factors; going on, others", () => {
  const [first, second] = factors(Random.fromSeed(3), 2);
  const [again] = factors(Random.fromSeed(3), 1);
  assert.equal(again, first);
  assert.not.equal(second[0].outputs, first[0].outputs);
  assert.equal(second[last], first[last]);
});

test.run();
