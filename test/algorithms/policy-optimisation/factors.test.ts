/** What an agent learns from the others: factors, corrections, orders; and rates that fall. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ratioProportionalClips } from "../../../src/algorithms/policy-optimisation/clip-rules.ts";
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

test("agents that share parameters have ranges by their positions in the whole order", () => {
  const task = taskShape(3, 4, 3);
  for (const [blocks, cumulativeBlocks] of [
    [3, false],
    [2, true],
  ] as const) {
    // As many epochs as blocks: one round, with one order.
    const options = {
      sharing: "shared",
      epochs: blocks,
      clip: 0.3,
      clipStart: 0.2,
      blocks,
      cumulativeBlocks,
    };
    const { order, clipRange } = updated(makeFamily("a2po", options, { task, seed: 5 }), task).details;
    // ε(c + (1 − c) k/3).
    const expected = [0, 1, 2].map((agent) => 0.3 * (0.2 + (0.8 * (order.indexOf(agent) + 1)) / 3));
    allClose(clipRange, expected, 1e-12);
  }
});

test("ranges in proportion to ratios are each agent's own, by the ratios of those who have moved", () => {
  const options = { ...rates, order: "random", clipRule: "ratio-proportional", clip: 0.3 };
  const { details, ratios } = updated(makeFamily("a2po", options, { seed: 2 }));
  const { order, clipRange } = details;
  assert.not.equal(order, [0, 1, 2], "who moves last as numbered has no narrower range");
  for (const [place, agent] of order.entries()) {
    const then = ratios.map((own, other) => (order.indexOf(other) < place ? own : own.map(() => 1)));
    close(clipRange[agent], ratioProportionalClips(0.3, then)[agent], 1e-12);
  }
  assert.ok(Math.min(...clipRange) < 0.3 - 1e-3, `${clipRange}`);
});

test("a second round of blocks begins with corrected advantages", () => {
  const task = taskShape(3, 4, 3);
  const options = { ...rates, sharing: "shared", blocks: 1 };
  const correction = (epochs: number) =>
    updated(makeFamily("a2po", { ...options, epochs }, { task }), task).details.correction;
  assert.equal(correction(1), [0, 0, 0]);
  assert.ok(correction(2).every((moved) => moved > 0));
});

test("HATRPO weights with the ratios of all agents of a policy that has moved", () => {
  const task = taskShape(3, 4, 3);
  const last = (factor: string) => {
    const options = { sharing: [[0, 1]], agentNumbers: false, order: "fixed", maxKl: 0.05, factor };
    const trainer = makeFamily("hatrpo", options, { task });
    const batch = playedBatch(trainer, task);
    // The first of the two is never there, so that its ratios are 1 and those of the second are all there is.
    const agents = batch.agents.map((own, i) => (i === 0 ? { ...own, alive: own.alive.map(() => 0) } : own));
    trainer.update({ ...batch, agents });
    return trainer.policies[1].parameters;
  };
  assert.not.equal(last("preceding"), last("none"));
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
