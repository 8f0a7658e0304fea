import { test } from "uvu";
import * as assert from "uvu/assert";
import type { LinkMessage, LinkRecorder } from "../../../src/algorithms/matrpo/link.ts";
import { MatrpoAlgorithm } from "../../../src/algorithms/matrpo/matrpo.ts";
import { type MatrpoOptions, matrpoPresets } from "../../../src/algorithms/matrpo/options.ts";
import { createArena } from "../../../src/kernels/arena.ts";
import { Random } from "../../../src/tensor/random.ts";
import { NonFiniteError } from "../../../src/validation/errors.ts";
import { sameBits } from "../../support/close.ts";
import { batches, make, small, train } from "../../support/matrpo.ts";
import { randomBatch, taskShape } from "../../support/random-batch.ts";
import { bits } from "../../support/tensor-bits.ts";

test("same seed, same bits; another seed, other bits", () => {
  const [first, again, other] = [make(), make(), make({}, { seed: 4 })];
  for (const algorithm of [first, again, other]) train(algorithm);
  sameBits(bits(first), bits(again));
  assert.not.equal(bits(first), bits(other));
});

test("WASM kernels and their plain twins train to the same bits", () => {
  const [wasm, reference] = [make(), make({}, { kernels: "reference" })];
  train(wasm);
  train(reference);
  sameBits(bits(wasm), bits(reference));
});

test("a saved and loaded algorithm continues to the same bits", () => {
  const straight = make({ linkOrder: "random" });
  const [first, ...rest] = batches();
  straight.update(first);
  const resumed = make({ linkOrder: "random" }, { seed: 99 });
  const { tensors, facts } = straight.save();
  resumed.load({ tensors, facts: JSON.parse(JSON.stringify(facts)) });
  const actions = [new Int32Array(30), new Int32Array(30)];
  for (const [i, algorithm] of [straight, resumed].entries()) {
    for (const batch of rest) algorithm.update(batch);
    const observations = rest[0].agents.map((agent) => agent.observations.subarray(0, 60));
    algorithm.act({ observations, rows: 10 }, actions[i], false);
  }
  sameBits(bits(straight), bits(resumed));
  assert.equal(actions[0], actions[1]);
});

test("every true KL ends within the tolerance of the trust region, and near it", () => {
  for (const { kl } of train(make())) {
    for (const value of kl) assert.ok(value <= 1.2 * 0.02 && value > 0.004, `KL ${value}`);
  }
});

test("the joint KL is that of the heads that act: for agents that agree, a third of each", () => {
  for (const { kl, jointKl = 0 } of train(make())) {
    const total = kl.reduce((sum, value) => sum + value, 0);
    assert.ok(jointKl > 0.2 * total && jointKl < 0.5 * total, `joint ${jointKl} of ${total}`);
  }
  const [{ kl, jointKl }] = train(make({}, { agents: 1 }), 1);
  assert.is(jointKl, kl[0]);
});

const variants: readonly MatrpoOptions[] = [
  matrpoPresets.default,
  { ...matrpoPresets.paper, admmIterations: 12 },
  { ...matrpoPresets.official, admmIterations: 9, episodeEnds: "early" },
  { consensus: "joint" },
  { solver: "conjugate-gradient", cgIterations: 40 },
  { thetaStep: "boundary", relativePenalty: 0.05 },
  { topology: "line", linkOrder: "random", advantageNormalisation: "agent" },
  { topology: "complete", advantageNormalisation: "none", divideMaxKl: true },
  { exchange: "nonlinear", preconditioner: "none", activation: "tanh" },
  {
    topology: {
      agents: 3,
      links: [
        [0, 1],
        [2, 1],
      ],
    },
    fisherSubsample: 1,
    activation: "relu",
  },
];
for (const options of variants) {
  test(`learns something with ${JSON.stringify(options)}`, () => {
    const algorithm = make(options);
    const before = bits(algorithm);
    for (const metrics of train(algorithm)) {
      assert.ok(metrics.kl.every((kl) => Number.isFinite(kl) && kl >= -1e-7));
      assert.ok(Number.isFinite(metrics.consensusResidual));
    }
    assert.not.equal(bits(algorithm), before);
  });
}

test("one agent alone makes trust-region steps; two agents share one link", () => {
  const alone = make({}, { agents: 1 });
  const [metrics] = train(alone, 1);
  assert.ok(metrics.kl[0] > 0.004 && metrics.kl[0] <= 0.024);
  const pair = make({}, { agents: 2 });
  assert.is(pair.topology.links.length, 1);
  train(pair, 2);
});

