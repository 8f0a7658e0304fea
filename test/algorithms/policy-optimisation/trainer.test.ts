import { test } from "uvu";
import * as assert from "uvu/assert";
import { NonFiniteError } from "../../../src/validation/errors.ts";
import { sameBits } from "../../support/close.ts";
import { familyIds, makeFamily, playedBatch, savedBits, uneven } from "../../support/family.ts";
import { taskShape } from "../../support/random-batch.ts";
import { refuses } from "../../support/refuses.ts";

const alike = taskShape(3, 4, 3);

function train(trainer: ReturnType<typeof makeFamily>, task = uneven, updates = 2) {
  return Array.from({ length: updates }, (_, i) => trainer.update(playedBatch(trainer, task, i + 1)));
}

/** Those of `playedBatch`. */
const steps = { stepsPerIteration: 40, environmentCopies: 4 };

/** Settings that take every path of the trainer. */
const cases = [
  ...familyIds.map((id) => ({ id, task: uneven, options: {} })),
  ...familyIds.map((id) => ({
    id,
    task: alike,
    options: { sharing: "shared", criticMinibatches: 2, ...(id !== "hatrpo" && { minibatches: 3 }) },
  })),
  { id: "hatrpo", task: uneven, options: { klForm: "unweighted-k3", timeLimits: "zero", order: "fixed" } },
  { id: "happo", task: alike, options: { sharing: [["agent_0", 2]], placement: "inside", order: "fixed" } },
  { id: "coppo", task: alike, options: { sharing: "shared", agentNumbers: false } },
  { id: "a2po", task: uneven, options: { rescore: true, valueNorm: "popart", minibatches: 2 } },
  {
    id: "a2po",
    task: alike,
    options: {
      sharing: "shared",
      blocks: 3,
      cumulativeBlocks: false,
      clipRule: "ratio-proportional",
      rescore: true,
    },
  },
  {
    id: "mappo",
    task: alike,
    options: { critic: "local", valueNorm: "none", valueClip: "none", huberDelta: "none" },
  },
  {
    id: "mappo",
    task: alike,
    options: { criticInput: "state-and-observation", teamReward: "mean", valueMasks: true },
  },
  {
    id: "mappo",
    task: alike,
    options: {
      recurrentCritics: true,
      ...steps,
      chunkLength: 5,
      criticInput: "state-and-observation",
    },
  },
] as const;

for (const { id, task, options } of cases) {
  const title = `${id} ${JSON.stringify(options)}`;

  test(`the same bits on both kinds of kernels, on threads and after a resume: ${title}`, () => {
    const trainer = makeFamily(id, options, { task });
    const metrics = train(trainer, task);
    const expected = savedBits(trainer);
    for (const made of [{ kernels: "reference" }, { threads: 2 }] as const) {
      const other = makeFamily(id, options, { task, ...made });
      assert.equal(train(other, task), metrics);
      sameBits(savedBits(other), expected, JSON.stringify(made));
    }
    const first = makeFamily(id, options, { task });
    train(first, task, 1);
    const resumed = makeFamily(id, options, { task, seed: 99 });
    resumed.load(JSON.parse(JSON.stringify(first.save(), plain), revive));
    assert.equal(resumed.update(playedBatch(resumed, task, 2)), metrics[1]);
    sameBits(savedBits(resumed), expected, "resumed");
  });
}

/** Typed arrays through JSON, as a file would keep them. */
function plain(_: string, value: unknown): unknown {
  return value instanceof Float32Array ? { f32: Array.from(value) } : value;
}
function revive(_: string, value: unknown): unknown {
  const boxed = value as { f32?: number[] } | null;
  return boxed?.f32 ? Float32Array.from(boxed.f32) : value;
}

for (const id of familyIds) {
  test(`an update that fails leaves no trace: ${id}`, () => {
    const trainer = makeFamily(id);
    train(trainer, uneven, 1);
    const before = savedBits(trainer);
    const batch = playedBatch(trainer, uneven, 2);
    const drawn = savedBits(trainer);
    const rewards = batch.agents[0].rewards.slice().fill(3e38);
    const agents = batch.agents.map((agent) => ({ ...agent, rewards }));
    assert.throws(
      () => trainer.update({ ...batch, agents }),
      (error: Error) => error instanceof NonFiniteError && /policy of|critic of/.test(error.message),
    );
    sameBits(savedBits(trainer), drawn);
    assert.is(before.length, drawn.length);
  });

  test(`every measurement is finite and has an entry an agent: ${id}`, () => {
    for (const { kl, entropy, explainedVariance, details = {} } of train(makeFamily(id))) {
      for (const values of [kl, entropy, explainedVariance]) assert.is(values.length, 3);
      for (const [name, value] of Object.entries(details)) {
        assert.ok([value].flat().every(Number.isFinite), `${name}: ${value}`);
      }
      assert.ok(kl.every((value) => value >= 0));
    }
  });
}

