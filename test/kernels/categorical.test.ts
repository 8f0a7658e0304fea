import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { close, sameBits } from "../support/close.ts";
import {
  type HeadCase,
  headCase,
  headCases,
  headsOf,
  randomActions,
  randomLogits,
} from "../support/heads.ts";
import { entropies, klDivergences, logSoftmaxReference } from "../support/heads-reference.ts";
import { runBoth } from "../support/kernels.ts";

const runs = { numRuns: 60 };
const masked = Number.NEGATIVE_INFINITY;

function logProbabilities(heads: HeadCase, scale?: number, share?: number): Float32Array {
  return Float32Array.from(logSoftmaxReference(randomLogits(heads, scale, share), [...heads.sizes]));
}

function gather({ rows, sizes }: HeadCase, logProbs: Float32Array, actions: Int32Array): Float32Array {
  const buffers = { logProbs, actions, sizes, out: new Float32Array(actions.length).fill(9) };
  return runBoth(buffers, (kernels, at) => {
    kernels.headsGatherF32(at.logProbs, at.actions, at.out, rows, sizes.length, at.sizes);
  }).after.out;
}

function entropy({ rows, sizes }: HeadCase, logProbs: Float32Array): Float32Array {
  const buffers = { logProbs, sizes, out: new Float32Array(rows * sizes.length).fill(9) };
  return runBoth(
    buffers,
    (kernels, at) => kernels.headsEntropyF32(at.logProbs, at.out, rows, sizes.length, at.sizes),
    rows & 3,
  ).after.out;
}

function kl({ rows, sizes }: HeadCase, p: Float32Array, q: Float32Array): Float32Array {
  const buffers = { p, q, sizes, out: new Float32Array(rows * sizes.length).fill(9) };
  return runBoth(buffers, (kernels, at) => {
    kernels.headsKlF32(at.p, at.q, at.out, rows, sizes.length, at.sizes);
  }).after.out;
}

function sample({ rows, sizes }: HeadCase, logProbs: Float32Array, uniforms: Float32Array): Int32Array {
  const buffers = { logProbs, uniforms, sizes, actions: new Int32Array(uniforms.length).fill(77) };
  return runBoth(buffers, (kernels, at) => {
    kernels.headsSampleF32(at.logProbs, at.uniforms, at.actions, rows, sizes.length, at.sizes);
  }).after.actions;
}

test("gather reads the chosen log-probabilities; an action outside its head gives NaN", () => {
  fc.assert(
    fc.property(headCases, (heads) => {
      const [logProbs, actions] = [logProbabilities(heads), randomActions(heads)];
      const expected = Float32Array.from(
        headsOf(heads),
        ({ start, index }) => logProbs[start + actions[index]],
      );
      for (const { size, index } of headsOf(heads)) {
        if (index % 5 !== 4) continue;
        actions[index] = [size, -1, 2 ** 30, -(2 ** 30), -(2 ** 31)][Math.floor(index / 5) % 5];
        expected[index] = Number.NaN;
      }
      sameBits(gather(heads, logProbs, actions), expected);
    }),
    runs,
  );
});

test("entropy errs by at most (size + 4)·2^-24·4; impossible actions count as 0", () => {
  fc.assert(
    fc.property(headCases, fc.constantFrom(0.01, 2, 50), (heads, scale) => {
      const logProbs = logProbabilities(heads, scale);
      const finite = Float64Array.from(logProbs, (value) => Math.max(value, -1e30));
      const expected = entropies(finite, [...heads.sizes]);
      const actual = entropy(heads, logProbs);
      for (const { size, index } of headsOf(heads)) {
        close(actual[index], expected[index], (size + 4) * 2 ** -22, `entropy ${index}`);
      }
    }),
    runs,
  );
});

test("entropy of certainty is 0, of five equal actions ln 5", () => {
  const heads = headCase(2, [5], 1);
  const logProbs = new Float32Array(10).fill(masked, 0, 5).fill(-Math.log(5), 5);
  logProbs[3] = 0;
  const [certain, equal] = entropy(heads, logProbs);
  assert.is(certain, 0);
  close(equal, Math.log(5), 3e-7);
});

test("KL follows its definition to 4e-6·(1 + KL), and is never below −1e-12", () => {
  fc.assert(
    fc.property(headCases, fc.constantFrom(0.01, 1, 10, 60), (heads, scale) => {
      const [p, q] = [logProbabilities(heads, scale, 0), logProbabilities(heads, scale, 0)];
      const expected = klDivergences(Float64Array.from(p), Float64Array.from(q), [...heads.sizes]);
      for (const [i, value] of kl(heads, p, q).entries()) {
        close(value, expected[i], 4e-6 * (1 + expected[i]), `KL ${i}`);
        assert.ok(value >= -1e-12, `KL ${i} is ${value}`);
      }
      sameBits(kl(heads, p, p), new Float32Array(expected.length), "KL of equals");
    }),
    runs,
  );
});

