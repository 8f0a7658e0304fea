/** Exact values against their defining series, and against play. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { randomTabular } from "../../src/environments/tabular/random.ts";
import { vectorise } from "../../src/environments/vectorise.ts";
import { Random } from "../../src/tensor/random.ts";
import { agentDistances, agentDivergences } from "../../src/theory/measures.ts";
import {
  jointPolicy,
  mixPolicies,
  type ProductPolicy,
  prefixPolicy,
  randomPolicy,
} from "../../src/theory/policy.ts";
import { unfoldUpdate } from "../../src/theory/update.ts";
import { evaluatePolicy, weightedSums, weightedTransitions } from "../../src/theory/values.ts";
import { allClose, close } from "../support/close.ts";
import { moveRandomly } from "../support/moves.ts";
import { refuses } from "../support/refuses.ts";

test("d and J are the sums of γᵗ over time, and E_π Q = V", () => {
  const { game } = randomTabular({ states: 4, agents: 3, actions: 2, seed: 2, gamma: 0.7 });
  const policy = randomPolicy(game, Random.fromSeed("policy"));
  const { joint, values, actionValues, visitation, expectedReturn } = evaluatePolicy(game, policy);
  const moves = weightedTransitions(game, joint);
  const rewards = weightedSums(game, joint, game.rewards);
  let now: Float64Array = game.start;
  const d = new Float64Array(4);
  let sum = 0;
  let discount = 1;
  for (let t = 0; t < 120; t++) {
    for (const [s, mass] of now.entries()) {
      d[s] += (1 - game.gamma) * discount * mass;
      sum += discount * mass * rewards[s];
    }
    now = now.map((_, to) => now.reduce((total, mass, s) => total + mass * moves[4 * s + to], 0));
    discount *= game.gamma;
  }
  allClose(visitation, d, 1e-14, "d; 0.7¹²⁰ is 3e-19");
  close(expectedReturn, sum, 1e-13, "J");
  allClose(weightedSums(game, joint, actionValues), values, 1e-14, "E Q");
});

test("J of the uniform policy is the discounted return of play", () => {
  const definition = randomTabular({
    states: 5,
    agents: 2,
    actions: 2,
    seed: 9,
    gamma: 0.8,
    episodeLimit: 60,
  });
  const { game } = definition;
  const uniform = game.choices.map((n) => new Float64Array(5 * n).fill(1 / n));
  const copies = 4000;
  const env = vectorise(definition, { copies, seed: 1 });
  const random = Random.fromSeed("play");
  const returns = new Float64Array(copies);
  for (let t = 0, discount = 1; t < 60; t++, discount *= 0.8) {
    moveRandomly(env, random);
    env.step();
    for (let c = 0; c < copies; c++) returns[c] += discount * env.batch.rewards[2 * c];
  }
  const mean = returns.reduce((a, b) => a + b, 0) / copies;
  const variance = returns.reduce((a, b) => a + (b - mean) ** 2, 0) / copies;
  close(
    mean,
    evaluatePolicy(game, uniform).expectedReturn,
    4.5 * Math.sqrt(variance / copies),
    "4.5 std. errors",
  );
});

test("joint tables are products, prefixes change the first agents of the order only", () => {
  const { game } = randomTabular({ states: 2, agents: 3, actions: 2 });
  const [old, next] = ["old", "next"].map((name) => randomPolicy(game, Random.fromSeed(name)));
  const joint = jointPolicy(game, old);
  close(joint[8 + 5], old[0][3] * old[1][2] * old[2][3], 1e-16, "state 1, actions 1, 0, 1");
  assert.equal(prefixPolicy(old, next, [2, 0, 1], 2), [next[0], old[1], next[2]]);
  assert.equal(prefixPolicy(old, next, [2, 0, 1], 0), old);
  allClose(
    mixPolicies(old, next, 0.25)[1],
    old[1].map((p, at) => 0.75 * p + 0.25 * next[1][at]),
    1e-16,
  );
});

test("distances and divergences are the largest over states", () => {
  const { game } = randomTabular({ states: 2, agents: 2, actions: 2 });
  const old = [Float64Array.of(0.5, 0.5, 0.9, 0.1), Float64Array.of(1, 0, 1, 0)];
  const next = [Float64Array.of(0.25, 0.75, 0.8, 0.2), Float64Array.of(0.5, 0.5, 1, 0)];
  allClose(agentDistances(game, old, next), [0.25, 0.5], 1e-16);
  allClose(agentDivergences(game, old, next), [0.5 * Math.log(4 / 3), Math.log(2)], 1e-15);
});

test("policies of another game, rows that are no distributions, orders and γ that are none are refused", () => {
  const { game } = randomTabular({ states: 3, agents: 2, actions: 2, gamma: 0.9 });
  const other = randomTabular({ states: 3, agents: 2, actions: 3 }).game;
  const [old, next] = ["old", "next"].map((name) => randomPolicy(game, Random.fromSeed(name)));
  const evaluate = (policy: ProductPolicy, gamma = 0.9) => evaluatePolicy({ ...game, gamma }, policy);
  refuses(
    () => evaluate(randomPolicy(other, Random.fromSeed(1))),
    "the policy of agent 0 has 9 numbers; 3 states with 2 actions need 6",
  );
  refuses(() => evaluate([old[0]]), "the policy has 1 tables, but the game has 2 agents");
  refuses(
    () => evaluate(old.map((table) => table.map((p) => 2 * p))),
    "the policy of agent 0 in state 0 is [",
  );
  // Rows of such a mixture still sum to 1.
  refuses(() => evaluate(mixPolicies(old, next, 9)), "must be at least 0 and sum to 1");
  const rounded = old.map((table) => Float64Array.from(Float32Array.from(table)));
  close(evaluate(rounded).expectedReturn, evaluate(old).expectedReturn, 1e-5, "32 bits of probabilities");
  for (const gamma of [1, 1.5, -0.1, Number.NaN]) refuses(() => evaluate(old, gamma), `gamma is ${gamma}`);
  for (const order of [[0, 0], [0], [0, 1, 2], [1, 2]]) {
    refuses(() => unfoldUpdate(game, old, next, order), `order is [${order}]; it must name each`);
  }
});

test.run();
