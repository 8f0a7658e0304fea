/** Which runs count: the finished ones, else those that have begun, as far as all go. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { groupRuns, type SettingRuns } from "../../src/experiments/counted-runs.ts";
import { type FakeRun, fakeExperiment, flat } from "../support/fake-experiment.ts";

const run = (seed: number, iterations: number, planned = 6, setting = "a", task = "t"): FakeRun => {
  return { task, setting, seed, planned, returns: flat(seed, iterations) };
};
const failed = (seed: number, iterations: number): FakeRun => ({ ...run(seed, iterations), failure: "no" });
const group = (runs: readonly FakeRun[]): SettingRuns[] => {
  const { experiment, results } = fakeExperiment(runs);
  return groupRuns(experiment, results);
};
const counted = ({ counted }: SettingRuns) =>
  counted.map(({ cell, metrics }) => [cell.seed, metrics.length] as const);

test("all runs of a setting that is finished count", () => {
  const [runs] = group([run(1, 6), run(2, 6)]);
  assert.equal(counted(runs), [
    [1, 6],
    [2, 6],
  ]);
  assert.is(runs.iterations, 6);
});

test("while some are finished, the others are left out", () => {
  const [runs] = group([run(1, 6), run(2, 3), run(3, 0)]);
  assert.equal(counted(runs), [[1, 6]]);
  assert.is(runs.all.length, 3);
});

test("while none is finished, those that have begun count as far as all of them go", () => {
  const [runs] = group([run(1, 5), run(2, 3), run(3, 0)]);
  assert.equal(counted(runs), [
    [1, 3],
    [2, 3],
  ]);
  assert.is(runs.iterations, 3);
});

test("runs that failed count neither beside finished ones nor beside those that go on, nor alone", () => {
  assert.equal(counted(group([run(1, 6), failed(2, 5)])[0]), [[1, 6]]);
  const [going] = group([run(1, 5), failed(2, 3), failed(3, 0)]);
  assert.equal(counted(going), [[1, 5]]);
  assert.equal(counted(group([failed(1, 5), failed(2, 3)])[0]), []);
});

test("finished runs of unequal plans are cut to the shortest", () => {
  const [runs] = group([run(1, 5, 5), run(2, 3, 3)]);
  assert.equal(counted(runs), [
    [1, 3],
    [2, 3],
  ]);
});

test("a setting that has not begun has no counted run", () => {
  const [runs] = group([run(1, 0), run(2, 0)]);
  assert.equal([counted(runs), runs.iterations, runs.all.length], [[], 0, 2]);
});

test("groups and seeds have the order of the experiment, whatever that of the results", () => {
  const { experiment, results } = fakeExperiment([
    run(1, 2, 2, "b", "y"),
    run(1, 2, 2, "a", "x"),
    run(1, 2, 2, "a", "y"),
    run(2, 2, 2, "b", "y"),
  ]);
  const groups = groupRuns(experiment, results);
  assert.equal(
    groups.map(({ task, setting, all }) => [task, setting, all.length]),
    [
      ["y", "b", 2],
      ["y", "a", 1],
      ["x", "a", 1],
    ],
  );
  assert.equal(groupRuns(experiment, [...results].reverse()), groups);
  assert.is(groupRuns(experiment, [])[0].all.length, 2);
});

test.run();
