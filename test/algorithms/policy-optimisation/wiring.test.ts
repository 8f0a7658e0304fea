/**
 * Every option of every algorithm of the family reaches what it is for: another value leaves other parameters, in a
 * setting where it applies. An option without a row fails, so that a new one is not forgotten.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { TaskShape } from "../../../src/algorithms/algorithm.ts";
import { algorithms } from "../../../src/algorithms/registry.ts";
import type { Batch } from "../../../src/rollouts/batch.ts";
import { Random } from "../../../src/tensor/random.ts";
import { Model } from "../../../src/training/model.ts";
import { describeOptions } from "../../../src/validation/describe.ts";
import { aimingWorld } from "../../support/aiming-world.ts";
import { type FamilyId, familyIds, makeFamily } from "../../support/family.ts";
import { randomBatch, taskShape } from "../../support/random-batch.ts";

const [COPIES, STEPS, EPISODE] = [2, 8, 4];
type Options = Readonly<Record<string, unknown>>;

/** What must move; "stepped": what Adam steps, so that the policies of trust-region steps stay. */
type Moves = "policies" | "critics" | "both" | "stepped";

interface Row {
  readonly moves: Moves;
  /** The option's other value. */
  readonly to: unknown;
  /** Where it applies, laid over `base`. */
  readonly where?: Options;
  readonly continuous?: true;
}

/** What all are compared from, where they have these options. Far steps, so that ratios are not 1. */
const base: Options = {
  hiddenSizes: [4],
  stepsPerIteration: COPIES * STEPS,
  environmentCopies: COPIES,
  chunkLength: 4,
  sharing: "separate",
  critic: "central",
  criticSharing: "separate",
  teamReward: "sum",
  advantageNormalisation: "agent",
  outputGain: 1,
  learningRate: 0.05,
  epochs: 2,
  criticLearningRate: 0.05,
  criticEpochs: 2,
  order: "fixed",
  placement: "inside",
  maxKl: 0.05,
};
const blocks = { sharing: "shared", epochs: 4 };
/** Where corrections change who has the most to gain. */
const ranked = { order: "greedy", traceClip: "none", critic: "local", teamReward: "own", learningRate: 0.3 };
/** Where the line search refuses some steps. */
const tried = { lineSearchShrink: 0.5, acceptRatio: 0.9, maxKl: 1, lineSearchSteps: 8 };

