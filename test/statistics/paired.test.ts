/** Pairs are made by seed, not by place. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { pairedDifferences } from "../../src/statistics/paired.ts";
import { studentInterval } from "../../src/statistics/student.ts";
import { Random } from "../../src/tensor/random.ts";

test("differences are taken between equal seeds; a seed of one setting alone is left out", () => {
  const first = [
    { seed: 3, value: 30 },
    { seed: 1, value: 10 },
    { seed: 2, value: 20 },
  ];
  const second = [
    { seed: 1, value: 4 },
    { seed: 3, value: 5 },
    { seed: 9, value: 6 },
  ];
  assert.equal(pairedDifferences(first, second), [
    { seed: 3, value: 25 },
    { seed: 1, value: 6 },
  ]);
  assert.equal(pairedDifferences(first, []), []);
});

test("what both settings owe to the seed drops out of the interval", () => {
  const random = Random.fromSeed(1);
  const seeds = Array.from({ length: 8 }, (_, seed) => ({ seed, luck: 100 * random.normal() }));
  const first = seeds.map(({ seed, luck }) => ({ seed, value: luck + 5 + random.normal() }));
  const second = seeds.map(({ seed, luck }) => ({ seed, value: luck + random.normal() }));
  const apart = studentInterval(first.map(({ value }) => value));
  const { low, high } = studentInterval(pairedDifferences(first, second).map(({ value }) => value));
  assert.ok(low > 0 && low < 5 && 5 < high, "the difference of 5 is found");
  assert.ok(apart.high - apart.low > 20 * (high - low), "although each setting varies by 100");
});

test.run();
