/** Sampling and the likeliest actions. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { JointCategorical } from "../../src/distributions/joint.ts";
import { createArena } from "../../src/kernels/arena.ts";
import { Random } from "../../src/tensor/random.ts";
import { close } from "../support/close.ts";

const arena = createArena();

/** Actions of `rows` equal rows with these probabilities, drawn from the seed. */
function draw(
  sizes: readonly number[],
  probabilities: readonly number[],
  rows: number,
  seed: number,
): Int32Array {
  return arena.scope(() => {
    const joint = new JointCategorical(arena, sizes);
    const logits = Float32Array.from({ length: rows * joint.width }, (_, i) =>
      Math.log(probabilities[i % joint.width]),
    );
    const logProbs = arena.allocateF32(logits.length);
    joint.logSoftmax(arena.place(logits), logProbs, rows);
    const actions = arena.allocateF32(rows * joint.heads);
    joint.sample(logProbs, Random.fromSeed(seed), actions, rows);
    return arena.i32(actions, rows * joint.heads).slice();
  });
}

test("frequencies follow the probabilities, heads are independent (χ² at four standard deviations)", () => {
  const rows = 20_000;
  const first = [0.5, 0.25, 0.15, 0.1];
  const second = [0.7, 0.3];
  const actions = draw([4, 2], [...first, ...second], rows, 1);
  const counts = new Float64Array(8);
  for (let row = 0; row < rows; row++) counts[actions[2 * row] * 2 + actions[2 * row + 1]]++;
  let statistic = 0;
  for (let i = 0; i < 8; i++) {
    const expected = rows * first[i >> 1] * second[i & 1];
    statistic += (counts[i] - expected) ** 2 / expected;
  }
  close(statistic, 7, 4 * Math.sqrt(2 * 7), "χ² with 7 degrees of freedom");
});

test("impossible choices are never drawn", () => {
  const actions = draw([4, 3], [0, 0.5, 0, 0.5, 1, 0, 0], 5000, 2);
  for (let i = 0; i < actions.length; i += 2) {
    assert.ok(actions[i] === 1 || actions[i] === 3, `action ${actions[i]}`);
    assert.is(actions[i + 1], 0);
  }
});

test("the same stream gives the same actions, another stream others", () => {
  const uniform = [1, 1, 1, 1, 1].map((value) => value / 5);
  assert.equal(draw([5], uniform, 100, 3), draw([5], uniform, 100, 3));
  assert.not.equal(draw([5], uniform, 100, 4), draw([5], uniform, 100, 3));
});

test("fewer rows draw a beginning of the same actions", () => {
  const probabilities = [0.2, 0.3, 0.5, 0.6, 0.4];
  const all = draw([3, 2], probabilities, 50, 5);
  assert.equal(draw([3, 2], probabilities, 20, 5), all.slice(0, 40));
});

test("the mode is the likeliest choice of each head, the first of equals", () => {
  arena.scope(() => {
    const joint = new JointCategorical(arena, [3, 2]);
    const logProbs = arena.place(Float32Array.of(-3, -0.1, -3, -0.7, -0.7, -1, -2, -0.5, -5, -0.01));
    const actions = arena.allocateF32(4);
    joint.mode(logProbs, actions, 2);
    assert.equal([...arena.i32(actions, 4)], [1, 0, 2, 1]);
  });
});

test.run();