test("sharing is refused among agents that differ, with unknown names and twice", () => {
  refuses(
    () => makeFamily("mappo", { sharing: [["a", "b"]] }),
    "a has 4 numbers to see",
    "b has 2 numbers to see",
  );
  refuses(() => makeFamily("mappo", { sharing: [["a"], ["x"]] }), 'no agent "x"');
  refuses(() => makeFamily("mappo", { sharing: [[0, 0]] }), "a twice");
  refuses(() => makeFamily("mappo", { sharing: [[3]] }), "0 to 2");
});

test("agents that are alike share by themselves; the others keep policies of their own", () => {
  const mixed = { ...uneven, observationSizes: [4, 2, 4], headSizes: [[3], [2, 4], [3]] };
  const groups = makeFamily("mappo", {}, { task: mixed }).policies.map(({ agents }) => agents);
  assert.equal(groups, [[0, 2], [1]]);
});

test("agents that share parameters and see the same are told apart by their numbers alone", () => {
  const rows = [Float32Array.of(1, 2, 3, 4), Float32Array.of(1, 2, 3, 4)];
  for (const [agentNumbers, expected] of [
    [true, [1, 2, 3, 4, 1, 0, 1, 2, 3, 4, 0, 1]],
    [false, [1, 2, 3, 4, 1, 2, 3, 4]],
  ] as const) {
    const [policy] = makeFamily("mappo", { agentNumbers }, { task: taskShape(2, 4, 3) }).policies;
    assert.equal(Array.from(policy.inputs(rows, 1)), expected);
    assert.is(policy.shape.inputSize * 2, expected.length);
  }
});

test("a critic that all share is refused a reward of one's own and observations of different sizes", () => {
  refuses(() => makeFamily("mappo", { teamReward: "own" }), "teamReward", "sum");
  refuses(() => makeFamily("ippo", { criticSharing: "one" }), "criticSharing", "[4,2,5]", "separate");
});

for (const valueNorm of ["running", "popart"] as const) {
  test(`rewards need no scaling: after one fit values are about the size of returns (${valueNorm})`, () => {
    const trainer = makeFamily("mappo", { valueNorm, gamma: 0 });
    const [, second] = [1, 2].map((seed) => {
      const batch = playedBatch(trainer, uneven, seed);
      const rewards = (own: Float32Array) => own.map((reward) => 1000 * reward + 300_000);
      const agents = batch.agents.map((agent) => ({ ...agent, rewards: rewards(agent.rewards) }));
      return trainer.update({ ...batch, agents }).details?.advantageMean as number[];
    });
    // Sums of three rewards are 900 000 ± a few thousand.
    for (const mean of second) assert.ok(Math.abs(mean) < 10_000, `${mean}`);
  });
}

test("without epochs critics stay as they are, in every unit", () => {
  for (const valueNorm of ["none", "running", "popart"] as const) {
    const trainer = makeFamily("mappo", { valueNorm, criticEpochs: 0 });
    const batch = playedBatch(trainer, uneven);
    const [first, second] = [1, 2].map(() => trainer.update(batch).details?.advantageMean);
    assert.equal(first, second, valueNorm);
  }
});

test("values saved in other units are refused", () => {
  const [plain, running, popart] = (["none", "running", "popart"] as const).map((valueNorm) =>
    makeFamily("mappo", { valueNorm }),
  );
  refuses(() => running.load(plain.save()), "without normalised values", "valueNorm");
  refuses(() => plain.load(popart.save()), "with normalised values", "valueNorm");
  popart.load(running.save());
});

test("an agent that is never there stays as it is without a warning", () => {
  const trainer = makeFamily("hatrpo");
  const batch = playedBatch(trainer, uneven);
  const agents = batch.agents.map((agent, i) =>
    i === 1 ? { ...agent, alive: agent.alive.map(() => 0) } : agent,
  );
  const { warnings, kl } = trainer.update({ ...batch, agents });
  assert.equal(warnings, []);
  assert.ok(kl[0] > 0 && kl[1] === 0 && kl[2] > 0);
});

test.run();
