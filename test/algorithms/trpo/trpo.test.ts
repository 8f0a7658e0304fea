import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Algorithm, PolicyMetrics, TaskShape } from "../../../src/algorithms/algorithm.ts";
import { MatrpoAlgorithm } from "../../../src/algorithms/matrpo/matrpo.ts";
import {
  trpoCentralPresets,
  trpoIndependentPresets,
  trpoIndependentSchema,
} from "../../../src/algorithms/trpo/options.ts";
import { TrpoAlgorithm } from "../../../src/algorithms/trpo/trpo.ts";
import { createArena } from "../../../src/kernels/arena.ts";
import type { Batch } from "../../../src/rollouts/batch.ts";
import { Random } from "../../../src/tensor/random.ts";
import { NonFiniteError } from "../../../src/validation/errors.ts";
import { validate } from "../../../src/validation/validate.ts";
import { sameBits } from "../../support/close.ts";
import { randomBatch, taskShape } from "../../support/random-batch.ts";
import { discreteTask } from "../../support/task.ts";
import { bits } from "../../support/tensor-bits.ts";
import { make, small, uneven } from "../../support/trpo.ts";

/** One agent with two heads, as the central view makes it. */
const team = discreteTask({ agents: ["team"], observationSizes: [6], headSizes: [[3, 2]] });
const batches = (task: TaskShape): Batch[] => [1, 2, 3].map((seed) => randomBatch(task, 8, 20, seed, 10));

const train = (algorithm: TrpoAlgorithm | MatrpoAlgorithm, task = uneven): PolicyMetrics[] =>
  batches(task).map((batch) => algorithm.update(batch));

function choose(algorithm: Algorithm, { agents }: Batch, task: TaskShape, rows = 60): Int32Array {
  const actions = new Int32Array(rows * task.headSizes.flat().length);
  const observations = agents.map((agent, i) =>
    agent.observations.subarray(0, rows * task.observationSizes[i]),
  );
  algorithm.act({ observations, rows }, actions, false);
  return actions;
}

test("an agent that is not there after a cut has no future, though a clock has stopped the others", () => {
  const task = taskShape(1);
  const [batch] = batches(task);
  const update = (change: Partial<Batch>, present: number) => {
    const trainer = make({}, { task });
    const cutAlive = new Uint8Array(batch.cuts.length).fill(present);
    trainer.update({ ...batch, ...change, agents: [{ ...batch.agents[0], cutAlive }] });
    return bits(trainer);
  };
  const terminated = { terminated: batch.truncated, truncated: batch.terminated };
  sameBits(update({}, 0), update(terminated, 1));
  assert.not.equal(update({}, 1), update(terminated, 1));
});

for (const [name, preset] of Object.entries(trpoCentralPresets)) {
  for (const task of [taskShape(1), team]) {
    test(`MATRPO without neighbours is TRPO to the bit: ${name}, ${task.headSizes[0].length} heads`, () => {
      for (const solver of ["conjugate-gradient", "subspace"] as const) {
        const { lineSearch = "kl", ...shared } = { ...small, ...preset, solver, subspaceStart: 6 };
        const alone = make({ ...shared, lineSearch }, { task });
        const matrpo = new MatrpoAlgorithm(
          task,
          {
            ...shared,
            lineSearch: lineSearch === "kl" ? "kl" : "lagrangian",
            thetaStep: "boundary",
            consensus: "joint",
            advantageNormalisation: "agent",
          },
          Random.fromSeed(3),
          createArena(),
        );
        const kl = ({ kl }: PolicyMetrics) => kl;
        assert.equal(train(alone, task).map(kl), train(matrpo, task).map(kl));
        sameBits(bits(alone), bits(matrpo));
        const [batch] = batches(task);
        assert.equal(choose(alone, batch, task), choose(matrpo, batch, task));
      }
    });
  }
}

test("an agent learns from its own observations, actions and rewards alone", () => {
  const [plain, other] = [make(), make()];
  for (const [i, batch] of batches(uneven).entries()) {
    plain.update(batch);
    const strange = randomBatch(uneven, 8, 20, 70 + i, 10);
    const agents = [strange.agents[0], batch.agents[1], strange.agents[2]];
    const actions = strange.actions.map((action, k) => ([1, 2].includes(k % 4) ? batch.actions[k] : action));
    other.update({ ...batch, agents, actions });
  }
  for (const [i, { policy }] of plain.agents.entries()) {
    const elsewhere = other.agents[i].policy.parameters;
    if (i === 1) sameBits(policy.parameters, elsewhere);
    else assert.not.equal(policy.parameters, elsewhere);
  }
});

test("every agent's true KL ends near its δ: δ/N, or δ itself", () => {
  for (const [divideMaxKl, radius] of [
    [true, 0.02 / 3],
    [false, 0.02],
  ] as const) {
    for (const { kl } of train(make({ divideMaxKl }))) {
      for (const value of kl) assert.ok(value <= 1.2 * radius && value > 0.7 * radius, `KL ${value}`);
    }
  }
});

test("same seed, same bits, on WASM kernels and their plain twins; another seed, other bits", () => {
  const [wasm, twins, other] = [make(), make({}, { kernels: "reference" }), make({}, { seed: 4 })];
  for (const algorithm of [wasm, twins, other]) train(algorithm);
  sameBits(bits(wasm), bits(twins));
  assert.not.equal(bits(wasm), bits(other));
});

