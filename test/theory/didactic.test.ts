/** The exact results of the didactic games. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { halfHalf } from "../../src/environments/matrix/half-half.ts";
import { antiCoordinationPayoff } from "../../src/environments/matrix/payoffs.ts";
import { vectorise } from "../../src/environments/vectorise.ts";
import {
  bestResponses,
  bestSharedReturn,
  bimatrixReturn,
  productReturns,
  productStep,
  sharedReturn,
} from "../../src/theory/didactic.ts";
import { allClose, close } from "../support/close.ts";

test("at once, both means step past each other for ever; one after the other, the product grows", () => {
  const start = [-0.25, 0.25] as const;
  assert.equal(productStep(start, "simultaneous"), [0.75, -0.75]);
  assert.equal(productStep(start, "sequential"), [0.75, 1.25]);
  const low = [-0.0625, -0.5625];
  assert.equal(
    productReturns(start, "simultaneous", 100),
    Array.from({ length: 101 }, (_, step) => low[step % 2]),
  );
  const sequential = productReturns(start, "sequential", 100);
  assert.is(sequential[1], 0.9375);
  for (let step = 1; step <= 100; step++) assert.ok(sequential[step] > sequential[step - 1]);
});

test("the step is as long as the KL radius allows, σ√(2δ)", () => {
  const [first, second] = productStep([1, 1], "simultaneous", { maxKl: 0.02, deviation: 3 });
  close(first, 1 + 3 * 0.2, 1e-15);
  close((first - 1) ** 2 / (2 * 9), 0.02, 1e-15, "KL");
  close(second, first, 0);
  assert.equal(productStep([0, 0], "sequential"), [0, 0]);
});

test("simultaneous best responses end at 0 below π(0) = 0.6 and at −1 above, sequential ones at 2", () => {
  for (const [p, action, worst] of [
    [0.55, 0, 0],
    [0.59, 0, 0],
    [0.61, 1, -1],
    [0.7, 1, -1],
    [0.9, 1, -1],
  ]) {
    const policy = [p, 1 - p];
    const reward = ([a, b]: readonly [number, number]) => antiCoordinationPayoff[a][b];
    const together = bestResponses(antiCoordinationPayoff, [policy, policy], "simultaneous");
    assert.equal(together, [action, action]);
    assert.is(reward(together), worst);
    const inTurn = bestResponses(antiCoordinationPayoff, [policy, policy], "sequential");
    assert.equal(inTurn, [action, 1 - action]);
    assert.is(reward(inTurn), 2);
  }
  close(bimatrixReturn(antiCoordinationPayoff, [0.55, 0.45], [0.55, 0.45]), 0.7875, 1e-15);
  close(bimatrixReturn(antiCoordinationPayoff, [0.9, 0.1], [0.9, 0.1]), 0.35, 1e-15);
  assert.ok(bimatrixReturn(antiCoordinationPayoff, [0.7, 0.3], [0.7, 0.3]) > -1, "it was better before");
});

test("best responses look along rows for agent 0 and along columns for agent 1", () => {
  const payoff = [
    [1, 5, 0],
    [4, 2, 3],
  ];
  const old = [
    [1, 0],
    [0, 0, 1],
  ] as const;
  assert.equal(bestResponses(payoff, old, "simultaneous"), [1, 1]);
  assert.equal(bestResponses(payoff, old, "sequential"), [1, 0]);
});

test("a shared policy reaches 2/2ⁿ at half-half, at q = ½ and nowhere else", () => {
  allClose([2, 4, 6, 8].map(bestSharedReturn), [0.5, 0.125, 0.03125, 0.0078125], 0);
  for (const agents of [2, 4, 6, 8]) {
    for (let k = 0; k <= 100; k++)
      assert.ok(sharedReturn(agents, k / 100) < bestSharedReturn(agents) || k === 50);
  }
});

test("the shared return is the sum over the joint actions that the environment pays for", () => {
  const agents = 4;
  const env = vectorise(halfHalf({ agents }), { copies: 2 ** agents });
  const q = 0.3;
  let expected = 0;
  const bit = (joint: number, i: number) => (joint >> i) & 1;
  for (let i = 0; i < env.batch.actions.length; i++)
    env.batch.actions[i] = bit(Math.floor(i / agents), i % agents);
  env.step();
  for (let joint = 0; joint < 2 ** agents; joint++) {
    let chance = 1;
    for (let i = 0; i < agents; i++) chance *= bit(joint, i) === 0 ? q : 1 - q;
    expected += chance * env.batch.rewards[joint * agents];
  }
  close(sharedReturn(agents, q), expected, 1e-15);
});

test.run();
