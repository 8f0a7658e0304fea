/** The numbers of an experiment, against values by hand and against the statistics they are made of. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { groupRuns } from "../../src/experiments/counted-runs.ts";
import { type Summary, summarise } from "../../src/experiments/summary.ts";
import { studentInterval } from "../../src/statistics/student.ts";
import { close } from "../support/close.ts";
import { type FakeRun, fakeExperiment, flat } from "../support/fake-experiment.ts";

const run = (setting: string, seed: number, value: number, task = "t"): FakeRun => {
  return { task, setting, seed, returns: [...flat(0, 50), ...flat(value, 50)] };
};
const summary = (runs: readonly FakeRun[]): Summary => {
  const { experiment, results } = fakeExperiment(runs);
  return summarise(experiment, groupRuns(experiment, results));
};
const finals = [10, 14, 12, 30, 11];
const five = finals.map((value, i) => run("a", i + 1, value));

test("a setting's measures are those of its seeds with Student's interval", () => {
  const [{ task, settings }] = summary(five).tasks;
  const [{ setting, iterations, runs, final, best, area, klOfLearner, jointKl }] = settings;
  assert.equal([task, setting, iterations, runs.length], ["t", "a", 100, 5]);
  assert.equal(runs[0], { seed: 1, iterations: 100, planned: 100, finished: true, counted: true });
  const seeds = finals.map((value, i) => ({ seed: i + 1, value }));
  assert.equal(final?.seeds, seeds);
  assert.equal(final?.student, studentInterval(finals));
  assert.equal(best?.seeds, seeds);
  close(area?.student.estimate ?? Number.NaN, 15.4 / 2, 1e-12, "area");
  close(klOfLearner?.student.estimate ?? Number.NaN, 0.02, 1e-12, "KL of a learner");
  close(jointKl?.student.estimate ?? Number.NaN, 0.04, 1e-12, "joint KL");
});

test("the interquartile mean leaves the lucky seed out; its interval is of resampled seeds", () => {
  const [{ settings }] = summary(five).tasks;
  const interval = settings[0].final?.interquartile;
  close(interval?.estimate ?? Number.NaN, (11 + 12 + 14) / 3, 1e-12);
  assert.ok(interval && interval.low >= 10 && interval.low < 12 && interval.high > 14 && interval.high <= 30);
});

test("measures of a setting do not depend on the other settings and tasks", () => {
  const [alone] = summary(five).tasks;
  const [first] = summary([...five, run("b", 1, 3), run("a", 1, 5, "u")]).tasks;
  assert.equal(first.settings[0], alone.settings[0]);
});

test("unfinished runs are told apart; what has no value is null", () => {
  const { tasks } = summary([
    { task: "t", setting: "a", seed: 1, returns: flat(7, 4) },
    { task: "t", setting: "a", seed: 2, returns: flat(9, 2), planned: 4 },
    { task: "t", setting: "b", seed: 1, returns: [], planned: 4 },
    { task: "t", setting: "c", seed: 1, returns: [null, null] },
  ]);
  const [a, b, c] = tasks[0].settings;
  assert.equal(
    a.runs.map(({ finished, counted }) => [finished, counted]),
    [
      [true, true],
      [false, false],
    ],
  );
  assert.equal(a.final?.student, { estimate: 7, low: 7, high: 7 });
  assert.equal([b.iterations, b.final, b.jointKl], [0, null, null]);
  assert.equal([c.iterations, c.final, c.best, c.jointKl?.seeds.length], [2, null, null, 1]);
});

test("a task without cells is no part of the summary", () => {
  const { experiment, results } = fakeExperiment(five);
  const tasks = { ...experiment.tasks, empty: { title: "Empty", environment: "test/counting" } };
  const { tasks: found } = summarise({ ...experiment, tasks }, groupRuns({ ...experiment, tasks }, results));
  assert.equal(
    found.map(({ task }) => task),
    ["t"],
  );
});

test.run();
