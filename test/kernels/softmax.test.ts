import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { close, sameBits } from "../support/close.ts";
import {
  type HeadCase,
  headCase,
  headCases,
  headsOf,
  normals,
  randomActions,
  randomLogits,
} from "../support/heads.ts";
import { logSoftmaxReference } from "../support/heads-reference.ts";
import { runBoth } from "../support/kernels.ts";

const ROUNDING = 2 ** -24;
const runs = { numRuns: 60 };

function logSoftmax({ rows, sizes }: HeadCase, logits: Float32Array): Float32Array {
  const buffers = { logits, sizes, out: new Float32Array(logits.length).fill(9) };
  const { after } = runBoth(
    buffers,
    (kernels, at) => kernels.headsLogSoftmaxF32(at.logits, at.out, rows, sizes.length, at.sizes),
    rows & 3,
  );
  sameBits(after.logits, logits, "the logits are only read");
  return after.out;
}

/** Probabilities as f32, sums of which differ from 1 by roundings. */
function probabilities(heads: HeadCase): Float32Array {
  return Float32Array.from(logSoftmaxReference(randomLogits(heads), [...heads.sizes]), Math.exp);
}

function score(
  heads: HeadCase,
  probs: Float32Array,
  tangent: Float32Array,
  actions: Int32Array,
): Float32Array {
  const { rows, sizes } = heads;
  const buffers = { probs, tangent, actions, sizes, out: new Float32Array(rows * sizes.length).fill(9) };
  return runBoth(buffers, (kernels, at) => {
    kernels.headsScoreF32(at.probs, at.tangent, at.actions, at.out, rows, sizes.length, at.sizes);
  }).after.out;
}

function transpose(heads: HeadCase, probs: Float32Array, actions: Int32Array, u: Float32Array): Float32Array {
  const { rows, sizes, width } = heads;
  const buffers = { probs, actions, u, sizes, out: new Float32Array(rows * width).fill(9) };
  return runBoth(buffers, (kernels, at) => {
    kernels.headsScoreTransposeF32(at.probs, at.actions, at.u, at.out, rows, sizes.length, at.sizes);
  }).after.out;
}

function metric(heads: HeadCase, probs: Float32Array, tangent: Float32Array, weight: number): Float32Array {
  const { rows, sizes } = heads;
  const buffers = { probs, tangent, sizes, out: new Float32Array(tangent.length).fill(9) };
  const { out } = runBoth(buffers, (kernels, at) => {
    kernels.headsMetricF32(at.probs, at.tangent, at.out, weight, rows, sizes.length, at.sizes);
  }).after;
  const inPlace = runBoth({ probs, tangent, sizes }, (kernels, at) => {
    kernels.headsMetricF32(at.probs, at.tangent, at.tangent, weight, rows, sizes.length, at.sizes);
  });
  sameBits(inPlace.after.tangent, out, "in place");
  return out;
}

test("log-softmax errs by at most (size + 4)·2^-24·(1 + |log p|); masked logits keep −∞", () => {
  fc.assert(
    fc.property(headCases, fc.constantFrom(0.01, 2, 30, 1e4), (heads, scale) => {
      const logits = randomLogits(heads, scale);
      const actual = logSoftmax(heads, logits);
      const expected = logSoftmaxReference(logits, [...heads.sizes]);
      for (const { start, size } of headsOf(heads)) {
        for (let i = start; i < start + size; i++) {
          close(actual[i], expected[i], (size + 4) * ROUNDING * (1 + Math.abs(expected[i])));
        }
      }
    }),
    runs,
  );
});

test("log-softmax of a head of 1000 actions and of a head of one", () => {
  const wide = headCase(3, [1000], 1);
  const logits = randomLogits(wide);
  const expected = logSoftmaxReference(logits, [1000]);
  for (const [i, value] of logSoftmax(wide, logits).entries())
    close(value, expected[i], 1e-5 * (1 - expected[i]));
  const single = headCase(5, [1, 1], 1);
  sameBits(logSoftmax(single, randomLogits(single, 1e30)), new Float32Array(10));
});

