import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ConjugateGradientSolver } from "../../../src/algorithms/trust-region/conjugate-gradient-solver.ts";
import { SubspaceSolver } from "../../../src/algorithms/trust-region/subspace-solver.ts";
import type { ThetaSolver, ThetaStep } from "../../../src/algorithms/trust-region/theta-step.ts";
import { createArena } from "../../../src/kernels/arena.ts";
import { allClose, close } from "../../support/close.ts";
import { denseLinearisation, randomProblem } from "../../support/consensus-problem.ts";
import { apply, axpy, dot, norm, transpose } from "../../support/dense.ts";

const damping = 0.02;
/** No tolerance: the schedule alone. */
const scheduled = { subspaceTolerance: null, subspaceLimit: 1 } as const;

/** One agent's subproblem, the target v = its advantages, solved in the whole space. */
function solveOnce(
  seed: number,
  thetaStep: ThetaStep,
  k: number,
  maxKl: number,
  way: "subspace" | "cg",
  asks = true,
) {
  const arena = createArena();
  const problem = randomProblem(seed, 1, 14, 9, [], seed % 2 === 0, maxKl);
  const policy = denseLinearisation(arena, problem, 0);
  const copy = (r: number, out: number) => arena.kernels.scaleF32(1, r, out, problem.size);
  const step = { thetaStep, maxKl, cgDamping: damping };
  const basis = { subspaceStart: problem.size, subspaceGrowth: 1, subspaceInterval: 1, ...scheduled };
  const solver: ThetaSolver =
    way === "subspace"
      ? new SubspaceSolver(arena, policy, copy, 2, { ...step, ...basis })
      : new ConjugateGradientSolver(arena, policy, undefined, {
          ...step,
          cgIterations: 60,
          cgTolerance: 1e-14,
        });
  const target = arena.place(Float32Array.from(problem.advantages[0]));
  const logRatio = arena.place(new Float32Array(problem.samples));
  for (let twice = 0; twice < 2; twice++) solver.solve(target, k, asks ? logRatio : undefined); // the second fills the basis
  const out = arena.allocateF32(problem.size);
  solver.readStep(out);
  const x = Array.from(arena.f32(out, problem.size));
  return { problem, x, logRatio: arena.read(logRatio, problem.samples), curvature: solver.curvature() };
}

const scenes = fc.tuple(fc.nat(500), fc.constantFrom(0.05, 1, 20), fc.constantFrom(1e-4, 0.01, 5));

test("exact steps satisfy the KKT conditions of the full problem", () => {
  fc.assert(
    fc.property(scenes, ([seed, k, maxKl]) => {
      const { problem, x } = solveOnce(seed, "exact", k, maxKl, "subspace");
      const { samples } = problem;
      const jacobian = problem.scores[0];
      const metric = (y: number[]) => axpy(damping, y, apply(problem.metrics[0], y));
      const g = apply(transpose(jacobian), problem.advantages[0]).map((value) => value / samples);
      const jx = apply(jacobian, x);
      const slope = axpy(-k / samples, apply(transpose(jacobian), jx), g); // g − k G x
      const kl = 0.5 * dot(x, metric(x));
      assert.ok(kl <= maxKl * (1 + 1e-5), `KL ${kl} of ${maxKl}`);
      const multiplier = dot(slope, x) / (2 * kl);
      assert.ok(multiplier > -1e-5 * norm(g), `multiplier ${multiplier}`);
      if (kl < 0.999 * maxKl) close(multiplier * norm(x), 0, 2e-4 * norm(g), "interior multiplier");
      const residual = axpy(-multiplier, metric(x), slope);
      close(norm(residual), 0, 3e-4 * norm(g), "KKT residual");
    }),
    { numRuns: 150 },
  );
});

test("subspace and conjugate gradients find the same steps, exact and boundary", () => {
  fc.assert(
    fc.property(scenes, fc.constantFrom<ThetaStep>("exact", "boundary"), ([seed, k, maxKl], thetaStep) => {
      const first = solveOnce(seed, thetaStep, k, maxKl, "subspace");
      const second = solveOnce(seed, thetaStep, k, maxKl, "cg");
      allClose(first.x, second.x, 2e-3 * norm(first.x), "x");
      allClose(first.logRatio, second.logRatio, 4e-3 * norm(Array.from(first.logRatio)), "log-ratio");
      close(first.curvature, second.curvature, 1e-2 * first.curvature, "curvature");
    }),
    { numRuns: 60 },
  );
});

test("the reported log-ratios and curvature are those of the step", () => {
  const { problem, x, logRatio, curvature } = solveOnce(4, "exact", 1, 0.01, "subspace");
  allClose(logRatio, apply(problem.scores[0], x), 1e-5, "J x");
  close(curvature, dot(x, apply(problem.metrics[0], x)), 1e-6, "xᵀHx");
});

