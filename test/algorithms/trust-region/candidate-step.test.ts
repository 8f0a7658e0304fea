/** Candidate steps: stretched to the trust region, tested on the true policy, refused when worse or not finite. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  type CandidateOptions,
  CandidateStep,
  type PolicyUpdate,
} from "../../../src/algorithms/trust-region/candidate-step.ts";
import { lagrangian } from "../../../src/algorithms/trust-region/lagrangian.ts";
import { NonFiniteError } from "../../../src/validation/errors.ts";
import { allClose, close, sameBits } from "../../support/close.ts";
import { fixedSolver, type PolicyScene, policyScene } from "../../support/policy-scene.ts";

const defaults: CandidateOptions = {
  rescale: true,
  rescaleLimit: 1e6,
  lineSearch: "kl",
  lineSearchSteps: 20,
  lineSearchShrink: 0.8,
  klTolerance: 1.2,
};

const times = (x: Float32Array, factor: number) => x.map((value) => factor * value);
const candidate = (scene: PolicyScene, maxKl: number, options: Partial<CandidateOptions> = {}) => {
  const { arena, parameters, expansion, terms } = scene;
  const settings = { ...defaults, ...options };
  return new CandidateStep(arena, "agent_4", parameters, expansion, terms, maxKl, settings);
};

/** The update when the solver's step is x. */
function finish(
  scene: PolicyScene,
  x: Float32Array,
  maxKl: number,
  options: Partial<CandidateOptions> = {},
): PolicyUpdate {
  const { arena } = scene;
  const used = arena.used;
  const update = candidate(scene, maxKl, options).finish(fixedSolver(arena, x, scene.curvature(x)));
  assert.is(arena.used, used);
  const { kl, headKl } = scene.moved(update.parameters);
  close(update.kl, kl, 1e-6 + 1e-5 * kl, "reported KL");
  allClose(update.headKl, headKl, 1e-6 + 1e-5 * kl, "reported KL of a head");
  sameBits(update.parameters, expected(scene, x, update.scale), "parameter");
  return update;
}

const expected = ({ parameters }: PolicyScene, x: Float32Array, scale: number) =>
  parameters.map((value, i) => value + scale * x[i]);

test("rescaling brings a step of any length to a KL of δ", () => {
  for (const seed of [1, 2, 3]) {
    const scene = policyScene(seed);
    for (const length of [0.001, 1, 300]) {
      const x = times(scene.uphill, length);
      const { kl, scale } = finish(scene, x, 1e-3);
      close(kl, 1e-3, 3e-5, `KL, seed ${seed}, length ${length}`); // the KL is not quite quadratic
      const boundary = Math.sqrt(2e-3 / scene.curvature(x));
      close(scale, boundary, 1e-9 * boundary, "scale");
    }
  }
});

test("the stretch ends at its limit, and without rescaling the step is taken as it is", () => {
  const scene = policyScene();
  const boundary = Math.sqrt(2e-4 / scene.curvature(scene.uphill));
  const tenth = times(scene.uphill, boundary / 10);
  const limited = finish(scene, tenth, 1e-4, { rescaleLimit: 5 });
  assert.is(limited.scale, 5);
  close(limited.kl, 0.25e-4, 1e-6, "KL at half the radius");
  assert.is(finish(scene, tenth, 1e-4, { rescale: false }).scale, 1);
});

test("a step of zero leaves the policy where it is", () => {
  const scene = policyScene();
  const { parameters, kl, scale } = finish(scene, new Float32Array(scene.parameters.length), 0.01);
  sameBits(parameters, scene.parameters);
  assert.is(scale, 1, "it was not refused");
  close(kl, 0, 1e-9);
});

test("the line search takes the first scale whose true KL fits", () => {
  const scene = policyScene();
  const maxKl = 0.05;
  for (const [length, klTolerance] of [
    [6, 1],
    [12, 1.5],
    [20, 1.2],
  ]) {
    const x = times(scene.uphill, length / Math.sqrt(scene.curvature(scene.uphill)));
    const options = { rescale: false, lineSearchShrink: 0.7, klTolerance };
    const { kl, scale } = finish(scene, x, maxKl, options);
    const steps = Math.round(Math.log(scale) / Math.log(0.7));
    assert.ok(steps > 0, `${steps} steps back`);
    close(scale, 0.7 ** steps, 1e-12, "scale");
    assert.ok(kl <= klTolerance * maxKl);
    for (let before = 0; before < steps; before++) {
      const refused = scene.moved(expected(scene, x, 0.7 ** before)).kl;
      assert.ok(refused > klTolerance * maxKl, `scale ${0.7 ** before} has KL ${refused}`);
    }
  }
});

