/** An agent draws its own actions as its policy says: frequencies by chi-square, modes by arg max, other heads untouched. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type HeadOwnership, LocalPolicy } from "../../../src/algorithms/trust-region/local-policy.ts";
import { createArena } from "../../../src/kernels/arena.ts";
import type { MlpShape } from "../../../src/nn/mlp.ts";
import { Random } from "../../../src/tensor/random.ts";
import { logSoftmaxReference } from "../../support/heads-reference.ts";
import { normalMatrix } from "../../support/matrices.ts";
import { forwardReference } from "../../support/mlp-reference.ts";

const arena = createArena();
const headSizes = [2, 3, 4, 2];
const width = 11;
const shape: MlpShape = { sizes: [3, 6, width], activation: "selu" };
/** The agent in the middle, with two heads of unequal size. */
const middle: HeadOwnership = { headSizes, first: 1, count: 2 };
const choices = Math.max(...headSizes);
const UNTOUCHED = -7;

type Way = "sample" | "mode" | "sampleWithSharedNoise";

/** A policy far from uniform. */
const make = (heads = middle, seed = 1) => new LocalPolicy(shape, heads, 1.5, Random.fromSeed(seed));

function act(policy: LocalPolicy, way: Way, observations: Float32Array, random = Random.fromSeed(2)) {
  const rows = observations.length / 3;
  const actions = new Int32Array(rows * headSizes.length).fill(UNTOUCHED);
  if (way === "mode") policy.mode(arena, observations, rows, actions);
  else draw(policy, way, observations, random, actions);
  return actions;
}

function draw(
  policy: LocalPolicy,
  way: Exclude<Way, "mode">,
  observations: Float32Array,
  random: Random,
  actions: Int32Array,
) {
  const rows = observations.length / 3;
  if (way === "sample") policy.sample(arena, observations, rows, random, actions);
  else policy.sampleWithSharedNoise(arena, observations, rows, { random, choices }, actions);
}

/** π [rows, width] in f64. */
function probabilities(policy: LocalPolicy, observations: Float32Array): Float64Array {
  const logits = forwardReference(shape, policy.parameters, observations, observations.length / 3);
  return logSoftmaxReference(logits, headSizes).map(Math.exp);
}

const head = (probs: Float64Array, row: number, which: number) => {
  const start = row * width + headSizes.slice(0, which).reduce((sum, size) => sum + size, 0);
  return probs.subarray(start, start + headSizes[which]);
};

const DRAWS = 12_000;
const situations = Array.from({ length: 3 }, (_, i) =>
  Float32Array.from(normalMatrix(Random.fromSeed(50 + i), 1, 3)),
);
const repeated = (situation: Float32Array) =>
  Float32Array.from({ length: 3 * DRAWS }, (_, i) => situation[i % 3]);

/** Σ (observed − expected)² / expected over outcomes numbered from 0. */
function chiSquare(outcomes: readonly number[], expected: readonly number[]): number {
  const counts = expected.map(() => 0);
  for (const outcome of outcomes) counts[outcome]++;
  const n = outcomes.length;
  return expected.reduce((sum, p, k) => sum + (counts[k] - p * n) ** 2 / (p * n), 0);
}

/** Quantiles of chi-square that are exceeded once in ten thousand: by degrees of freedom. */
const LIMITS: Record<number, number> = { 2: 18.42, 3: 21.11, 11: 37.37, 15: 44.26 };

test("draws follow the product of the own heads' probabilities, jointly", () => {
  const policy = make();
  for (const [i, situation] of situations.entries()) {
    const actions = act(policy, "sample", repeated(situation), Random.fromSeed(10 + i));
    const probs = probabilities(policy, situation);
    const expected = [...head(probs, 0, 1)].flatMap((p) => [...head(probs, 0, 2)].map((q) => p * q));
    const outcomes = Array.from(
      { length: DRAWS },
      (_, row) => 4 * actions[4 * row + 1] + actions[4 * row + 2],
    );
    assert.ok(Math.max(...expected) > 0.15, "not uniform");
    const statistic = chiSquare(outcomes, expected);
    assert.ok(statistic < LIMITS[11], `chi-square ${statistic} with 11 degrees of freedom`);
  }
});