test("the steps are the same bits whether log-ratios are asked for or not", () => {
  for (const way of ["subspace", "cg"] as const) {
    const [heard, silent] = [true, false].map((asks) => solveOnce(5, "exact", 1, 0.01, way, asks));
    assert.equal(silent.x, heard.x);
    assert.ok(norm(Array.from(heard.logRatio)) > 0);
    assert.equal(silent.logRatio, new Float32Array(heard.logRatio.length));
  }
});

test("boundary steps end on the boundary", () => {
  const { problem, x } = solveOnce(7, "boundary", 1, 0.01, "subspace");
  close(0.5 * (dot(x, apply(problem.metrics[0], x)) + damping * dot(x, x)), 0.01, 1e-6, "KL");
});

/** Three solves for changing wishes, the steps after the last, and what the solver says of itself. */
function solveThrice(seed: number, subspaceTolerance: number, subspaceLimit = 64) {
  const arena = createArena();
  const problem = randomProblem(seed, 1, 40, 24, [], true, 0.01);
  const policy = denseLinearisation(arena, problem, 0);
  const copy = (r: number, out: number) => arena.kernels.scaleF32(1, r, out, problem.size);
  const step = { thetaStep: "exact", maxKl: 0.01, cgDamping: damping } as const;
  const basis = {
    subspaceStart: 1,
    subspaceGrowth: 0,
    subspaceInterval: 1,
    subspaceTolerance,
    subspaceLimit,
  };
  const solver = new SubspaceSolver(arena, policy, copy, 3, { ...step, ...basis });
  const wishes = [0, 1, 2].map((i) => problem.advantages[0].map((value, row) => value + i * Math.sin(row)));
  for (const wish of wishes) solver.solve(arena.place(Float32Array.from(wish)), 1);
  const out = arena.allocateF32(problem.size);
  solver.readStep(out);
  return { problem, wishes, x: Array.from(arena.f32(out, problem.size)), ...solver.statistics };
}

test("with a tolerance every solve grows until its residual is that small, and no further", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const exact = solveThrice(seed, 1e-6);
    const runs = [0.3, 0.1, 0.03, 0.01].map((tolerance) => ({ tolerance, ...solveThrice(seed, tolerance) }));
    const sizes = runs.map(({ basisSize }) => basisSize);
    assert.equal(
      sizes,
      sizes.toSorted((a, b) => a - b),
      "a smaller tolerance needs no fewer vectors",
    );
    assert.ok(sizes[0] < sizes[3], `basis of ${sizes}`);
    for (const { tolerance, residual, x } of runs) {
      assert.ok(residual <= tolerance, `residual ${residual} of ${tolerance}`);
      const error = norm(axpy(-1, exact.x, x)) / norm(exact.x);
      // Twice the worst of these seeds, 3.03; the residual is no bound on the step, but goes with it.
      assert.ok(error <= 6 * tolerance, `step off by ${error} at a tolerance of ${tolerance}`);
    }
  }
});

test("a basis with a tolerance ends at its limit, and says what residual the last solve leaves", () => {
  const { problem, wishes, x, basisSize, residual } = solveThrice(3, 1e-6, 5);
  const { samples, size } = problem;
  const transposed = transpose(problem.scores[0]);
  const gradients = wishes.map((wish) => apply(transposed, wish).map((value) => value / samples));
  const slope = axpy(-1 / samples, apply(transposed, apply(problem.scores[0], x)), gradients[2]); // k = 1
  const metric = axpy(damping, x, apply(problem.metrics[0], x));
  const left = axpy(-dot(slope, x) / dot(x, metric), metric, slope);
  assert.is(basisSize, 5);
  assert.ok(size > 5);
  close(residual, norm(left) / norm(gradients[0]), 1e-3 * residual, "relative residual");
});

test("a wish for nothing gives the zero step", () => {
  const arena = createArena();
  const problem = randomProblem(1, 1, 8, 5, []);
  const policy = denseLinearisation(arena, problem, 0);
  const options = { thetaStep: "exact", maxKl: 0.01, cgDamping: 0.1 } as const;
  const basis = { subspaceStart: 2, subspaceGrowth: 1, subspaceInterval: 1, ...scheduled };
  const copy = (r: number, out: number) => arena.kernels.scaleF32(1, r, out, 5);
  const solver = new SubspaceSolver(arena, policy, copy, 3, { ...options, ...basis });
  const target = arena.place(new Float32Array(8));
  const logRatio = arena.allocateF32(8);
  for (let i = 0; i < 3; i++) solver.solve(target, 1, logRatio);
  assert.equal(Array.from(arena.read(logRatio, 8)), new Array(8).fill(0));
  assert.is(solver.statistics.basisSize, 0);
  assert.is(solver.curvature(), 0);
});

test.run();
