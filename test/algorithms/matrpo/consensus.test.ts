import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  activate,
  ConsensusMember,
  memberLinks,
  rememberLink,
} from "../../../src/algorithms/matrpo/consensus.ts";
import { connect, type Link } from "../../../src/algorithms/matrpo/link.ts";
import { line, ring, star, type Topology } from "../../../src/algorithms/matrpo/topology.ts";
import { SubspaceSolver } from "../../../src/algorithms/trust-region/subspace-solver.ts";
import type { ThetaStep } from "../../../src/algorithms/trust-region/theta-step.ts";
import { createArena } from "../../../src/kernels/arena.ts";
import type { Arena } from "../../../src/kernels/memory.ts";
import { Random } from "../../../src/tensor/random.ts";
import { close } from "../../support/close.ts";
import {
  type ConsensusProblem,
  centralisedOptimum,
  denseLinearisation,
  objective,
  randomProblem,
} from "../../support/consensus-problem.ts";
import { apply, axpy, dot, norm } from "../../support/dense.ts";

interface Run {
  readonly steps: readonly number[][];
  readonly members: readonly ConsensusMember[];
}

/** Random asynchronous ADMM with the solver of the package, in a basis that fills the whole space. */
function admm(
  arena: Arena,
  problem: ConsensusProblem,
  activations: number,
  { penalty = 1, dual = 0, thetaStep = "exact" as ThetaStep, seed = 7 } = {},
): Run {
  const ends: { link: Link; sign: 1 | -1 }[][] = problem.scores.map(() => []);
  for (const [i, j] of problem.links) {
    const [first, second] = connect(i, j);
    ends[i].push({ link: first, sign: 1 });
    ends[j].push({ link: second, sign: -1 });
  }
  const options = {
    thetaStep,
    maxKl: problem.maxKl,
    cgDamping: 0,
    subspaceStart: problem.size,
    subspaceGrowth: 1,
    subspaceInterval: 1,
    subspaceTolerance: null,
    subspaceLimit: 1,
  };
  const solvers = problem.scores.map((_, i) => {
    const policy = denseLinearisation(arena, problem, i);
    const copy = (r: number, out: number) => arena.kernels.scaleF32(1, r, out, problem.size);
    return new SubspaceSolver(arena, policy, copy, activations, options);
  });
  const members = solvers.map((solver, i) => {
    const links = ends[i].map(({ link, sign }) => rememberLink(arena, link, sign, problem.samples, dual));
    const advantages = arena.place(Float32Array.from(problem.advantages[i]));
    const terms = { advantages, components: problem.samples, samples: problem.samples, links, penalty };
    return new ConsensusMember(arena, `agent ${i}`, terms, solver);
  });
  const links = memberLinks(problem.links);
  const random = Random.fromSeed(seed);
  for (let turn = 0; turn < activations; turn++) activate(members, links[random.integer(links.length)]);
  const steps = solvers.map((solver) => {
    const out = arena.allocateF32(problem.size);
    solver.readStep(out);
    return Array.from(arena.f32(out, problem.size));
  });
  return { steps, members };
}

function disagreement(problem: ConsensusProblem, steps: readonly number[][]): number {
  const ratios = steps.map((x, i) => apply(problem.scores[i], x));
  return Math.max(
    ...problem.links.map(([i, j]) => norm(axpy(-1, ratios[i], ratios[j])) / Math.sqrt(problem.samples)),
  );
}

const cases: readonly (readonly [string, Topology, samples: number, size: number, fisher: boolean])[] = [
  ["ring of 3, more samples than parameters", ring(3), 10, 8, false],
  ["ring of 3, fewer samples than parameters", ring(3), 6, 10, false],
  ["ring of 3, H = G", ring(3), 10, 8, true],
  ["line of 3", line(3), 10, 8, false],
  ["two agents, one link", ring(2), 9, 7, false],
  ["star of 4", star(4), 9, 8, false],
];

for (const [index, [name, topology, samples, size, fisher]] of cases.entries()) {
  test(`exact steps reach the centralised optimum to 1e-6: ${name}`, () => {
    const problem = randomProblem(index + 1, topology.agents, samples, size, topology.links, fisher);
    const optimum = centralisedOptimum(problem);
    const { steps } = admm(createArena(), problem, 12_000, { penalty: 10 });
    close(objective(problem, steps), optimum, 1e-6 * Math.max(1, optimum), "objective");
    assert.ok(disagreement(problem, steps) < 1e-4, `consensus ${disagreement(problem, steps)}`);
    for (const [i, x] of steps.entries()) {
      const kl = 0.5 * dot(x, apply(problem.metrics[i], x));
      assert.ok(kl <= problem.maxKl * (1 + 1e-5), `KL of agent ${i}: ${kl}`);
    }
  });
}

test("with H = G the paper's boundary step reaches the optimum too", () => {
  const problem = randomProblem(3, 3, 10, 8, ring(3).links, true);
  const { steps } = admm(createArena(), problem, 12_000, { thetaStep: "boundary" });
  close(objective(problem, steps), centralisedOptimum(problem), 1e-5, "objective");
});

test("first multipliers of one and of zero give the same steps on a ring, not on a line", () => {
  for (const [topology, same] of [
    [ring(4), true],
    [line(4), false],
  ] as const) {
    const problem = randomProblem(11, 4, 9, 8, topology.links);
    const [zero, one] = [0, 1].map((dual) => admm(createArena(), problem, 60, { dual }));
    const distance = Math.max(...zero.steps.map((x, i) => norm(axpy(-1, x, one.steps[i]))));
    if (same) assert.ok(distance < 1e-5, `ring: ${distance}`);
    else assert.ok(distance > 1e-3, `line: ${distance}`);
  }
});

test("both ends of a link hold the same mean and multiplier, to the bit", () => {
  const arena = createArena();
  const problem = randomProblem(5, 3, 10, 8, ring(3).links);
  const { members } = admm(arena, problem, 50);
  for (const { agents, ends } of memberLinks(problem.links)) {
    const [first, second] = agents.map((agent, side) => members[agent].links[ends[side]]);
    for (const field of ["mean", "dual"] as const) {
      assert.equal(arena.read(first[field], 10), arena.read(second[field], 10), field);
    }
  }
});

test.run();
