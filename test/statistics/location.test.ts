/** Interquartile mean and probability of improvement on samples that can be done by hand. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { interquartileMean, mean, probabilityOfImprovement } from "../../src/statistics/location.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";
import { close } from "../support/close.ts";
import { rejects } from "../support/rejects.ts";

const samples = fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), { minLength: 1, maxLength: 30 });

test("a quarter of the values, rounded down, is left out at each end", () => {
  assert.is(interquartileMean([7]), 7);
  assert.is(interquartileMean([1, 2, 9]), 4);
  assert.is(interquartileMean([100, 2, 4, -50]), 3);
  assert.is(interquartileMean([1e6, 3, 1, -1e6, 2]), 2);
  assert.is(interquartileMean([8, 1, 2, 3, 4, 5, 6, 7]), 4.5);
});

test("the interquartile mean keeps the order of its argument, which it does not change", () => {
  const values = [3, 1, 2, 9, 4];
  interquartileMean(values);
  assert.equal(values, [3, 1, 2, 9, 4]);
});

test("the interquartile mean moves and stretches with the values and ignores one wild value of four", () => {
  fc.assert(
    fc.property(samples, (values) => {
      const moved = interquartileMean(values.map((x) => -3 * x + 5));
      close(moved, -3 * interquartileMean(values) + 5, 1e-9);
    }),
  );
  fc.assert(
    fc.property(fc.double({ min: 5, noNaN: true, noDefaultInfinity: true }), (wild) => {
      assert.is(interquartileMean([1, 2, 4, wild]), 3);
    }),
  );
});

test("the interquartile mean of a symmetric sample is its mean", () => {
  fc.assert(
    fc.property(samples, (values) => {
      const symmetric = [...values, ...values.map((x) => -x)];
      close(interquartileMean(symmetric), 0, 1e-9);
      close(mean(symmetric), 0, 1e-9);
    }),
  );
});

test("the probability of improvement counts pairs, ties by half", () => {
  assert.is(probabilityOfImprovement([2, 3], [0, 1]), 1);
  assert.is(probabilityOfImprovement([0, 1], [2, 3]), 0);
  assert.is(probabilityOfImprovement([1, 3], [2]), 0.5);
  assert.is(probabilityOfImprovement([1, 1, 2], [1, 5]), (0.5 + 0.5 + 1) / 6);
});

test("the probabilities of both directions add to one", () => {
  fc.assert(
    fc.property(samples, samples, (x, y) => {
      close(probabilityOfImprovement(x, y) + probabilityOfImprovement(y, x), 1, 1e-12);
    }),
  );
});

test("empty samples and values that are not finite are refused by name", async () => {
  await rejects(() => interquartileMean([]), InvalidInputError, /interquartile mean: got none/);
  await rejects(
    () => interquartileMean([Number.POSITIVE_INFINITY]),
    InvalidInputError,
    /number 1 is Infinity/,
  );
  await rejects(() => probabilityOfImprovement([1], []), InvalidInputError, /second setting: got none/);
});

test.run();
