/** Values that critics give anew before their agents' advantages are corrected. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Critic } from "../../../src/algorithms/policy-optimisation/critic.ts";
import { criticPlans } from "../../../src/algorithms/policy-optimisation/critic-views.ts";
import { createArena } from "../../../src/kernels/arena.ts";
import { Random } from "../../../src/tensor/random.ts";
import { sameBits } from "../../support/close.ts";
import { makeFamily, savedBits } from "../../support/family.ts";
import { randomBatch, taskShape } from "../../support/random-batch.ts";

const task = taskShape(3, 3, 3);
const options = {
  stepsPerIteration: 16,
  environmentCopies: 2,
  chunkLength: 4,
  order: "fixed",
  learningRate: 0.05,
  criticLearningRate: 0.05,
  advantageNormalisation: "agent",
};
/** The second batch goes on with the episodes of the first, which end elsewhere than it does. */
const batches = [1, 2].map((seed) => ({ ...randomBatch(task, 2, 8, seed, 5), newEpisodes: seed === 1 }));

function after(more: object, updates = 2) {
  const trainer = makeFamily("a2po", { ...options, ...more }, { task });
  for (const batch of batches.slice(0, updates)) trainer.update(batch);
  return trainer;
}

test("critics that are not fitted say the same again, also those that remember", () => {
  for (const valueNorm of ["none", "running"]) {
    const more = { recurrentCritics: true, criticEpochs: 0, valueNorm };
    const expected = savedBits(after(more));
    for (const refreshValues of ["cuts", "all"]) {
      sameBits(savedBits(after({ ...more, refreshValues })), expected, `${valueNorm} ${refreshValues}`);
    }
  }
});

test("the first agent has nobody before it, so that its policy and its critic stay what they were", () => {
  // After one update policies differ by their advantages alone.
  const [before, refreshed] = ["none", "all"].map((refreshValues) => after({ refreshValues }, 1));
  for (const [agent, moved] of [false, true, true].entries()) {
    const policies = [before, refreshed].map((trainer) => trainer.policies[agent].parameters);
    const critics = [before, refreshed].map(
      (trainer) => trainer.save().tensors[`critics.${agent}.output.weight`].values,
    );
    for (const [old, found] of [policies, critics]) {
      if (moved) assert.not.equal(found, old, `agent ${agent}`);
      else sameBits(found, old, `agent ${agent}`);
    }
  }
});

test("values anew are those of the fitted critic: of all rows, or of what followed cuts alone", () => {
  const { settings } = makeFamily("a2po", { ...options, criticSharing: "one" }, { task });
  const [plan] = criticPlans(task, settings);
  const critic = new Critic(task, plan, settings, Random.fromSeed(1));
  const arena = createArena();
  const [batch] = batches;
  const judgement = critic.judge(arena, batch);
  const [old] = judgement.estimates;
  const somebody = new Uint8Array(batch.rows).fill(1);
  critic.fit(arena, judgement, [old.values.map((v) => v + 3)], [somebody], 1, Random.fromSeed(2));
  const [fitted] = critic.judge(arena, batch).estimates;
  const [[all], [cuts]] = (["all", "cuts"] as const).map((which) =>
    critic.judgeAgain(arena, batch, judgement, which),
  );
  assert.not.equal(fitted.values, old.values);
  assert.equal(all.advantages(), fitted.advantages());
  assert.equal(cuts.values, old.values);
  // λ is 0.95, so the rows before a cut feel what followed it.
  assert.not.equal(cuts.advantages(), old.advantages());
  assert.not.equal(cuts.advantages(), fitted.advantages());
});

test("after PopArt's first fit, which gives values a unit, the second still moves them", () => {
  const trainer = makeFamily("a2po", { refreshValues: "cuts", valueNorm: "popart", gamma: 0 }, { task });
  const agents = batches[0].agents.map((agent) => ({ ...agent, rewards: agent.rewards.map((r) => r + 300) }));
  const { details = {} } = trainer.update({ ...batches[0], agents });
  // Beside old values in no unit every clipped loss would be flat.
  for (const norm of details.valueGradientNorm as readonly number[]) assert.ok(norm > 1e-3, `${norm}`);
});

test("the same bits on both kinds of kernels and after a resume", () => {
  const more = { ...options, refreshValues: "all", recurrentCritics: true, criticMinibatches: 2 };
  const expected = after(more);
  const twin = makeFamily("a2po", more, { task, kernels: "reference" });
  const resumed = makeFamily("a2po", more, { task, seed: 9 });
  twin.update(batches[0]);
  resumed.load(twin.save());
  for (const trainer of [twin, resumed]) {
    trainer.update(batches[1]);
    sameBits(savedBits(trainer), savedBits(expected));
  }
});

test.run();