/** By option. Where one must reach several places, a row for each. */
const rows: Readonly<Record<string, readonly Row[]>> = {
  gamma: [{ moves: "both", to: 0.5 }],
  gaeLambda: [{ moves: "both", to: 0.5 }],
  timeLimits: [
    { moves: "both", to: "terminal" },
    { moves: "both", to: "zero" },
  ],
  advantageNormalisation: [
    { moves: "policies", to: "team" },
    { moves: "policies", to: "none" },
  ],
  hiddenSizes: [{ moves: "both", to: [3] }],
  activation: [{ moves: "both", to: "selu" }],
  inputNorm: [{ moves: "both", to: false }],
  hiddenNorm: [{ moves: "both", to: false }],
  recurrent: [{ moves: "policies", to: true }],
  recurrentCritics: [{ moves: "critics", to: true }],
  chunkLength: [{ moves: "both", to: 2, where: { recurrent: true, recurrentCritics: true } }],
  outputGain: [{ moves: "policies", to: 0.5 }],
  meanForm: [{ moves: "policies", to: "tanh", continuous: true }],
  deviationForm: [{ moves: "policies", to: "sigmoid", continuous: true }],
  deviationStart: [{ moves: "policies", to: -1, continuous: true }],
  sharing: [
    { moves: "policies", to: "shared" },
    { moves: "policies", to: [[0, 2]] },
  ],
  agentNumbers: [{ moves: "policies", to: false, where: blocks }],
  critic: [{ moves: "both", to: "local" }],
  criticInput: [
    { moves: "both", to: "state-and-observation" },
    { moves: "both", to: "agent-state" },
  ],
  criticSharing: [{ moves: "both", to: "one" }],
  teamReward: [
    { moves: "both", to: "own" },
    { moves: "critics", to: "mean" },
  ],
  criticLearningRate: [{ moves: "critics", to: 0.01 }],
  criticEpochs: [{ moves: "critics", to: 3 }],
  criticMinibatches: [{ moves: "critics", to: 2 }],
  valueNorm: [
    { moves: "critics", to: "popart" },
    { moves: "critics", to: "none" },
  ],
  valueClip: [{ moves: "critics", to: "none" }],
  huberDelta: [{ moves: "critics", to: 0.1 }],
  valueMasks: [{ moves: "critics", to: true, where: { critic: "local", teamReward: "own" } }],
  deathMasking: [{ moves: "both", to: false, where: { critic: "local", teamReward: "own" } }],
  maxGradientNorm: [{ moves: "stepped", to: 0.01 }],
  adamEpsilon: [{ moves: "stepped", to: 0.01 }],
  learningRateIterations: [{ moves: "stepped", to: 3 }],
  learningRate: [{ moves: "policies", to: 0.02 }],
  epochs: [{ moves: "policies", to: 3 }],
  minibatches: [{ moves: "policies", to: 2 }],
  clip: [{ moves: "policies", to: 0.05 }],
  entropyCoefficient: [
    { moves: "policies", to: 0.1 },
    { moves: "policies", to: 0 },
  ],
  order: [
    { moves: "policies", to: "random" },
    { moves: "policies", to: "greedy" },
    { moves: "policies", to: "semi-greedy" },
  ],
  firstPick: [{ moves: "policies", to: "random", where: { order: "semi-greedy" } }],
  blocks: [{ moves: "policies", to: 3, where: blocks }],
  cumulativeBlocks: [{ moves: "policies", to: false, where: blocks }],
  traceClip: [
    { moves: "both", to: 0.5 },
    { moves: "both", to: "none" },
    { moves: "both", to: "cumulative" },
    { moves: "both", to: 0.5, where: blocks },
  ],
  lambdaPower: [{ moves: "both", to: 2 }],
  stateRatios: [
    { moves: "policies", to: true },
    { moves: "policies", to: true, where: blocks },
  ],
  traceLeak: [{ moves: "both", to: 0.5 }],
  refreshValues: [
    { moves: "both", to: "cuts" },
    { moves: "both", to: "all" },
    { moves: "both", to: "all", where: { criticSharing: "one" } },
    { moves: "both", to: "all", where: blocks },
  ],
  advantage: [
    { moves: "both", to: "gae" },
    { moves: "both", to: "gae", where: blocks },
  ],
  factor: [
    { moves: "policies", to: "none" },
    { moves: "policies", to: "none", where: { sharing: [[0, 1]] } },
  ],
  placement: [
    { moves: "policies", to: "outside" },
    { moves: "policies", to: "outside", where: blocks },
  ],
  rescore: [
    { moves: "policies", to: true, where: ranked },
    { moves: "policies", to: true, where: { ...blocks, advantageNormalisation: "team" } },
  ],
  clipRule: [
    { moves: "policies", to: "constant" },
    { moves: "policies", to: "ratio-proportional", where: blocks },
  ],
  clipStart: [
    { moves: "policies", to: 0.1 },
    { moves: "policies", to: 0.1, where: blocks },
  ],
  outerClip: [
    { moves: "policies", to: 0.01 },
    { moves: "policies", to: "none" },
    { moves: "policies", to: 0.01, where: blocks },
    { moves: "policies", to: 0.01, where: { placement: "outside" } },
  ],
  maxKl: [{ moves: "policies", to: 0.01 }],
  cgIterations: [{ moves: "policies", to: 1 }],
  cgDamping: [{ moves: "policies", to: 1 }],
  cgTolerance: [{ moves: "policies", to: 1 }],
  lineSearchSteps: [{ moves: "policies", to: 1, where: tried }],
  lineSearchShrink: [{ moves: "policies", to: 0.7, where: tried }],
  acceptRatio: [{ moves: "policies", to: 0, where: tried }],
  klForm: [{ moves: "policies", to: "unweighted-k3" }],
};

/** Those of sampling, which the trainer does not see. */
const sampling: Options = { stepsPerIteration: 40, environmentCopies: 4 };

