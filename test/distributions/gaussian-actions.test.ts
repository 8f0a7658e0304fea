/** Normal actions against f64 formulas; KL and its metric; sampling; both forms of the standard deviation. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { grad, hvp } from "../../src/autodiff/derivatives.ts";
import { mean, reshape, sum } from "../../src/autodiff/shaping.ts";
import {
  type DeviationForm,
  GaussianActions,
  type MeanForm,
} from "../../src/distributions/gaussian-actions.ts";
import { createArena } from "../../src/kernels/arena.ts";
import { Random } from "../../src/tensor/random.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { DistributionPoint, normals } from "../support/actions.ts";
import { allClose, close, sameBits } from "../support/close.ts";
import { refuses } from "../support/refuses.ts";

const arena = createArena();
const forms: readonly DeviationForm[] = [
  { form: "exponential" },
  { form: "sigmoid" },
  { form: "sigmoid", x: 2, y: 3 },
];
const cases = fc.record({
  dimensions: fc.integer({ min: 1, max: 5 }),
  rows: fc.integer({ min: 1, max: 6 }),
  deviation: fc.constantFrom(...forms),
  form: fc.constantFrom<MeanForm>("linear", "tanh"),
  seed: fc.nat(),
});
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

function draw({ dimensions, rows, deviation, form, seed }: Case) {
  const random = Random.fromSeed(seed);
  const distribution = new GaussianActions(dimensions, deviation, form);
  const point = () =>
    new DistributionPoint(distribution, normals(random, rows * dimensions), normals(random, dimensions, 0.7));
  return { random, distribution, point: point(), other: point() };
}

function deviations(deviation: DeviationForm, extra: Float32Array): number[] {
  if (deviation.form === "exponential") return [...extra].map((p) => Math.exp(Math.min(p, 2)));
  const { x = 1, y = 0.5 } = deviation;
  return [...extra].map((p) => y / (1 + Math.exp(-p / x)));
}

/** Sums over each row's dimensions. */
function rowSums(rows: number, size: number, term: (i: number, j: number) => number): number[] {
  return Array.from({ length: rows }, (_, row) => {
    let total = 0;
    for (let j = 0; j < size; j++) total += term(row * size + j, j);
    return total;
  });
}

test("log-probability, entropy and KL are those of the f64 formulas, summed over dimensions", () => {
  fc.assert(
    fc.property(cases, (drawn) => {
      const { random, point, other } = draw(drawn);
      const { dimensions: size, rows, deviation, form } = drawn;
      const [sigma, next] = [point, other].map(({ extra }) => deviations(deviation, extra));
      const [mu, moved] = [point, other].map(({ output }) =>
        Array.from(output.values, (value) => (form === "tanh" ? Math.tanh(value) : value)),
      );
      const { actions, logProb } = point.sample(arena, random);
      const exact = rowSums(rows, size, (i, j) => {
        return -0.5 * ((actions[i] - mu[i]) / sigma[j]) ** 2 - Math.log(sigma[j] * Math.sqrt(2 * Math.PI));
      });
      allClose(logProb, exact, 2e-5 * (size + 10), "log-probability");
      sameBits(point.logProb(actions), logProb, "on a tape");
      const entropy = rowSums(
        rows,
        size,
        (_, j) => Math.log(sigma[j]) + 0.5 * Math.log(2 * Math.PI * Math.E),
      );
      allClose(point.entropy(), entropy, 2e-6 * size, "entropy");
      const kl = rowSums(rows, size, (i, j) => {
        const spread = (sigma[j] ** 2 + (mu[i] - moved[i]) ** 2) / (2 * next[j] ** 2);
        return Math.log(next[j] / sigma[j]) + spread - 0.5;
      });
      const largest = kl.reduce((most, value) => Math.max(most, value), 1);
      allClose(point.klTo(other), kl, 1e-5 * largest, "KL");
      sameBits(point.klTo(point), new Float32Array(rows), "KL of what has not changed");
    }),
    { numRuns: 100 },
  );
});

test("actions have the mean and the standard deviation, and without chance they are the mean", () => {
  const distribution = new GaussianActions(2, { form: "sigmoid", x: 1, y: 2 });
  const rows = 20_000;
  const output = Float32Array.from({ length: 2 * rows }, (_, i) => (i % 2 === 0 ? 3 : -1));
  const point = new DistributionPoint(distribution, output, Float32Array.of(0, 50));
  const { actions } = point.sample(arena, Random.fromSeed(5));
  for (const [j, [mu, sigma]] of [
    [3, 1],
    [-1, 2],
  ].entries()) {
    const values = (actions as Float32Array).filter((_, i) => i % 2 === j);
    const average = values.reduce((total, value) => total + value / rows, 0);
    const variance = values.reduce((total, value) => total + (value - average) ** 2 / rows, 0);
    // Four standard deviations of each estimate.
    close(average, mu, (4 * sigma) / Math.sqrt(rows), "mean");
    close(Math.sqrt(variance), sigma, (3 * sigma) / Math.sqrt(rows), "deviation");
  }
  const random = Random.fromSeed(6);
  const before = random.saveState();
  sameBits(point.sample(arena, random, true).actions as Float32Array, output);
  const squashed = new GaussianActions(2, { form: "sigmoid", x: 1, y: 2 }, "tanh");
  const bounded = new DistributionPoint(squashed, output, Float32Array.of(0, 50));
  const means = Float32Array.from(output, (_, i) => Math.tanh(i % 2 === 0 ? 3 : -1));
  allClose(bounded.sample(arena, random, true).actions as Float32Array, means, 2e-7);
  assert.equal(random.saveState(), before);
});

