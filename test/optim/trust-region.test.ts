/** The consensus subproblem on random instances: KKT conditions, closed forms, no better feasible point. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { factorPencil, scaleToTrustRegion, solveBoundary, solveExact } from "../../src/optim/trust-region.ts";
import { cholesky, choleskySolve, NotPositiveDefiniteError } from "../../src/tensor/cholesky.ts";
import { Random } from "../../src/tensor/random.ts";
import { NonFiniteError } from "../../src/validation/errors.ts";
import { allClose, close } from "../support/close.ts";
import {
  dot,
  gram,
  identity,
  minus,
  norm,
  normalMatrix,
  product,
  quadraticForm,
} from "../support/matrices.ts";

interface Instance {
  readonly n: number;
  readonly G: Float64Array;
  readonly H: Float64Array;
  readonly g: Float64Array;
}

/** G = JᵀJ/B and g = Jᵀa/B of `rows` samples; H is G itself (`fisher`) or unrelated and damped. */
function instance(seed: number, n: number, rows: number, fisher: boolean): Instance {
  const random = Random.fromSeed(seed);
  const jacobian = normalMatrix(random, rows, n);
  const advantages = normalMatrix(random, rows, 1);
  const G = gram(jacobian, rows, n, rows);
  const unit = identity(n);
  const other = gram(normalMatrix(random, n, n), n, n, n).map((value, i) => value + 0.05 * unit[i]);
  const g = product(advantages, jacobian, 1, rows, n).map((value) => value / rows);
  return { n, G, H: fisher ? G : other, g };
}

const settings = {
  seed: fc.nat(),
  n: fc.integer({ min: 1, max: 12 }),
  k: fc.double({ min: 0.01, max: 30, noNaN: true }),
  delta: fc.integer({ min: -5, max: 1 }).map((power) => 10 ** power),
  fisher: fc.boolean(),
};

/** ‖(kG + μH)c − g‖ / ‖g‖. */
function stationarity({ n, G, H, g }: Instance, step: Float64Array, k: number, multiplier: number): number {
  const left = minus(
    product(G, step, n, n, 1).map((value) => k * value),
    product(H, step, n, n, 1),
    -multiplier,
  );
  return norm(minus(left, g)) / norm(g);
}

test("the exact step satisfies the KKT conditions, residual ≤ 1e-12", () => {
  const seen = { interior: 0, boundary: 0 };
  fc.assert(
    fc.property(fc.record(settings), ({ seed, n, k, delta, fisher }) => {
      const problem = instance(seed, n, 2 * n + 4, fisher);
      const { step, multiplier, interior } = solveExact(
        factorPencil(problem.G, problem.H, n),
        problem.g,
        k,
        delta,
      );
      const divergence = 0.5 * quadraticForm(problem.H, step);
      close(stationarity(problem, step, k, multiplier), 0, 1e-12, "stationarity");
      assert.is(interior, multiplier === 0);
      assert.ok(multiplier >= 0);
      if (interior) assert.ok(divergence <= delta * (1 + 1e-12));
      else close(divergence / delta, 1, 1e-12, "divergence / δ");
      seen[interior ? "interior" : "boundary"]++;
    }),
    { numRuns: 200 },
  );
  assert.ok(seen.interior > 0 && seen.boundary > 0, `both cases occur: ${JSON.stringify(seen)}`);
});

test("with G = H the exact step is min(1/k, √(2δ/gᵀH⁻¹g)) H⁻¹g", () => {
  fc.assert(
    fc.property(fc.record(settings), ({ seed, n, k, delta }) => {
      const { G, H, g } = instance(seed, n, 2 * n + 4, true);
      const natural = choleskySolve(cholesky(H, n), n, g);
      const scale = Math.min(1 / k, scaleToTrustRegion(dot(g, natural), delta));
      const expected = natural.map((value) => scale * value);
      const { step } = solveExact(factorPencil(G, H, n), g, k, delta);
      close(norm(minus(step, expected)) / norm(expected), 0, 1e-10, "relative difference");
    }),
    { numRuns: 100 },
  );
});

test("with singular G (fewer samples than directions) no feasible random point is better", () => {
  for (let seed = 0; seed < 60; seed++) {
    const n = 9;
    const k = 2;
    const delta = seed % 2 === 0 ? 0.01 : 10;
    const problem = instance(seed, n, 5, false);
    const { G, H, g } = problem;
    const { step, multiplier } = solveExact(factorPencil(G, H, n), g, k, delta);
    const objective = (x: Float64Array) => 0.5 * k * quadraticForm(G, x) - dot(g, x);
    const divergence = (x: Float64Array) => 0.5 * quadraticForm(H, x);
    const best = objective(step);
    close(stationarity(problem, step, k, multiplier), 0, 1e-12, "stationarity");
    assert.ok(divergence(step) <= delta * (1 + 1e-12), `feasible: ${divergence(step)} of ${delta}`);
    const random = Random.fromSeed(seed).derive("trials");
    for (let trial = 0; trial < 300; trial++) {
      const spread = norm(step) / 10 ** (trial % 6);
      const point = minus(step, normalMatrix(random, n, 1), spread);
      const shrink = Math.min(1, Math.sqrt(delta / divergence(point)));
      const rival = objective(point.map((value) => value * shrink));
      assert.ok(rival >= best - 1e-12 * Math.abs(best), `seed ${seed}: ${rival} beats ${best}`);
    }
  }
});

