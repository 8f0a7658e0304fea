/** Measures of one run, on runs that can be done by hand. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  areaUnderCurve,
  bestReturn,
  finalReturn,
  jointKl,
  klOfLearner,
  seconds,
} from "../../src/experiments/measures.ts";
import { close } from "../support/close.ts";
import { fakeMetrics, flat } from "../support/fake-experiment.ts";

const rising = fakeMetrics(Array.from({ length: 100 }, (_, i) => i + 1));

test("final is the mean of the last 50 iterations, of all when there are fewer", () => {
  assert.is(finalReturn(rising), 75.5);
  assert.is(finalReturn(rising.slice(0, 4)), 2.5);
});

test("best is the highest mean of ten in a row", () => {
  assert.is(bestReturn(rising), 95.5);
  const hill = fakeMetrics([...flat(0, 30), ...flat(8, 10), ...flat(3, 30)]);
  assert.is(bestReturn(hill), 8);
  const spike = fakeMetrics([...flat(0, 20), 100, ...flat(0, 20)]);
  assert.is(bestReturn(spike), 10);
  assert.is(bestReturn(fakeMetrics([-5, -1, -3])), -3);
});

test("the area is the mean of all iterations", () => {
  assert.is(areaUnderCurve(rising), 50.5);
});

test("iterations without episodes are passed over, and a run of such has no return", () => {
  assert.is(finalReturn(fakeMetrics([null, 4, null, 8])), 6);
  assert.is(bestReturn(fakeMetrics([...flat(1, 10), ...new Array(15).fill(null)])), 1);
  for (const measure of [finalReturn, bestReturn, areaUnderCurve]) {
    assert.is(measure(fakeMetrics([null, null])), null);
    assert.is(measure([]), null);
  }
});

test("KL of a learner is the mean over learners and iterations; joint KL that of the iterations that have one", () => {
  const metrics = fakeMetrics([1, 1]).map((line, i) => ({ ...line, kl: i === 0 ? [0.1, 0.3] : [0.3, 0.5] }));
  const bare = metrics.map(({ jointKl: _, ...line }) => line);
  const joint = [{ ...bare[0], jointKl: 0.2 }, bare[1], { ...bare[1], jointKl: 0.5 }];
  close(klOfLearner(metrics) ?? Number.NaN, 0.3, 1e-12);
  close(jointKl(joint) ?? Number.NaN, 0.35, 1e-12);
  assert.is(jointKl(bare), null);
  const { kl: _, ...without } = metrics[1];
  close(klOfLearner([metrics[0], without]) ?? Number.NaN, 0.2, 1e-12);
  assert.is(klOfLearner([without]), null);
  assert.is(klOfLearner([]), null);
  assert.is(jointKl([]), null);
});

test("seconds are the sum over iterations", () => {
  assert.is(seconds(fakeMetrics([1, 2, 3], 1.5)), 4.5);
  assert.is(seconds([]), 0);
});

test.run();