test("a small KL keeps its digits: to 1 % at 1e-7, where the plain sum has none left", () => {
  const heads = headCase(50, [5, 5, 5], 2);
  const sizes = [...heads.sizes];
  const logits = randomLogits(heads, 1, 0);
  const nearby = logits.map((value) => value + 4e-4 * heads.random.normal());
  const exact = [logits, nearby].map((values) => logSoftmaxReference(values, sizes));
  const expected = klDivergences(exact[0], exact[1], sizes);
  const actual = kl(heads, Float32Array.from(exact[0]), Float32Array.from(exact[1]));
  const total = expected.reduce((sum, value) => sum + value, 0);
  assert.ok(total / expected.length < 1e-7);
  close(
    actual.reduce((sum, value) => sum + value, 0),
    total,
    0.01 * total,
  );
});

test("KL: an impossible action costs nothing, an action made impossible costs ∞, NaN stays NaN", () => {
  const heads = headCase(4, [2], 1);
  const half = -Math.log(2);
  const p = Float32Array.of(masked, 0, half, half, masked, 0, Number.NaN, half);
  const q = Float32Array.of(masked, 0, masked, 0, half, half, half, half);
  const [same, lost, gained, bad] = kl(heads, p, q);
  assert.is(same, 0);
  assert.is(lost, Number.POSITIVE_INFINITY);
  close(gained, Math.log(2), 2e-7);
  assert.ok(Number.isNaN(bad));
});

test("sampling inverts the cumulative probabilities", () => {
  fc.assert(
    fc.property(headCases, (heads) => {
      const logProbs = logProbabilities(heads);
      const uniforms = Float32Array.from(headsOf(heads), () => heads.random.floatF32());
      const actions = sample(heads, logProbs, uniforms);
      for (const { start, size, index } of headsOf(heads)) {
        const action = actions[index];
        assert.ok(action >= 0 && action < size && logProbs[start + action] > masked, `action ${action}`);
        let below = 0;
        for (let i = 0; i < action; i++) below += Math.exp(logProbs[start + i]);
        const above = below + Math.exp(logProbs[start + action]);
        const u = uniforms[index];
        assert.ok(below - 1e-6 <= u && u <= above + 1e-6, `${u} outside [${below}, ${above}]`);
      }
    }),
    runs,
  );
});

test("sampling at the ends: u = 0 takes the first possible action, u next to 1 the last", () => {
  const third = Math.log(1 / 3);
  const heads = headCase(1, [5, 5, 4], 1);
  const logProbs = Float32Array.of(
    masked,
    third,
    third,
    third,
    masked,
    -2,
    -2,
    -2,
    -2,
    -2,
    0,
    -1e3,
    masked,
    masked,
  );
  const ends = [0, 1 - 2 ** -24].map((u) => sample(heads, logProbs, new Float32Array(3).fill(u)));
  assert.equal([...ends[0]], [1, 0, 0]);
  assert.equal([...ends[1]], [3, 4, 0]);
});

test("sampling frequencies over an even grid of uniforms are the probabilities", () => {
  const n = 1 << 12;
  const heads = headCase(n, [5], 3);
  const row = logProbabilities(headCase(1, [5], 3), 1, 0);
  const logProbs = Float32Array.from({ length: 5 * n }, (_, i) => row[i % 5]);
  const actions = sample(
    heads,
    logProbs,
    Float32Array.from({ length: n }, (_, i) => i / n),
  );
  for (const [action, logProb] of row.entries()) {
    const count = actions.filter((value) => value === action).length;
    close(count, n * Math.exp(logProb), 1.01, `action ${action}`);
  }
});

test("sampling gives −1 where nothing is possible or something is NaN, and only there", () => {
  const heads = headCase(2, [2, 3], 1);
  const logProbs = Float32Array.of(masked, masked, -1, -1, -1, 0, Number.NaN, -1, -1, -1);
  assert.equal([...sample(heads, logProbs, new Float32Array(4))], [-1, 0, -1, 0]);
  const spoilt = Float32Array.of(0, Number.NaN, 0, 0);
  assert.equal([...sample(heads, logProbs.fill(-1), spoilt)], [0, -1, 0, 0]);
});

test.run();
