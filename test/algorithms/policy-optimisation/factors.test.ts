/** What an agent learns from the others: factors, corrections, orders; and rates that fall. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { actionColumns } from "../../../src/algorithms/policy-optimisation/policy.ts";
import { PolicyBatch } from "../../../src/algorithms/policy-optimisation/policy-batch.ts";
import type { PolicyOptimisation } from "../../../src/algorithms/policy-optimisation/trainer.ts";
import { createArena } from "../../../src/kernels/arena.ts";
import { allClose, close, sameBits } from "../../support/close.ts";
import { type FamilyId, makeFamily, playedBatch, uneven } from "../../support/family.ts";
import { taskShape } from "../../support/random-batch.ts";

const arena = createArena();
type Details = Readonly<Record<string, readonly number[]>>;

/** An update, and the ratios of each agent after it. */
function updated(trainer: PolicyOptimisation, task = uneven) {
  const batch = playedBatch(trainer, task);
  const columns = actionColumns(task);
  const parts = trainer.policies.map((policy) => new PolicyBatch(arena, policy, columns, batch, 1));
  const details = trainer.update(batch).details as Details;
  for (const part of parts) part.measure(arena);
  const ratios = parts.flatMap((part) => part.policy.agents.map((agent) => part.ratios(agent)));
  return { details, ratios };
}

const rates = { learningRate: 0.01, order: "fixed", sharing: "separate" };
const deviation = (...ratios: readonly Float64Array[]) =>
  ratios[0].reduce((sum, _, row) => {
    const product = ratios.reduce((all, values) => all * values[row], 1);
    return sum + Math.abs(product - 1) / ratios[0].length;
  }, 0);

test("HAPPO and A2PO weight with the product of all before, at their last parameters", () => {
  for (const id of ["happo", "a2po"] as const) {
    const { details, ratios } = updated(makeFamily(id, rates));
    const [first, second] = ratios;
    const expected = [0, deviation(first), deviation(first, second)];
    // Means of the same f64 numbers, added up in another order.
    allClose(details.factorDeviation, expected, 1e-12, id);
    assert.ok(expected[2] > 1e-4, "there is something to see");
  }
});

test("CoPPO weights with all others as they stand, shared or not", () => {
  for (const [task, sharing] of [
    [uneven, "separate"],
    [taskShape(3, 4, 3), "shared"],
  ] as const) {
    const options = { learningRate: 0.01, sharing };
    const once = updated(makeFamily("coppo", { ...options, epochs: 1 }, { task }), task);
    const twice = updated(makeFamily("coppo", { ...options, epochs: 2 }, { task }), task);
    for (const agent of [0, 1, 2]) {
      const others = once.ratios.filter((_, other) => other !== agent);
      // In the first pass factors are 1; in the second they are those after the first.
      close(twice.details.factorDeviation[agent], deviation(...others) / 2, 1e-6);
    }
  }
});

test("blocks weight with all others, and the last of cumulative blocks has everybody", () => {
  const task = taskShape(3, 4, 3);
  const options = { learningRate: 0.01, sharing: "shared", order: "fixed", epochs: 3, blocks: 3 };
  const norms = (more: object) =>
    updated(makeFamily("a2po", { ...options, ...more }, { task }), task).details;
  const cumulative = norms({ cumulativeBlocks: true });
  const apart = norms({ cumulativeBlocks: false });
  assert.equal(cumulative.order, [0, 1, 2]);
  // One epoch of three blocks: the last agent's only step is in the last block, when two have moved everybody.
  assert.ok(cumulative.factorDeviation[2] > 1e-4);
  assert.is(apart.factorDeviation[0], 0, "the first block finds nobody moved");
  assert.ok(cumulative.factorDeviation[0] > 0, "the first agent takes part again");
});

/** Bits of a policy after one update. */
function policyAfter(id: FamilyId, agent: number, options: object): Float32Array {
  const trainer = makeFamily(id, { ...rates, ...options });
  trainer.update(playedBatch(trainer, uneven));
  return trainer.policies[agent].parameters;
}

test("corrections reach the agents after the first, in every variant", () => {
  const plain = policyAfter("a2po", 1, {});
  for (const options of [
    { traceClip: "none" },
    { traceClip: 0 },
    { traceClip: "cumulative" },
    { lambdaPower: 2 },
    { traceLeak: 0.5 },
    { stateRatios: true },
  ]) {
    assert.not.equal(policyAfter("a2po", 1, options), plain, JSON.stringify(options));
    const normalised = { advantageNormalisation: "agent" };
    sameBits(
      policyAfter("a2po", 0, { ...options, ...normalised }),
      policyAfter("a2po", 0, normalised),
      "the first agent has nobody before it",
    );
  }
});

test("critics learn from corrected advantages", () => {
  const critics = (options: object) => {
    const trainer = makeFamily("a2po", { ...rates, ...options });
    trainer.update(playedBatch(trainer, uneven));
    const { tensors } = trainer.save();
    return [0, 1].map((i) => tensors[`critics.${i}.output.weight`].values);
  };
  const [first, second] = critics({});
  const [other, differs] = critics({ traceClip: 0 });
  sameBits(other, first);
  assert.not.equal(differs, second);
});

test("a critic that all share learns the mean of everybody's corrected returns", () => {
  const critic = (options: object) => {
    const trainer = makeFamily("a2po", { ...rates, criticSharing: "one", ...options });
    trainer.update(playedBatch(trainer, uneven));
    return trainer.save().tensors["critics.0.output.weight"].values;
  };
  // The first agent has nobody before it, so that its returns alone would not notice.
  assert.not.equal(critic({ traceClip: 0 }), critic({}));
});

test("scoring again after each agent can change the order, and reports it", () => {
  const orders = (rescore: boolean) =>
    [1, 2, 3, 4, 5, 6].map((seed) => {
      const trainer = makeFamily(
        "a2po",
        { learningRate: 0.05, order: "greedy", rescore, traceClip: "none" },
        { seed },
      );
      return (trainer.update(playedBatch(trainer, uneven, seed)).details as Details).order;
    });
  const [once, again] = [orders(false), orders(true)];
  assert.equal(
    once.map(([first]) => first),
    again.map(([first]) => first),
    "nobody has moved before the first",
  );
  assert.not.equal(once, again);
});

test("learning rates fall linearly to 0 where that is asked, and then nothing moves", () => {
  const trainer = makeFamily("mappo", { learningRateIterations: 2 });
  const rate = () => trainer.update(playedBatch(trainer, uneven)).details?.learningRate;
  assert.equal([rate(), rate()], [5e-4, 2.5e-4]);
  const before = trainer.policies[0].parameters.slice();
  assert.is(rate(), 0);
  sameBits(trainer.policies[0].parameters, before);
});

test.run();
