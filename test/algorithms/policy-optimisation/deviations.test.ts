/** Standard deviations of continuous actions: their forms, where they begin, and that they are learned. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { TaskShape } from "../../../src/algorithms/algorithm.ts";
import { algorithms } from "../../../src/algorithms/registry.ts";
import { A2po, Coppo, Happo, Hatrpo, Ippo, Mappo } from "../../../src/index.ts";
import { DistributionPoint } from "../../support/actions.ts";
import { aimingWorld } from "../../support/aiming-world.ts";
import { allClose, close } from "../../support/close.ts";
import { type FamilyId, familyIds, makeFamily, playedBatch } from "../../support/family.ts";
import { refuses } from "../../support/refuses.ts";
import { smallTraining } from "../../support/small-training.ts";
import { discreteTask } from "../../support/task.ts";

/** One and two dimensions. */
const real: TaskShape = {
  ...discreteTask({ agents: ["a", "b"], observationSizes: [3, 2], headSizes: [[], []] }),
  action: "continuous",
  actionSizes: [1, 2],
};

/** HARL's first σ, ½/(1 + e⁻¹). */
const SIGMOID_START = 0.3655293;
const EXPONENTIAL_START = Math.exp(-0.5);
/** ½ ln 2πe. */
const UNIT_ENTROPY = 0.5 * Math.log(2 * Math.PI * Math.E);

const firstDeviations = [
  { options: {}, sigma: EXPONENTIAL_START },
  { options: { deviationForm: "exponential", deviationStart: -1 }, sigma: Math.exp(-1) },
  { options: { deviationForm: "sigmoid" }, sigma: SIGMOID_START },
  { options: { deviationForm: "sigmoid", deviationStart: 3 }, sigma: 0.5 / (1 + Math.exp(-3)) },
];

/** Of each agent's first policy. */
function pointsOf(id: FamilyId, options: object): DistributionPoint[] {
  const { policies } = makeFamily(id, options, { task: real });
  return policies.map(({ distribution, extra }) => {
    return new DistributionPoint(distribution, new Float32Array(distribution.outputSize).fill(0.2), extra);
  });
}

for (const id of familyIds) {
  test(`${id}: first log-probabilities and entropies are those of the σ that the options name`, () => {
    for (const { options, sigma } of firstDeviations) {
      for (const [agent, point] of pointsOf(id, options).entries()) {
        const size = real.actionSizes[agent];
        const density = -0.5 * (0.5 / sigma) ** 2 - Math.log(sigma) - 0.5 * Math.log(2 * Math.PI);
        // Some roundings of f32 each.
        allClose(point.logProb(new Float32Array(size).fill(0.7)), [size * density], 2e-5, "log-probability");
        allClose(point.entropy(), [size * (Math.log(sigma) + UNIT_ENTROPY)], 2e-6, "entropy");
      }
    }
  });
}

test("a mean that is a tanh stays between −1 and 1, and bounds beyond are warned of once", () => {
  const bounds = [1, 2].map((size) => ({
    low: new Array<number>(size).fill(-1),
    high: new Array<number>(size).fill(1),
  }));
  const options = { outputGain: 50, meanForm: "tanh" };
  const largest = (given: object): number => {
    const trainer = makeFamily("mappo", { ...given, sharing: "separate" }, { task: real });
    const actions = new Float32Array(3 * 40);
    const observations = [3, 2].map((size) =>
      Float32Array.from({ length: 40 * size }, (_, i) => (i * 7) % 5),
    );
    trainer.act({ rows: 40, observations }, actions, true);
    return Math.max(...actions.map(Math.abs));
  };
  assert.ok(largest({ ...options, meanForm: "linear" }) > 2);
  assert.ok(largest(options) <= 1);
  const warnings = (high: number) => {
    const task = { ...real, bounds: [bounds[0], { ...bounds[1], high: [1, high] }] };
    const trainer = makeFamily("mappo", { ...options, sharing: "separate" }, { task });
    return [1, 2].map((seed) => {
      const batch = playedBatch(trainer, task, seed);
      const agents = batch.agents.map((agent) => ({
        ...agent,
        rewards: agent.rewards.map((_, row) => row % 3),
      }));
      return trainer.update({ ...batch, agents }).warnings;
    });
  };
  assert.equal(warnings(1), [[], []]);
  const [first, second] = warnings(1.5);
  assert.match(first[0], /b has actions beyond.*meanForm to "linear"/);
  assert.equal(second, []);
});