const discrete: TaskShape = { ...taskShape(3, 3, 3), stateSize: 8, agentStateSize: 2 };
const real: TaskShape = { ...discrete, action: "continuous", headSizes: [[], [], []] };

/** Agents 1 and 2 are away at times; episodes end within the batch. */
function batchOf(task: TaskShape, seed: number, memorySize: number): Batch {
  const batch = randomBatch(discrete, COPIES, STEPS, seed, EPISODE);
  const random = Random.fromSeed(seed).derive("more");
  const normal = (length: number) => Float32Array.from({ length }, () => random.normal());
  return {
    ...batch,
    actions: task.action === "discrete" ? batch.actions : normal(batch.rows * 3),
    agents: batch.agents.map((agent, i) => ({
      ...agent,
      alive: agent.alive.map((_, row) => Number(i === 0 || (row + i) % 4 > 0)),
    })),
    state: normal(batch.rows * task.stateSize),
    cutStates: normal(batch.cuts.length * task.stateSize),
    memory: new Float32Array(COPIES * memorySize),
  };
}

/** Parameters of policies and critics after two updates. */
function parametersAfter(id: FamilyId, options: Options, task: TaskShape) {
  const trainer = makeFamily(id, options, { task });
  for (const seed of [1, 2]) trainer.update(batchOf(task, seed, trainer.memorySize));
  const { tensors } = trainer.save();
  const part = (prefix: string) =>
    Object.keys(tensors)
      .filter((name) => name.startsWith(prefix) && !/\.adam\.|\.memory$/.test(name))
      .map((name) => [name, [...tensors[name].values]]);
  return { policies: part("policies."), critics: part("critics.") };
}

/** The options of `all` that the algorithm has. */
function own(id: FamilyId, all: Options): Options {
  const names = describeOptions(algorithms[id].schema).map(({ name }) => name);
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}

for (const id of familyIds) {
  test(`every option of ${id} changes what is learned`, () => {
    const known = new Map<string, ReturnType<typeof parametersAfter>>();
    const after = (options: Options, continuous = false) => {
      const key = JSON.stringify([options, continuous]);
      const found = known.get(key) ?? parametersAfter(id, options, continuous ? real : discrete);
      known.set(key, found);
      return found;
    };
    for (const { name } of describeOptions(algorithms[id].schema)) {
      if (name in sampling) continue;
      assert.ok(rows[name], `${name} has no row in this test's table`);
      for (const { moves, to, where, continuous } of rows[name]) {
        const from = own(id, { ...base, ...where });
        const title = `${name} ${JSON.stringify(to)} in ${JSON.stringify(where ?? {})}`;
        const [before, changed] = [after(from, continuous), after({ ...from, [name]: to }, continuous)];
        const critics = moves !== "policies";
        const policies = moves === "stepped" ? id !== "hatrpo" : moves !== "critics";
        if (policies) assert.not.equal(changed.policies, before.policies, `policies: ${title}`);
        if (critics) assert.not.equal(changed.critics, before.critics, `critics: ${title}`);
      }
    }
  });

  test(`the options of ${id} on sampling reach the environment`, async () => {
    const learned = async (options: Options) => {
      const given = { hiddenSizes: [4], stepsPerIteration: 20, environmentCopies: 2, ...options, threads: 1 };
      const model = new Model(algorithms[id], aimingWorld(), given);
      await model.learn(1);
      return { steps: model.environmentSteps, acts: model.predict({ left: [0.3], right: [-0.6] }) };
    };
    const before = await learned({});
    assert.is(before.steps, 20);
    for (const [name, value] of Object.entries(sampling)) {
      const found = await learned({ [name]: value });
      assert.is(found.steps, name === "stepsPerIteration" ? value : 20);
      assert.not.equal(found.acts, before.acts, name);
    }
  });
}

test("no row is left over from an option that is gone", () => {
  const all = familyIds.flatMap((id) => describeOptions(algorithms[id].schema).map(({ name }) => name));
  assert.equal(Object.keys({ ...rows, ...sampling }).sort(), [...new Set(all)].sort());
});

test.run();