test("shared noise keeps each own head's probabilities", () => {
  const policy = make();
  for (const [i, situation] of situations.entries()) {
    const actions = act(policy, "sampleWithSharedNoise", repeated(situation), Random.fromSeed(20 + i));
    const probs = probabilities(policy, situation);
    for (const which of [1, 2]) {
      const outcomes = Array.from({ length: DRAWS }, (_, row) => actions[4 * row + which]);
      const statistic = chiSquare(outcomes, [...head(probs, 0, which)]);
      const freedom = headSizes[which] - 1;
      assert.ok(statistic < LIMITS[freedom], `chi-square ${statistic} with ${freedom} degrees of freedom`);
    }
  }
});

test("one row tells nothing about the next, with shared noise neither", () => {
  const policy = make();
  const likely = head(probabilities(policy, situations[0]), 0, 2);
  const expected = [...likely].flatMap((p) => [...likely].map((q) => p * q));
  for (const way of ["sample", "sampleWithSharedNoise"] as const) {
    const actions = act(policy, way, repeated(situations[0]), Random.fromSeed(30));
    const pairs = Array.from({ length: DRAWS / 2 }, (_, i) => 4 * actions[8 * i + 2] + actions[8 * i + 6]);
    const statistic = chiSquare(pairs, expected);
    assert.ok(statistic < LIMITS[15], `${way}: chi-square ${statistic} with 15 degrees of freedom`);
  }
});

const mixed = Float32Array.from(normalMatrix(Random.fromSeed(3), 200, 3));

for (const way of ["sample", "mode", "sampleWithSharedNoise"] as const) {
  test(`${way} writes every own head and no other, whichever heads are its own`, () => {
    for (const [first, count] of [
      [0, 1],
      [1, 2],
      [3, 1],
      [0, 4],
    ] as const) {
      const actions = act(make({ headSizes, first, count }), way, mixed);
      for (const [i, action] of actions.entries()) {
        const which = i % 4;
        const own = which >= first && which < first + count;
        if (own) assert.ok(action >= 0 && action < headSizes[which], `action ${action} of head ${which}`);
        else assert.is(action, UNTOUCHED);
      }
    }
  });
}

test("deterministic actions are the likeliest of each own head", () => {
  const policy = make();
  const probs = probabilities(policy, mixed);
  const actions = act(policy, "mode", mixed);
  const seen = new Set<number>();
  for (let row = 0; row < 200; row++) {
    for (const which of [1, 2]) {
      const likely = head(probs, row, which);
      const action = actions[4 * row + which];
      assert.is(action, likely.indexOf(Math.max(...likely)), `row ${row}, head ${which}`);
      seen.add(4 * which + action);
    }
  }
  assert.ok(seen.size > 5, "many actions occur");
});

test("the same stream draws the same actions, going on draws others", () => {
  for (const way of ["sample", "sampleWithSharedNoise"] as const) {
    const stream = Random.fromSeed(4);
    const [first, next] = [act(make(), way, mixed, stream), act(make(), way, mixed, stream)];
    assert.equal(act(make(), way, mixed, Random.fromSeed(4)), first);
    assert.not.equal(next, first);
  }
});

/** Two heads of three choices with the same logits. */
function twins(): LocalPolicy[] {
  const heads = { headSizes: [3, 3], first: 0, count: 1 };
  const policy = new LocalPolicy({ sizes: [3, 5, 6], activation: "selu" }, heads, 1, Random.fromSeed(6));
  const output = 3 * 5 + 5;
  for (let row = 0; row < 6; row++) {
    const at = output + 6 * row; // weights [5, 6], then the bias
    policy.parameters.copyWithin(at + 3, at, at + 3);
  }
  const other = new LocalPolicy(policy.shape, { ...heads, first: 1 }, 1, Random.fromSeed(7));
  other.parameters = policy.parameters.slice();
  return [policy, other];
}

test("with shared noise, agents with the same policy and observation choose the same; with their own they differ", () => {
  const observations = repeated(situations[0]).subarray(0, 600);
  const chosen = (way: "sample" | "sampleWithSharedNoise") => {
    const joint = new Int32Array(2 * 200);
    for (const [i, policy] of twins().entries()) {
      const random = Random.fromSeed(8).derive(way === "sample" ? `agent ${i}` : "shared");
      draw(policy, way, observations, random, joint);
    }
    return Array.from({ length: 200 }, (_, row) => [joint[2 * row], joint[2 * row + 1]]);
  };
  for (const [own, other] of chosen("sampleWithSharedNoise")) assert.is(own, other);
  assert.is(new Set(chosen("sampleWithSharedNoise").flat()).size, 3, "all choices occur");
  assert.ok(chosen("sample").filter(([own, other]) => own !== other).length > 40);
});

test.run();