test("one direction has the closed form min(g/(kG), √(2δ/H))", () => {
  const pencil = factorPencil(Float64Array.of(3), Float64Array.of(0.5), 1);
  const inside = solveExact(pencil, Float64Array.of(0.6), 2, 0.01);
  close(inside.step[0], 0.1, 1e-16);
  assert.is(inside.multiplier, 0);
  const outside = solveExact(pencil, Float64Array.of(-6), 2, 0.01);
  close(outside.step[0], -0.2, 1e-15);
  close(outside.multiplier, (6 - 2 * 3 * 0.2) / (0.5 * 0.2), 1e-12);
});

test("a gradient along a direction that G does not curve goes to the boundary", () => {
  const pencil = factorPencil(Float64Array.of(1, 0, 0, 0), identity(2), 2);
  const { step, multiplier, interior } = solveExact(pencil, Float64Array.of(0, 1e-3), 5, 0.02);
  allClose(step, [0, 0.2], 1e-15);
  close(multiplier, 5e-3, 1e-15);
  assert.not(interior);
});

test("round-off of g in the null space of G does not blow the step up", () => {
  const pencil = factorPencil(Float64Array.of(1, 0, 0, 1e-16), identity(2), 2);
  assert.is(pencil.values[0], 0);
  const { step, interior } = solveExact(pencil, Float64Array.of(0.1, 1e-15), 1, 1);
  allClose(step, [0.1, 0], 1e-15);
  assert.ok(interior);
});

test("without a quadratic term (k = 0) the exact step is the boundary step", () => {
  const { n, G, H, g } = instance(5, 8, 20, false);
  const pencil = factorPencil(G, H, n);
  const exact = solveExact(pencil, g, 0, 0.01);
  const boundary = solveBoundary(pencil, g, 0.01);
  allClose(exact.step, boundary.step, 1e-12);
  close(exact.multiplier, boundary.multiplier, 1e-12 * boundary.multiplier);
});

test("the boundary step satisfies μHc = g and ½cᵀHc = δ", () => {
  fc.assert(
    fc.property(fc.record(settings), ({ seed, n, delta }) => {
      const problem = instance(seed, n, 2 * n + 4, false);
      const { step, multiplier } = solveBoundary(factorPencil(problem.G, problem.H, n), problem.g, delta);
      close(stationarity(problem, step, 0, multiplier), 0, 1e-12, "stationarity");
      close((0.5 * quadraticForm(problem.H, step)) / delta, 1, 1e-12, "divergence / δ");
    }),
    { numRuns: 100 },
  );
});

test("a zero gradient and an empty basis give the zero step", () => {
  const pencil = factorPencil(identity(2), identity(2), 2);
  assert.equal(solveExact(pencil, new Float64Array(2), 1, 0.01), {
    step: new Float64Array(2),
    multiplier: 0,
    interior: true,
  });
  assert.equal(solveBoundary(pencil, new Float64Array(2), 0.01), {
    step: new Float64Array(2),
    multiplier: 0,
  });
  const empty = factorPencil(new Float64Array(0), new Float64Array(0), 0);
  assert.is(solveExact(empty, new Float64Array(0), 1, 0.01).step.length, 0);
});

test("scaling to the trust region puts ½xᵀHx at δ and leaves a zero form alone", () => {
  const scale = scaleToTrustRegion(0.08, 0.01);
  close(0.5 * scale * scale * 0.08, 0.01, 1e-17);
  assert.is(scaleToTrustRegion(0, 0.01), 0);
  assert.is(scaleToTrustRegion(-1e-20, 0.01), 0);
  assert.is(scaleToTrustRegion(Number.NaN, 0.01), 0);
});

test("an indefinite metric and a gradient with NaN are refused", () => {
  assert.throws(
    () => factorPencil(identity(2), Float64Array.of(1, 2, 2, 1), 2),
    (error: unknown) => error instanceof NotPositiveDefiniteError && error.pivot === 1,
  );
  const pencil = factorPencil(identity(2), identity(2), 2);
  const broken = Float64Array.of(1, Number.NaN);
  const refused = (error: unknown) => error instanceof NonFiniteError;
  assert.throws(() => solveExact(pencil, broken, 1, 0.01), refused);
  assert.throws(() => solveBoundary(pencil, broken, 0.01), refused);
});

test.run();
