/** The step of one TRPO learner against a dense implementation in f64 that shares no code with it. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { TrpoAgent } from "../../../src/algorithms/trpo/agent.ts";
import { type TrpoCentralOptions, trpoCentralSchema } from "../../../src/algorithms/trpo/options.ts";
import { createArena } from "../../../src/kernels/arena.ts";
import { Random } from "../../../src/tensor/random.ts";
import { validate } from "../../../src/validation/validate.ts";
import { close } from "../../support/close.ts";
import { norm } from "../../support/dense.ts";
import { type TrpoProblem, trpoReference } from "../../support/trpo-reference.ts";

const arena = createArena();
const headSizes = [2, 3];
const ROWS = 30;
const WIDTH = 3;

/** Enough products, or basis vectors, for the 39 unknowns. */
const exactly: TrpoCentralOptions = { cgIterations: 60, cgTolerance: 1e-16, subspaceStart: 39 };
const plain: TrpoCentralOptions = { rescale: false, lineSearch: "none", fisherSubsample: 1 };

function scene(seed: number, options: TrpoCentralOptions) {
  const settings = validate(
    trpoCentralSchema,
    { hiddenSizes: [4], activation: "tanh", policyOutputGain: 0.8, ...exactly, ...options },
    "options",
  );
  const random = Random.fromSeed(seed);
  const heads = { headSizes, first: 0, count: 2 };
  const noise = { random, choices: 3 };
  const agent = new TrpoAgent("agent_0", WIDTH, heads, settings, random.derive("agent"), noise);
  const normals = (length: number) => Float32Array.from({ length }, () => random.normal());
  const data = {
    observations: normals(ROWS * WIDTH),
    actions: Int32Array.from({ length: ROWS * 2 }, (_, i) => random.integer(headSizes[i % 2])),
    // Skewed, so that steps that are too long make the surrogate worse.
    advantages: normals(ROWS).map((value) => -Math.exp(2 * value) - 40),
  };
  const { shape, parameters } = agent.policy;
  const stride = settings.fisherSubsample;
  const fisherRows = Array.from({ length: ROWS / stride }, (_, i) => i * stride);
  const problem: TrpoProblem = { shape, headSizes, parameters, ...data, fisherRows };
  const improve = (maxKl: number) => agent.improve(arena, data, maxKl);
  return { problem, settings, improve, agent };
}

const seeds = [1, 2, 3, 5, 6];
const solvers: readonly TrpoCentralOptions[] = [
  { solver: "conjugate-gradient", preconditioner: "none" },
  { solver: "conjugate-gradient", preconditioner: "kfac" },
  { solver: "subspace", preconditioner: "kfac" },
  { solver: "subspace", preconditioner: "none" },
];

for (const options of solvers) {
  test(`the step is that of dense f64 algebra: ${JSON.stringify(options)}`, () => {
    for (const seed of seeds) {
      const { problem, improve } = scene(seed, { ...plain, ...options, cgDamping: 0.02 });
      const { parameters, scale, kl } = improve(0.01);
      const expected = trpoReference(problem, 0.01, 0.02);
      const step = Array.from(parameters, (value, i) => value - problem.parameters[i]);
      const error = norm(step.map((value, i) => value - expected.step[i])) / norm(expected.step);

      assert.ok(error < 1e-5, `seed ${seed}: relative error ${error}`);
      assert.is(scale, 1);
      close(kl, expected.at(1).kl, 1e-6, "KL");
    }
  });
}

test("strided rows make the Fisher matrix of every third row", () => {
  const { problem, improve } = scene(6, { ...plain, fisherSubsample: 3, fisherOrder: "strided" });
  const { parameters } = improve(0.01);
  const expected = trpoReference(problem, 0.01, 0.1);
  const step = Array.from(parameters, (value, i) => value - problem.parameters[i]);
  assert.ok(norm(step.map((value, i) => value - expected.step[i])) < 1e-5 * norm(expected.step));
});

/** A badly known metric and few parameters: what looks good on the expansion often is not. */
const rough: TrpoCentralOptions = {
  fisherSubsample: 15,
  fisherOrder: "strided",
  cgDamping: 0.01,
  hiddenSizes: [1],
};

test("the line search takes the first scale with true KL ≤ tolerance · δ and a surrogate that is not worse", () => {
  const reasons = { kl: 0, surrogate: 0, none: 0 };
  const regions = [
    { maxKl: 0.003, klTolerance: 1.2 },
    { maxKl: 0.3, klTolerance: 1 },
    { maxKl: 8, klTolerance: 100 },
  ];
  for (const seed of seeds) {
    for (const { maxKl, klTolerance } of regions) {
      const { problem, improve, settings } = scene(seed, { ...rough, lineSearch: "surrogate", klTolerance });
      const { scale, kl } = improve(maxKl);
      const expected = trpoReference(problem, maxKl, settings.cgDamping);
      const stretch = Math.sqrt((2 * maxKl) / expected.curvature);
      let wanted = Math.min(settings.rescaleLimit, stretch);
      const refusal = (): keyof typeof reasons => {
        const candidate = expected.at(wanted);
        if (candidate.kl > klTolerance * maxKl) return "kl";
        return candidate.gain < 0 ? "surrogate" : "none";
      };
      for (let reason = refusal(); reason !== "none"; reason = refusal()) {
        reasons[reason]++;
        wanted *= settings.lineSearchShrink;
      }
      reasons.none++;
      close(scale, wanted, 1e-3 * wanted, `seed ${seed}, δ ${maxKl}: scale`);
      close(kl, expected.at(scale).kl, 1e-4 * kl, "KL");
    }
  }
  assert.ok(reasons.kl > 10 && reasons.surrogate > 10, JSON.stringify(reasons));
});

test("improving leaves the policy alone; equal advantages give no step", () => {
  const { problem, improve, agent } = scene(7, plain);
  improve(0.01);
  assert.is(agent.policy.parameters, problem.parameters);
  problem.advantages.fill(-3);
  const { parameters, kl } = improve(0.01);
  assert.equal(parameters, problem.parameters);
  assert.is(kl, 0);
});

test.run();