test("a search that runs out of scales refuses the step: parameters are the same bits", () => {
  const scene = policyScene();
  const x = times(scene.uphill, 6 / Math.sqrt(scene.curvature(scene.uphill)));
  const options = { rescale: false, lineSearchSteps: 3 };
  const { parameters, scale, kl } = finish(scene, x, 1e-3, options);
  assert.is(scale, 0);
  sameBits(parameters, scene.parameters);
  close(kl, 0, 1e-9);
});

test("without a line search the step is taken however far it leads", () => {
  const scene = policyScene();
  const x = times(scene.uphill, 6 / Math.sqrt(scene.curvature(scene.uphill)));
  const { kl, scale } = finish(scene, x, 1e-3, { rescale: false, lineSearch: "none" });
  assert.is(scale, 1);
  assert.ok(kl > 0.1);
  close(finish(scene, x, 1e-3, { lineSearch: "none" }).kl, 1e-3, 3e-5, "KL when stretched");
});

test("the Lagrangian test takes a step uphill and refuses the same step downhill", () => {
  for (const seed of [1, 2, 3]) {
    const scene = policyScene(seed);
    const options = { lineSearch: "lagrangian" } as const;
    const up = finish(scene, scene.uphill, 0.01, options);
    assert.ok(up.scale > 0 && up.kl > 0.005);
    const downhill = times(scene.uphill, -1);
    const down = finish(scene, downhill, 0.01, options);
    assert.is(down.scale, 0);
    sameBits(down.parameters, scene.parameters);
    assert.ok(finish(scene, downhill, 0.01).scale > 0, "the KL alone would have accepted it");
  }
});

test("the Lagrangian test also holds the true KL", () => {
  const scene = policyScene();
  const x = times(scene.uphill, 3 / Math.sqrt(scene.curvature(scene.uphill)));
  const { kl, scale } = finish(scene, x, 0.01, { rescale: false, lineSearch: "lagrangian" });
  assert.ok(scale > 0 && scale < 1);
  assert.ok(kl <= 0.012);
});

/** A finite step to where the network overflows. */
const overflowing = ({ parameters }: PolicyScene) => parameters.map(() => 3e38);

test("a step that is not finite is an error that names the agent", () => {
  const scene = policyScene();
  const refused = (x: Float32Array, options: Partial<CandidateOptions>, message: RegExp) => {
    const call = () => candidate(scene, 0.01, options).finish(fixedSolver(scene.arena, x, 1));
    assert.throws(call, (error: unknown) => error instanceof NonFiniteError && message.test(error.message));
  };
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const x = scene.uphill.slice();
    x[13] = bad;
    refused(x, {}, /agent_4.*step is not finite/);
  }
  refused(overflowing(scene), { rescale: false, lineSearch: "none" }, /agent_4.*KL is NaN/);
});

test("a line search steps back from where the KL is no number", () => {
  const scene = policyScene();
  const options = { rescale: false, lineSearchSteps: 30, lineSearchShrink: 0.01 };
  const { kl, scale } = finish(scene, overflowing(scene), 0.01, options);
  assert.ok(scale > 0 && scale < 1e-30 && kl <= 0.012);
});

/** Calls measure or search with the step x. */
function trial(scene: PolicyScene, way: "measure" | "search", x: Float32Array, maxKl: number) {
  const { arena, terms } = scene;
  return arena.scope(() => {
    const logRatio = arena.allocateF32(terms.components);
    const scale = candidate(scene, maxKl)[way](arena.place(x), logRatio);
    const after = lagrangian(arena, terms, logRatio);
    return { scale, logRatios: arena.read(logRatio, terms.components), after };
  });
}

test("measure writes the true log-ratios of the whole step and accepts it, wherever it leads", () => {
  const scene = policyScene();
  const x = times(scene.uphill, 2 / Math.sqrt(scene.curvature(scene.uphill)));
  const { scale, logRatios } = trial(scene, "measure", x, 1e-3);
  assert.is(scale, 1);
  allClose(logRatios, scene.moved(expected(scene, x, 1)).logRatios, 2e-6, "log-ratio");
});

test("search steps back to a true KL and a Lagrangian that fit and writes the log-ratios there", () => {
  const scene = policyScene();
  const x = times(scene.uphill, 2 / Math.sqrt(scene.curvature(scene.uphill)));
  const { scale, logRatios, after } = trial(scene, "search", x, 0.01);
  const there = scene.moved(expected(scene, x, scale));
  assert.ok(scale > 0 && scale < 1 && there.kl <= 0.012);
  assert.ok(scene.moved(expected(scene, x, scale / 0.8)).kl > 0.012, "one scale earlier was too far");
  allClose(logRatios, there.logRatios, 2e-6, "log-ratio");
  assert.ok(after <= lagrangian(scene.arena, scene.terms));
  assert.is(trial(scene, "search", times(x, -1), 0.01).scale, 0, "downhill");
});

test.run();
