import { test } from "uvu";
import * as assert from "uvu/assert";
import { PolicyExpansion } from "../../../src/algorithms/trust-region/policy-expansion.ts";
import { createArena } from "../../../src/kernels/arena.ts";
import type { Arena } from "../../../src/kernels/memory.ts";
import { initializeMlp } from "../../../src/nn/mlp.ts";
import { conjugateGradient } from "../../../src/optim/conjugate-gradient.ts";
import { Random } from "../../../src/tensor/random.ts";
import { allClose, close } from "../../support/close.ts";

const shape = { sizes: [4, 9, 7, 8], activation: "tanh" } as const; // smooth, so that differences can be sharp
const headSizes = [3, 5];
const rows = 301;

interface Scene {
  readonly arena: Arena;
  readonly parameters: Float32Array;
  readonly expansion: PolicyExpansion;
  vector(length: number): { pointer: number; values: Float32Array };
}

function scene(consensus: "per-head" | "joint" = "per-head"): Scene {
  const arena = createArena();
  const random = Random.fromSeed(5);
  const parameters = initializeMlp(shape, random, { heads: headSizes, outputGain: 0.7 });
  const normal = (length: number) => Float32Array.from({ length }, () => random.normal());
  const data = {
    observations: arena.place(normal(rows * 4)),
    actions: arena.place(Int32Array.from({ length: rows * 2 }, (_, i) => random.integer(headSizes[i % 2]))),
    rows,
    fisherRows: Int32Array.from({ length: rows }, (_, row) => row),
  };
  const expansion = new PolicyExpansion(arena, shape, headSizes, parameters, data, { consensus });
  const vector = (length: number) => {
    const values = normal(length);
    return { pointer: arena.place(values), values };
  };
  return { arena, parameters, expansion, vector };
}

const move = (parameters: Float32Array, direction: Float32Array, scale: number) =>
  parameters.map((value, i) => value + scale * direction[i]);

for (const consensus of ["per-head", "joint"] as const) {
  test(`J x is the derivative of the true log-ratios (${consensus})`, () => {
    const { arena, parameters, expansion, vector } = scene(consensus);
    assert.is(expansion.components, consensus === "joint" ? rows : 2 * rows);
    const direction = vector(expansion.size);
    const out = arena.allocateF32(expansion.components);
    expansion.score(direction.pointer, out);
    const analytic = arena.read(out, expansion.components);
    const step = 1e-3;
    expansion.evaluate(move(parameters, direction.values, step), out);
    const ahead = arena.read(out, expansion.components);
    expansion.evaluate(move(parameters, direction.values, -step), out);
    const behind = arena.read(out, expansion.components);
    const scale = Math.max(...analytic.map(Math.abs));
    const differences = ahead.map((value, i) => (value - behind[i]) / (2 * step));
    allClose(analytic, differences, 1e-3 * scale, "log-ratio");
  });

  test(`Jᵀ is the transpose of J (${consensus})`, () => {
    const { arena, expansion, vector } = scene(consensus);
    const { kernels } = arena;
    const x = vector(expansion.size);
    const u = vector(expansion.components);
    const jx = arena.allocateF32(expansion.components);
    const jtu = arena.allocateF32(expansion.size);
    expansion.score(x.pointer, jx);
    expansion.scoreTranspose(u.pointer, jtu);
    const left = kernels.dotF32(u.pointer, jx, expansion.components);
    const scale = Math.sqrt(kernels.dotF32(jx, jx, expansion.components) * expansion.components);
    close(kernels.dotF32(jtu, x.pointer, expansion.size), left, 1e-5 * scale, "adjoint");
  });
}

test("½ xᵀHx is the mean KL to second order, and both ways to H x agree", () => {
  const { arena, parameters, expansion, vector } = scene();
  const x = vector(expansion.size);
  const [fisher, shared] = [arena.allocateF32(expansion.size), arena.allocateF32(expansion.size)];
  expansion.fisher(x.pointer, fisher);
  expansion.scoreAndFisher(x.pointer, arena.allocateF32(expansion.components), shared);
  allClose(arena.read(fisher, expansion.size), arena.read(shared, expansion.size), 1e-5, "H x");
  const quadratic = 0.5 * arena.kernels.dotF32(x.pointer, fisher, expansion.size);
  const step = 1e-2;
  const kl = [step, -step].map((scale) => expansion.evaluate(move(parameters, x.values, scale)).kl);
  close((kl[0] + kl[1]) / 2 / (step * step), quadratic, 0.005 * quadratic, "KL / step²");
});

test("the policy at its own parameters has no divergence and log-ratios of zero", () => {
  const { arena, parameters, expansion } = scene();
  const out = arena.allocateF32(expansion.components);
  const { kl, headKl } = expansion.evaluate(parameters, out);
  close(kl, 0, 1e-9);
  allClose(headKl, new Float64Array(headKl.length), 1e-9);
  allClose(arena.read(out, expansion.components), new Float32Array(expansion.components), 1e-6);
});

test("K-FAC is positive definite and brings conjugate gradients closer in as many products", () => {
  const { arena, expansion, vector } = scene();
  const { kernels } = arena;
  const { size } = expansion;
  const damping = 0.01;
  const kfac = expansion.preconditioner(Random.fromSeed(1), damping);
  const apply = (x: number, out: number) => {
    expansion.fisher(x, out);
    kernels.axpyF32(damping, x, out, size);
  };
  const exact = vector(size);
  const rhs = arena.allocateF32(size);
  apply(exact.pointer, rhs);
  const common = { arena, apply, rhs, size, iterations: 12, tolerance: 0 };
  const distance = (precondition?: (r: number, out: number) => void): number => {
    const solution = arena.allocateF32(size);
    conjugateGradient({ ...common, solution, ...(precondition && { precondition }) });
    kernels.subtractF32(solution, exact.pointer, solution, size);
    const image = arena.allocateF32(size);
    apply(solution, image);
    return kernels.dotF32(solution, image, size);
  };
  const [plain, preconditioned] = [distance(), distance((r, out) => kfac.apply(r, out))];
  assert.ok(preconditioned < 0.5 * plain, `${preconditioned} against ${plain}`);
  const out = arena.allocateF32(size);
  for (let i = 0; i < 20; i++) {
    const r = vector(size);
    kfac.apply(r.pointer, out);
    assert.ok(kernels.dotF32(r.pointer, out, size) > 0, "rᵀP⁻¹r > 0");
  }
});

test.run();
