/** The bootstrap against distributions that are known exactly, and its coverage against theory. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { percentile, type Strata, stratifiedBootstrap } from "../../src/statistics/bootstrap.ts";
import { interquartileMean, mean } from "../../src/statistics/location.ts";
import { Random } from "../../src/tensor/random.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";
import { close } from "../support/close.ts";
import { rejects } from "../support/rejects.ts";

const meanOfAll = (strata: Strata): number => mean(strata.flat());
const seed = (n: number): Random => Random.fromSeed(n);

test("percentiles are linear between neighbours", () => {
  const sorted = Float64Array.of(0, 10, 20, 40);
  for (const [p, value] of [
    [0, 0],
    [1, 40],
    [0.5, 15],
    [0.9, 34],
  ])
    close(percentile(sorted, p), value, 1e-12);
  assert.is(percentile(Float64Array.of(3), 0.025), 3);
});

test("the mean of ten zeros and ten ones, drawn again, is binomial: 2.5 % and 97.5 % at 6/20 and 14/20", () => {
  const values = [...new Array<number>(10).fill(0), ...new Array<number>(10).fill(1)];
  assert.equal(stratifiedBootstrap([values], meanOfAll, seed(1)), { estimate: 0.5, low: 0.3, high: 0.7 });
});

test("values are drawn inside their stratum only, as many as it has", () => {
  const strata = [[1, 1, 1], [8, 8], [5]];
  const seen = (drawn: Strata): number => {
    assert.equal(drawn, strata);
    return meanOfAll(drawn);
  };
  assert.equal(stratifiedBootstrap(strata, seen, seed(1), { resamples: 50 }), {
    estimate: 4,
    low: 4,
    high: 4,
  });
});

test("strata narrow the interval: the spread between tasks is none of it", () => {
  const [low, high] = [
    [0, 1, 2, 3, 4],
    [100, 101, 102, 103, 104],
  ];
  const width = (strata: Strata): number => {
    const interval = stratifiedBootstrap(strata, meanOfAll, seed(3));
    return interval.high - interval.low;
  };
  const inside = width([low, high]); // 2·1.96·√(2/10) = 1.75 for normal means of ten values of variance 2
  close(inside, 1.75, 0.15, "width of the interval in strata");
  assert.ok(width([[...low, ...high]]) > 20 * inside);
});

test("the interval moves and stretches with the values when the draws are the same", () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6];
  const statistic = (strata: Strata): number => interquartileMean(strata.flat());
  const before = stratifiedBootstrap([values], statistic, seed(4), { resamples: 500 });
  const after = stratifiedBootstrap([values.map((x) => 2 * x - 7)], statistic, seed(4), { resamples: 500 });
  for (const key of ["estimate", "low", "high"] as const) close(after[key], 2 * before[key] - 7, 1e-12, key);
});

test("equal seeds give equal intervals, others do not", () => {
  const values = Array.from({ length: 9 }, (_, i) => Math.sqrt(i));
  const interval = (n: number) => stratifiedBootstrap([values], meanOfAll, seed(n), { resamples: 200 });
  assert.equal(interval(1), interval(1));
  assert.not.equal(interval(1), interval(2));
});

test("a higher level gives a wider interval", () => {
  const values = [1, 2, 4, 8, 16, 32];
  const interval = (level: number) => stratifiedBootstrap([values], meanOfAll, seed(1), { level });
  assert.ok(interval(0.99).low < interval(0.8).low && interval(0.8).high < interval(0.99).high);
});

/**
 * The resampled mean of n normal values is spread by s√((n − 1)/n)/√n, so the interval holds the true mean with
 * P(|T₁₉| < 1.96·√(19/20)) = 0.9287 for n = 20 (SciPy 1.17): less than 95 %, which the guide warns of.
 */
test("of 20 normal values, the interval of the mean holds the truth as often as theory says", () => {
  const random = seed(5);
  let held = 0;
  for (let trial = 0; trial < 1500; trial++) {
    const values = Array.from({ length: 20 }, () => random.normal());
    const { low, high } = stratifiedBootstrap([values], meanOfAll, random, { resamples: 400 });
    if (low <= 0 && 0 <= high) held++;
  }
  close(held / 1500, 0.9287, 0.0266, "coverage (4 standard errors)");
});

test("empty strata and options out of range are refused by name", async () => {
  const run = (strata: Strata, options = {}) => stratifiedBootstrap(strata, meanOfAll, seed(1), options);
  await rejects(() => run([]), InvalidInputError, /strata: got none/);
  await rejects(() => run([[1], []]), InvalidInputError, /values of stratum 2: got none/);
  await rejects(() => run([[Number.NaN]]), InvalidInputError, /stratum 1: number 1 is NaN/);
  await rejects(() => run([[1]], { resamples: 0.5 }), InvalidInputError, /resamples: got 0\.5/);
  await rejects(() => run([[1]], { level: 1 }), InvalidInputError, /level: got 1/);
});

test.run();