test("log-softmax: NaN, +∞ or nothing but −∞ spoils its head and no other", () => {
  fc.assert(
    fc.property(headCases, fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, "masked"), (heads, bad) => {
      const logits = randomLogits(heads);
      const healthy = logSoftmax(heads, logits);
      for (const { start, size, index } of headsOf(heads)) {
        if (index % 3 !== 1) continue;
        if (bad === "masked") logits.fill(Number.NEGATIVE_INFINITY, start, start + size);
        else logits[start + (index % size)] = bad as number;
        healthy.fill(Number.NaN, start, start + size);
      }
      sameBits(logSoftmax(heads, logits), healthy);
    }),
    runs,
  );
});

test("score, transpose and metric follow the formulas", () => {
  fc.assert(
    fc.property(headCases, (heads) => {
      const [probs, actions] = [probabilities(heads), randomActions(heads)];
      const [t, u] = [normals(heads, probs.length), normals(heads, actions.length)];
      const scores = score(heads, probs, t, actions);
      const cotangent = transpose(heads, probs, actions, u);
      const weighted = metric(heads, probs, t, 0.25);
      for (const { start, size, index } of headsOf(heads)) {
        let mean = 0;
        for (let i = start; i < start + size; i++) mean += probs[i] * t[i];
        close(scores[index], t[start + actions[index]] - mean, (size + 2) * ROUNDING * 8);
        for (let i = start; i < start + size; i++) {
          const chosen = i - start === actions[index] ? 1 : 0;
          close(cotangent[i], u[index] * (chosen - probs[i]), 3 * ROUNDING * Math.abs(u[index]));
          close(weighted[i], 0.25 * probs[i] * (t[i] - mean), (size + 4) * ROUNDING * 4 * probs[i]);
        }
      }
    }),
    runs,
  );
});

test("score is the derivative of the sampled log-probability, transpose its adjoint", () => {
  const heads = headCase(7, [3, 5, 2], 4);
  const sizes = [...heads.sizes];
  const [logits, actions] = [randomLogits(heads, 1, 0), randomActions(heads)];
  const t = normals(heads, logits.length);
  const probs = Float32Array.from(logSoftmaxReference(logits, sizes), Math.exp);
  const scores = score(heads, probs, t, actions);
  const at = (step: number) =>
    logSoftmaxReference(
      Float64Array.from(logits, (x, i) => x + step * t[i]),
      sizes,
    );
  const [above, below] = [at(1e-5), at(-1e-5)];
  for (const { start, index } of headsOf(heads)) {
    const i = start + actions[index];
    close(scores[index], (above[i] - below[i]) / 2e-5, 2e-6, `score ${index}`);
  }
  const u = normals(heads, actions.length);
  const cotangent = transpose(heads, probs, actions, u);
  const left = scores.reduce((sum, value, i) => sum + value * u[i], 0);
  const right = cotangent.reduce((sum, value, i) => sum + value * t[i], 0);
  close(left, right, 1e-5, "⟨Jt, u⟩ = ⟨t, Jᵀu⟩");
});

test("metric is the mean over actions of score times score", () => {
  const heads = headCase(5, [4], 5);
  const probs = probabilities(heads);
  const t = normals(heads, probs.length);
  const expected = new Float64Array(probs.length);
  for (let action = 0; action < 4; action++) {
    const actions = new Int32Array(5).fill(action);
    const cotangent = transpose(heads, probs, actions, score(heads, probs, t, actions));
    for (const i of expected.keys()) expected[i] += probs[4 * Math.floor(i / 4) + action] * cotangent[i];
  }
  for (const [i, value] of metric(heads, probs, t, 1).entries()) close(value, expected[i], 1e-6);
});

test("score: an action outside its head gives NaN, and only there", () => {
  const heads = headCase(6, [3, 2], 6);
  const [probs, actions] = [probabilities(heads), randomActions(heads)];
  const t = normals(heads, probs.length);
  const healthy = score(heads, probs, t, actions);
  actions.set([-1, 2], 4);
  const spoilt = score(heads, probs, t, actions);
  assert.ok(Number.isNaN(spoilt[4]) && Number.isNaN(spoilt[5]));
  healthy.fill(Number.NaN, 4, 6);
  sameBits(spoilt, healthy);
});

test.run();
