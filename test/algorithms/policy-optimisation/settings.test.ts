/** Settings that would do nothing, or something other than they say: refused, warned of, or made to work. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { algorithms } from "../../../src/algorithms/registry.ts";
import { sameBits } from "../../support/close.ts";
import { type FamilyId, makeFamily, playedBatch, uneven } from "../../support/family.ts";
import { taskShape } from "../../support/random-batch.ts";
import { refuses } from "../../support/refuses.ts";

const ranked = { order: "greedy", criticSharing: "one" };

function warnings(id: FamilyId, options: object, updates = 2): (readonly string[])[] {
  const trainer = makeFamily(id, options);
  return Array.from(
    { length: updates },
    (_, i) => trainer.update(playedBatch(trainer, uneven, i + 1)).warnings,
  );
}

test("a greedy order that has nothing to choose by is warned of once", () => {
  for (const id of ["happo", "hatrpo", "a2po"] as const) {
    const [first, second] = warnings(id, ranked);
    assert.is(first.length, 1);
    assert.match(first[0], /order is "greedy".*criticSharing to "separate"/);
    assert.equal(second, []);
    assert.equal(warnings(id, { ...ranked, criticSharing: "separate" }), [[], []]);
    assert.equal(warnings(id, { ...ranked, order: "random" }), [[], []]);
  }
});

test("an order that has something to choose by is not warned of: agents leave, or blocks part them", () => {
  const leaving = makeFamily("happo", ranked);
  const batch = playedBatch(leaving, uneven, 1);
  batch.agents[0].alive.fill(0, 0, batch.rows / 2);
  assert.equal(leaving.update(batch).warnings, []);
  const blocks = { ...ranked, sharing: "shared", blocks: 2, cumulativeBlocks: false };
  const task = taskShape(2);
  const shared = makeFamily("a2po", blocks, { task });
  assert.equal(shared.update(playedBatch(shared, task, 1)).warnings, []);
});

test("a run that goes on after its learning rates have come to 0 is told so once", () => {
  const [first, second, third, fourth] = warnings("mappo", { learningRateIterations: 2 }, 4);
  assert.equal([first, second, fourth], [[], [], []]);
  assert.is(third.length, 1);
  assert.match(third[0], /0 after 2 iterations/);
});

test("HATRPO, whose steps have no learning rate, goes on and says so", () => {
  const trainer = makeFamily("hatrpo", { learningRateIterations: 1 });
  trainer.update(playedBatch(trainer, uneven, 1));
  const parameters = () => trainer.policies.map((policy) => policy.parameters.slice());
  const critic = () => trainer.save().tensors["critics.0.output.weight"].values.slice();
  const before = { policies: parameters(), critic: critic() };
  const { warnings } = trainer.update(playedBatch(trainer, uneven, 2));
  assert.is(warnings.length, 1);
  assert.match(warnings[0], /0 after 1 iterations.*critics learn nothing; policies go on/);
  sameBits(critic(), before.critic);
  for (const [i, policy] of parameters().entries()) assert.not.equal(policy, before.policies[i]);
});

test("presets of MAPPO and IPPO remember, in chunks that divide their episodes, as their authors' scripts do", () => {
  for (const id of ["mappo", "ippo"] as const) {
    for (const preset of ["paper", "official"]) {
      const trainer = makeFamily(id, algorithms[id].presets[preset], { task: taskShape(3) });
      assert.is(trainer.memorySize, 3 * 64, `${id} ${preset}`);
      assert.ok(trainer.settings.recurrentCritics);
      assert.is(25 % trainer.settings.chunkLength, 0);
    }
  }
});

test("a local critic cannot be given the state", () => {
  refuses(
    () =>
      makeFamily("mappo", {
        critic: "local",
        criticSharing: "separate",
        criticInput: "state-and-observation",
      }),
    "local",
    'critic to "central"',
  );
});

test("networks tell values of a single number apart", () => {
  const task = taskShape(1, 1, 2);
  const { policies } = makeFamily("ippo", { outputGain: 1 }, { task });
  assert.is(policies[0].shape.inputNorm, false);
  const wide = makeFamily("ippo", {}, { task: taskShape(1, 2, 2) });
  assert.is(wide.policies[0].shape.inputNorm, true);
  const trainer = makeFamily(
    "ippo",
    { criticEpochs: 40, criticLearningRate: 0.01, gaeLambda: 0, gamma: 0 },
    { task },
  );
  // A critic that can see what it is paid for explains it.
  const explained = Array.from({ length: 15 }, (_, i) => {
    const batch = playedBatch(trainer, task, i + 1, 4, 50);
    const [agent] = batch.agents;
    const paid = { ...batch, agents: [{ ...agent, rewards: agent.observations.map(Math.sign) }] };
    return (trainer.update(paid).explainedVariance as readonly number[])[0];
  });
  assert.ok(explained[14] > 0.5, `${explained}`);
});

test("metrics tell how far advantages were corrected, how large they are and how wide each agent's range is", () => {
  const update = (options: object) => {
    const trainer = makeFamily("a2po", { order: "fixed", ...options });
    return trainer.update(playedBatch(trainer, uneven)).details as Record<string, number[]>;
  };
  const { correction, advantageSize, clipRange } = update({ clip: 0.3, learningRate: 0.01 });
  assert.is(correction[0], 0);
  assert.ok(correction[1] > 0 && correction[2] > 0);
  assert.ok(advantageSize.every((size) => size > 0));
  // ε(½ + k/6) for k = 1, 2, 3.
  for (const [agent, range] of [0.2, 0.25, 0.3].entries()) {
    assert.ok(Math.abs(clipRange[agent] - range) < 1e-12, `${clipRange}`);
  }
  assert.not(Object.hasOwn(update({ advantage: "gae" }), "correction"));
});

test.run();