test("a saved and loaded algorithm continues to the same bits", () => {
  const straight = make();
  const [first, ...rest] = batches(uneven);
  straight.update(first);
  const resumed = make({}, { seed: 99 });
  const { tensors, facts } = straight.save();
  resumed.load({ tensors, facts: JSON.parse(JSON.stringify(facts)) });
  const [one, two] = [straight, resumed].map((algorithm) => {
    for (const batch of rest) algorithm.update(batch);
    return choose(algorithm, first, uneven);
  });
  sameBits(bits(straight), bits(resumed));
  assert.equal(one, two);
});

for (const preset of Object.values(trpoIndependentPresets)) {
  test(`the metrics are whole with ${JSON.stringify(preset)}`, () => {
    for (const metrics of train(make(preset))) {
      const { kl, entropy, explainedVariance, warnings, details } = metrics;
      const lists = [kl, entropy, explainedVariance, ...(Object.values(details ?? {}) as number[][])];
      for (const list of lists) assert.ok(list.length === 3 && list.every(Number.isFinite));
      assert.equal(Object.keys(details ?? {}), ["stepScale", "solverResidual", "fisherProducts"]);
      assert.ok(entropy[1] > 2 && entropy[1] <= Math.log(8) + 1e-6, "two heads: log 2 + log 4");
      assert.equal(warnings, []);
    }
  });
}

test("a step that every test refuses is said, and the policy stays", () => {
  const algorithm = make({ lineSearchSteps: 1, klTolerance: 1, policyOutputGain: 1 });
  const before = algorithm.agents.map(({ policy }) => policy.parameters);
  const { warnings, details = {}, kl } = algorithm.update(batches(uneven)[0]);
  const refused = (details.stepScale as number[]).flatMap((scale, i) => (scale === 0 ? [i] : []));
  assert.ok(refused.length > 0);
  assert.is(warnings.length, refused.length);
  for (const [k, i] of refused.entries()) {
    assert.match(warnings[k], new RegExp(`^${uneven.agents[i]} stays as it is`));
    assert.equal(algorithm.agents[i].policy.parameters, before[i]);
    assert.is(kl[i], 0);
  }
});

test("numbers that are not finite stop the update and change nothing", () => {
  const algorithm = make();
  algorithm.update(batches(uneven)[0]);
  const before = algorithm.save();
  const batch = randomBatch(uneven, 8, 20, 5);
  batch.agents[1].rewards[33] = Number.NaN;
  assert.throws(
    () => algorithm.update(batch),
    (error: unknown) => error instanceof NonFiniteError && /advantages: b, row \d+: NaN/.test(error.message),
  );
  assert.equal(algorithm.save(), before);
  const huge = randomBatch(uneven, 8, 20, 5);
  huge.agents[2].rewards.fill(1e30);
  assert.throws(() => algorithm.update(huge), /c.*value fit/);
  assert.equal(algorithm.save(), before);
});

test("shared noise: equal policies choose alike in all heads of all agents, whatever their sizes", () => {
  const flat = { policyOutputGain: 1e-9 };
  const [batch] = batches(uneven);
  /** Rows of [a, b₀, b₁, c] with 3, 2, 4 and 2 choices. */
  const rows = (algorithm: Algorithm) =>
    Array.from({ length: 60 }, (_, row) => choose(algorithm, batch, uneven).slice(4 * row, 4 * row + 4));
  const shared = make({ ...flat, sharedNoise: true });
  const own = rows(make(flat));
  const drawn = choose(shared, batch, uneven);
  for (let row = 0; row < 60; row++) {
    const [a, b0, b1, c] = drawn.subarray(4 * row, 4 * row + 4);
    assert.is(b0, c, "heads of equal size");
    if (b1 < 3) assert.is(a, b1);
    if (a < 2) assert.is(c, a);
  }
  assert.is(new Set(drawn).size, 4, "all choices occur");
  assert.ok(own.filter(([, b0, , c]) => b0 !== c).length > 15, "without it they differ");
});

test("shared noise: the central policy draws all its heads with one noise", () => {
  const task = discreteTask({ agents: ["team"], observationSizes: [6], headSizes: [[5, 5, 5]] });
  const [batch] = batches(task);
  for (const [sharedNoise, fewest, most] of [
    [true, 60, 60],
    [false, 0, 10],
  ] as const) {
    const drawn = choose(make({ sharedNoise, policyOutputGain: 1e-9 }, { task }), batch, task);
    const alike = Array.from({ length: 60 }, (_, row) => new Set(drawn.subarray(3 * row, 3 * row + 3)).size);
    const count = alike.filter((size) => size === 1).length;
    assert.ok(count >= fewest && count <= most, `${count} of 60 rows alike`);
  }
});

test("memory does not grow over updates", () => {
  const arena = createArena();
  const settings = validate(trpoIndependentSchema, small, "options");
  const algorithm = new TrpoAlgorithm("trpo", uneven, settings, Random.fromSeed(1), arena);
  const [batch] = batches(uneven);
  for (let i = 0; i < 3; i++) algorithm.update(batch);
  const [used, highWater] = [arena.used, arena.highWater];
  for (let i = 0; i < 20; i++) algorithm.update(batch);
  assert.is(arena.used, used);
  assert.is(arena.highWater, highWater);
});

test.run();
