/** The wrapper that exchanges true log-ratios reports the step its trial accepted, and nothing when it accepted none. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type StepTrial, TrueRatioSolver } from "../../../src/algorithms/matrpo/true-ratio-solver.ts";
import { CandidateStep } from "../../../src/algorithms/trust-region/candidate-step.ts";
import { createArena } from "../../../src/kernels/arena.ts";
import { allClose, close, sameBits } from "../../support/close.ts";
import { fixedSolver, policyScene } from "../../support/policy-scene.ts";

const x = Float32Array.of(1, -2, 0.5);
const COMPONENTS = 4;

/** One solve with a trial that answers `scale` and writes 3s. */
function solved(scale: number) {
  const arena = createArena();
  const inner = fixedSolver(arena, x, 6);
  const offered: Float32Array[] = [];
  const trial: StepTrial = (step, logRatio) => {
    offered.push(arena.read(step, 3));
    arena.f32(logRatio, COMPONENTS).fill(3);
    return scale;
  };
  const solver = new TrueRatioSolver(arena, inner, 3, COMPONENTS, trial);
  const [target, logRatio, step] = [COMPONENTS, COMPONENTS, 3].map((n) => arena.allocateF32(n));
  solver.solve(target, 2.5, logRatio);
  solver.readStep(step);
  return {
    solver,
    inner,
    target,
    offered,
    logRatio: arena.read(logRatio, COMPONENTS),
    step: arena.read(step, 3),
  };
}

test("the question goes to the inner solver, its answer to the trial", () => {
  const { solver, inner, target, offered } = solved(1);
  assert.equal(inner.asked, [[target, 2.5, undefined]], "log-ratios that nobody hears are not computed");
  assert.is(offered.length, 1);
  sameBits(offered[0], x);
  assert.equal(solver.statistics, inner.statistics);
});

test("step and curvature are those of the scale that was accepted, log-ratios those of the trial", () => {
  for (const scale of [1, 0.5, 0.1]) {
    const { solver, step, logRatio } = solved(scale);
    allClose(step, [scale, -2 * scale, 0.5 * scale], 1e-7, "step");
    close(solver.curvature(), scale * scale * 6, 1e-12, "curvature");
    assert.is(solver.scale, scale);
    sameBits(logRatio, Float32Array.of(3, 3, 3, 3));
  }
});

test("when nothing is acceptable the step and the log-ratios are zero", () => {
  const { solver, step, logRatio } = solved(0);
  allClose(step, [0, 0, 0], 0, "step");
  sameBits(logRatio, new Float32Array(COMPONENTS));
  assert.is(solver.curvature(), 0);
  assert.is(solver.scale, 0);
});

test("with the agent's own search, what neighbours hear are the log-ratios of the policy at the reported step", () => {
  const scene = policyScene();
  const { arena, parameters, expansion, terms } = scene;
  const candidate = new CandidateStep(arena, "agent_0", parameters, expansion, terms, 0.01, {
    rescale: false,
    rescaleLimit: 1,
    lineSearch: "none",
    lineSearchSteps: 10,
    lineSearchShrink: 0.5,
    klTolerance: 1.5,
  });
  const length = 2 / Math.sqrt(scene.curvature(scene.uphill));
  for (const [direction, trial] of [
    [1, candidate.search],
    [1, candidate.measure],
    [-1, candidate.search],
  ] as const) {
    const long = scene.uphill.map((value) => direction * length * value);
    const inner = fixedSolver(arena, long, scene.curvature(long));
    const solver = new TrueRatioSolver(arena, inner, expansion.size, terms.components, trial);
    const logRatio = arena.allocateF32(terms.components);
    solver.solve(terms.advantages, 1, logRatio);
    const step = arena.allocateF32(expansion.size);
    solver.readStep(step);
    const moved = parameters.map((value, i) => value + arena.f32(step, expansion.size)[i]);
    const { kl, logRatios } = scene.moved(moved);
    allClose(arena.read(logRatio, terms.components), logRatios, 2e-6, "log-ratio");
    if (direction < 0) assert.is(kl, 0);
    else if (trial === candidate.search) assert.ok(kl > 0.003 && kl <= 0.015, `KL ${kl}`);
    else assert.ok(kl > 0.015, `KL ${kl}`);
  }
});

test.run();
