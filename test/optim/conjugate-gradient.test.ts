/** Solutions, stopping rules and memory on small dense systems. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Pointer } from "../../src/kernels/abi.ts";
import { createArena } from "../../src/kernels/arena.ts";
import {
  type ConjugateGradientOptions,
  type ConjugateGradientResult,
  conjugateGradient,
} from "../../src/optim/conjugate-gradient.ts";
import { cholesky, choleskySolve } from "../../src/tensor/cholesky.ts";
import { Random } from "../../src/tensor/random.ts";
import { close, sameBits } from "../support/close.ts";
import { gram, identity, minus, norm, normalMatrix, product } from "../support/matrices.ts";

const arena = createArena();

/** x ↦ A·x, in f64 between f32 vectors. */
function multiplyBy(a: Float64Array, n: number): (vector: Pointer, out: Pointer) => void {
  return (vector, out) => arena.f32(out, n).set(product(a, arena.f32(vector, n), n, n, 1));
}

interface Solved extends ConjugateGradientResult {
  readonly x: Float32Array;
}

type Settings = Partial<Omit<ConjugateGradientOptions, "arena" | "rhs" | "solution" | "size">>;

function solve(a: Float64Array, b: Float64Array, settings: Settings = {}, start?: Float64Array): Solved {
  const size = b.length;
  return arena.scope(() => {
    const solution = arena.place(Float32Array.from(start ?? b));
    const rhs = arena.place(Float32Array.from(b));
    const apply = multiplyBy(a, size);
    const options = {
      arena,
      apply,
      rhs,
      solution,
      size,
      iterations: 4 * size,
      tolerance: 1e-12,
      ...settings,
    };
    const before = arena.used;
    const result = conjugateGradient(options);
    assert.is(arena.used, before, "scratch is released");
    return { ...result, x: arena.read(solution, size) };
  });
}

function system(seed: number, n: number): { readonly a: Float64Array; readonly b: Float64Array } {
  const random = Random.fromSeed(seed);
  const unit = identity(n);
  const a = gram(normalMatrix(random, 2 * n, n), 2 * n, n, 2 * n).map((value, i) => value + 0.1 * unit[i]);
  return { a, b: normalMatrix(random, n, 1) };
}

test("random systems are solved to f32 accuracy", () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 25 }), (seed, n) => {
      const { a, b } = system(seed, n);
      const expected = choleskySolve(cholesky(a, n), n, b);
      close(norm(minus(solve(a, b).x, expected)) / norm(expected), 0, 2e-5, "relative error");
    }),
    { numRuns: 60 },
  );
});

test("k distinct eigenvalues take k iterations", () => {
  const a = identity(12).map((value, i) => value * (1 + (i % 3)));
  const { iterations, residualNorm } = solve(a, new Float64Array(12).fill(1), { tolerance: 1e-10 });
  assert.is(iterations, 3);
  assert.ok(residualNorm < 1e-5);
});

test("the inverse as preconditioner needs one iteration, the diagonal saves some", () => {
  const { a, b } = system(3, 20);
  const uneven = a.map((value, i) => value * 10 ** ((i % 20) % 4) * 10 ** (Math.floor(i / 20) % 4));
  const lower = cholesky(uneven, 20);
  const perfect = (r: Pointer, out: Pointer) =>
    arena.f32(out, 20).set(choleskySolve(lower, 20, Float64Array.from(arena.f32(r, 20))));
  const diagonal = (r: Pointer, out: Pointer) =>
    arena.f32(out, 20).set(arena.f32(r, 20).map((value, i) => value / uneven[21 * i]));
  const goal = { tolerance: 0, relativeTolerance: 1e-3, iterations: 200 };
  assert.is(solve(uneven, b, { ...goal, precondition: perfect }).iterations, 1);
  const plain = solve(uneven, b, goal).iterations;
  const scaled = solve(uneven, b, { ...goal, precondition: diagonal }).iterations;
  assert.ok(scaled < plain, `${scaled} < ${plain}`);
});

test("a warm start from the solution needs no iteration; without it the start is ignored", () => {
  const { a, b } = system(4, 10);
  const solution = choleskySolve(cholesky(a, 10), 10, b);
  assert.is(solve(a, b, { warmStart: true, tolerance: 1e-10 }, solution).iterations, 0);
  sameBits(solve(a, b, {}, solution).x, solve(a, b).x);
});

test("iterations are counted and capped, and the residual is reported", () => {
  const { a, b } = system(5, 15);
  const { iterations, residualNorm, x } = solve(a, b, { iterations: 3 });
  assert.is(iterations, 3);
  close(residualNorm, norm(minus(b, product(a, x, 15, 15, 1))), 1e-5 * norm(b));
});

test("both stopping rules stop at their bound", () => {
  const { a, b } = system(6, 20);
  for (const settings of [
    { tolerance: 1e-2, iterations: 100 },
    { tolerance: 0, relativeTolerance: 0.1 / norm(b), iterations: 100 },
  ]) {
    const stopped = solve(a, b, settings);
    assert.ok(stopped.residualNorm <= 0.1, `${stopped.residualNorm}`);
    const before = solve(a, b, { ...settings, iterations: stopped.iterations - 1 });
    assert.ok(before.residualNorm > 0.1, `${before.residualNorm}`);
  }
});

test("a zero right-hand side gives zero; negative curvature stops before harm", () => {
  const zero = solve(identity(4), new Float64Array(4), { tolerance: 0 });
  assert.is(zero.iterations, 0);
  sameBits(zero.x, new Float32Array(4));
  const negative = solve(
    identity(4).map((value) => -value),
    Float64Array.of(1, 2, 3, 4),
  );
  assert.is(negative.iterations, 0);
  sameBits(negative.x, new Float32Array(4));
});

test("a product that is not a number is an error, not the end of the search", () => {
  const odd = identity(3);
  odd[4] = Number.NaN;
  assert.throws(() => solve(odd, Float64Array.of(1, 2, 3)), /conjugate gradient: .* not finite/);
});

test("more iterations take no more memory", () => {
  const { a, b } = system(7, 16);
  solve(a, b, { iterations: 1, tolerance: 0 });
  const high = arena.highWater;
  solve(a, b, { iterations: 50, tolerance: 0 });
  assert.is(arena.highWater, high);
});

test.run();