test("presets after HARL begin with its σ, all others with e^−½", () => {
  for (const id of familyIds) {
    for (const [name, preset] of Object.entries(algorithms[id].presets)) {
      const [point] = pointsOf(id, { ...preset, criticSharing: "separate" }); // agents see unequally much
      const harl = name !== "default" && (id === "happo" || id === "hatrpo");
      const sigma = Math.exp(point.entropy()[0] - UNIT_ENTROPY);
      close(sigma, harl ? SIGMOID_START : EXPONENTIAL_START, 2e-6, `${id} ${name}`);
    }
  }
});

test("a σ that steps took beyond its bound has a gradient at the next update", () => {
  const [policy] = makeFamily("ippo", {}, { task: real }).policies;
  const parameters = policy.parameters.slice();
  parameters[parameters.length - 1] = 2.5;
  policy.parameters = parameters;
  assert.equal(policy.extra, Float32Array.of(2));
  const weights = parameters.slice(0, -1);
  assert.equal(policy.parameters.slice(0, -1), weights);
});

test("a first exponent that could not be learned is refused, and without continuous actions it does not matter", () => {
  refuses(() => makeFamily("mappo", { deviationStart: 3 }, { task: real }), "3", "from -20 to 2", "sigmoid");
  makeFamily("mappo", { deviationForm: "sigmoid", deviationStart: 3 }, { task: real });
  const [plain, other] = [{}, { deviationForm: "sigmoid", deviationStart: 3 }].map((options) => {
    return makeFamily("mappo", options).policies[0].parameters;
  });
  assert.equal(plain, other);
});

const small = { ...smallTraining, gamma: 0 };
const clipped = { ...small, learningRate: 0.01, entropyCoefficient: 0 };
const targets = aimingWorld();
const makers = {
  ippo: (form: object) => new Ippo(targets, { ...clipped, ...form }),
  mappo: (form: object) => new Mappo(targets, { ...clipped, ...form }),
  coppo: (form: object) => new Coppo(targets, { ...clipped, ...form }),
  happo: (form: object) => new Happo(targets, { ...clipped, ...form }),
  hatrpo: (form: object) => new Hatrpo(targets, { ...small, maxKl: 0.02, ...form }),
  a2po: (form: object) => new A2po(targets, { ...clipped, ...form }),
};

for (const [name, make] of Object.entries(makers)) {
  test(`${name} learns to aim more narrowly, whatever form σ has`, async () => {
    for (const [deviationForm, first] of [
      ["exponential", EXPONENTIAL_START],
      ["sigmoid", SIGMOID_START],
    ] as const) {
      const entropies: number[] = [];
      const returns: number[] = [];
      await make({ deviationForm }).learn(6 * small.stepsPerIteration, {
        onIteration({ entropy = [], meanReturn }) {
          entropies.push(...entropy);
          returns.push(Number(meanReturn));
        },
      });
      const sigmas = entropies.slice(-2).map((entropy) => Math.exp(entropy - UNIT_ENTROPY));
      // Noise costs σ² a step, and nothing pays for it.
      for (const sigma of sigmas) assert.ok(sigma < 0.97 * first, `${deviationForm}: ${sigma}`);
      assert.ok(returns[5] > returns[0], `${deviationForm}: ${returns}`);
    }
  });
}

test.run();