test("the exponential form keeps ln σ in [−20, 2]; first deviations are e^−0.5 and 0.3655", () => {
  const point = (extra: number[]) =>
    new DistributionPoint(new GaussianActions(2), new Float32Array(2), Float32Array.from(extra));
  const constant = 2 * 0.5 * Math.log(2 * Math.PI * Math.E);
  allClose(point([-30, 5]).entropy(), [-18 + constant], 1e-5);
  assert.equal(new GaussianActions(1).initialExtra, Float32Array.of(-0.5));
  const { initialExtra } = new GaussianActions(1, { form: "sigmoid" });
  close(0.5 / (1 + Math.exp(-initialExtra[0])), 0.3655, 5e-5);
});

test("exponents beyond their bounds come back to where they have a gradient, with the distribution that they were", () => {
  const distribution = new GaussianActions(4);
  const extra = Float32Array.of(-30, 5, -0.3, 2);
  const before = new DistributionPoint(distribution, new Float32Array(4), extra.slice()).entropy();
  distribution.confine(extra);
  assert.equal(extra, Float32Array.of(-20, 2, -0.3, 2));
  const point = new DistributionPoint(distribution, new Float32Array(4), extra);
  assert.equal(point.entropy(), before);
  const slopes = grad((p: Tensor) => sum(distribution.entropy(p, reshape(p, [4]))));
  assert.equal(slopes({ shape: [1, 4], values: extra }).values, Float32Array.of(1, 1, 1, 1));
  const other = new GaussianActions(1, { form: "sigmoid" });
  const free = Float32Array.of(50);
  other.confine(free);
  assert.equal(free, Float32Array.of(50));
});

test("the metric is the Hessian of the mean KL by means and parameters", () => {
  fc.assert(
    fc.property(cases, (drawn) => {
      const { random, distribution, point } = draw(drawn);
      const { output, extra, rows } = point;
      const direction = {
        output: normals(random, output.values.length),
        extra: normals(random, extra.length),
      };
      const loss = (at: { output: Tensor; extra: Tensor }) =>
        mean(distribution.kl(output.values, extra, at.output, at.extra));
      const expected = hvp(
        loss,
        { output, extra },
        { ...direction, output: { ...output, values: direction.output } },
      );
      arena.scope(() => {
        const metric = distribution.metric(arena, arena.place(output.values), arena.place(extra), rows);
        const [means, parameters] = [arena.place(direction.output), arena.place(direction.extra)];
        metric(means, parameters, 1 / rows);
        const scale = 1 + expected.output.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        allClose(arena.read(means, direction.output.length), expected.output.values, 1e-5 * scale, "means");
        allClose(arena.read(parameters, extra.length), expected.extra, 1e-5 * scale, "parameters");
      });
    }),
    { numRuns: 60 },
  );
});

test("what does not fit is refused with what to do", () => {
  const distribution = new GaussianActions(2);
  const point = new DistributionPoint(distribution, new Float32Array(4));
  refuses(() => new GaussianActions(0), "0 action dimensions");
  refuses(() => new GaussianActions(1, { form: "sigmoid", y: 0 }), "positive");
  for (const initial of [-20.1, 2.1, Number.NaN]) {
    refuses(() => new GaussianActions(1, { form: "exponential", initial }), `${initial}`, "from -20 to 2");
  }
  for (const initial of [-41, 41, Number.NaN, Number.POSITIVE_INFINITY]) {
    refuses(() => new GaussianActions(1, { form: "sigmoid", x: 2, initial }), `${initial}`, "from -40 to 40");
  }
  refuses(() => point.logProb(Int32Array.of(1, 2, 3, 4)), "Float32Array");
  refuses(() => point.logProb(new Float32Array(3)), "3");
  const masked = new DistributionPoint(distribution, new Float32Array(4), undefined, new Uint8Array(4));
  refuses(() => masked.entropy(), "masks");
  refuses(
    () => distribution.sample(arena, new Float32Array(4), undefined, 2, Random.fromSeed(1), false),
    "2 parameters are missing",
  );
});

test.run();