test("a star stands around any agent, given by its name or number", () => {
  const star = [
    [2, 0],
    [2, 1],
  ];
  assert.equal(make({ topology: { hub: 2 } }).topology.links, star);
  assert.equal(make({ topology: { hub: taskShape(3).agents[2] } }).topology.links, star);
});

test("agents drift towards the actions that are rewarded", () => {
  const task = taskShape(2);
  const algorithm = make({ maxKl: 0.05, gamma: 0 }, { agents: 2 });
  for (let i = 0; i < 12; i++) algorithm.update(randomBatch(task, 16, 20, 100 + i));
  const probe = randomBatch(task, 16, 20, 77);
  const actions = new Int32Array(2 * probe.rows);
  const observations = probe.agents.map((agent) => agent.observations);
  algorithm.act({ observations, rows: probe.rows }, actions, true);
  const best = actions.filter((action) => action === 0).length / actions.length;
  assert.ok(best > 0.9, `share of the best action ${best}`); // rewards are −action plus noise
});

test("only declared messages cross links, each of the declared size", () => {
  const messages: LinkMessage[] = [];
  const algorithm = make({}, { record: (message) => messages.push(message) });
  const batch = batches()[0];
  algorithm.update(batch);
  for (const message of messages) {
    if (message.kind === "log-ratio") {
      assert.equal(Object.keys(message), ["kind", "values"]);
      assert.is(message.values.length, 3 * batch.rows);
    } else {
      assert.equal(Object.keys(message), ["kind", "value"]);
      assert.is(message.kind, "advantage-scale");
      assert.type(message.value, "number");
    }
  }
  const count = (kind: LinkMessage["kind"]) => messages.filter((message) => message.kind === kind).length;
  assert.is(count("advantage-scale"), 6, "one scalar a link and direction");
  assert.is(count("log-ratio"), 2 * 12 + 2 * 3, "12 activations and the closing exchange");
});

test("no statistic of rewards crosses when everyone normalises alone", () => {
  const kinds = new Set<string>();
  const record: LinkRecorder = ({ kind }) => kinds.add(kind);
  make({ advantageNormalisation: "agent" }, { record }).update(batches()[0]);
  assert.equal([...kinds], ["log-ratio"]);
});

test("numbers that are not finite stop the update and change nothing", () => {
  const algorithm = make();
  algorithm.update(batches()[0]);
  const before = algorithm.save();
  const batch = randomBatch(taskShape(3), 8, 20, 5);
  batch.agents[1].rewards[33] = Number.NaN;
  assert.throws(
    () => algorithm.update(batch),
    (error: unknown) => error instanceof NonFiniteError && /agent_1/.test(error.message),
  );
  assert.equal(algorithm.save(), before);
  const huge = randomBatch(taskShape(3), 8, 20, 5);
  huge.agents[2].rewards.fill(1e30);
  assert.throws(() => algorithm.update(huge), /agent_2.*value fit/);
  assert.equal(algorithm.save(), before);
});

test("options are checked: value, range and nearest name", () => {
  const refuse = (options: object, message: RegExp) =>
    assert.throws(() => make(options as MatrpoOptions), message);
  refuse({ gama: 0.9 }, /gama.*gamma/);
  refuse({ gamma: 1.5 }, /gamma.*1\.5/);
  refuse({ maxKl: 0 }, /maxKl/);
  refuse({ activationLineSearch: true }, /activationLineSearch.*nonlinear/);
  refuse(
    {
      topology: {
        agents: 4,
        links: [
          [0, 1],
          [1, 2],
          [2, 3],
        ],
      },
    },
    /topology is for 4 agents.*3/,
  );
  refuse({ topology: { hub: 3 } }, /topology\.hub is 3; the agents are .*, numbered from 0/);
  refuse({ topology: { hub: "nobody" } }, /topology\.hub is "nobody"; the agents are/);
  refuse({ topology: { hub: -1 } }, /topology/);
});

test("memory does not grow over updates", () => {
  const arena = createArena();
  const algorithm = new MatrpoAlgorithm(taskShape(3), small, Random.fromSeed(1), arena);
  const batch = batches()[0];
  for (let i = 0; i < 3; i++) algorithm.update(batch);
  const [used, highWater] = [arena.used, arena.highWater];
  for (let i = 0; i < 20; i++) algorithm.update(batch);
  assert.is(arena.used, used);
  assert.is(arena.highWater, highWater);
});

test.run();
