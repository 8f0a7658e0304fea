/** Tasks on one scale, in strata. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { groupRuns } from "../../src/experiments/counted-runs.ts";
import type { TaskAbout } from "../../src/experiments/experiment.ts";
import { type ScoreSummary, summariseScores } from "../../src/experiments/scores.ts";
import { Random } from "../../src/tensor/random.ts";
import { close } from "../support/close.ts";
import { type FakeRun, fakeExperiment } from "../support/fake-experiment.ts";

const run = (task: string, seed: number, value: number, setting = "a"): FakeRun => {
  return { task, setting, seed, returns: [value] };
};
const tasks = { easy: { scores: { low: 0, high: 10 } }, hard: { scores: { low: -300, high: -100 } } };
const scores = (
  runs: readonly FakeRun[],
  about: Record<string, Partial<TaskAbout>> = tasks,
): ScoreSummary[] | null => {
  const { experiment, results } = fakeExperiment(runs, about);
  return summariseScores(experiment, groupRuns(experiment, results), Random.fromSeed(1));
};

test("returns become scores by the scale of their task", () => {
  const [{ missing, runs, interquartile, mean }] =
    scores([run("easy", 1, 9), run("easy", 2, 7), run("hard", 1, -200), run("hard", 2, -100)]) ?? [];
  assert.equal([missing, runs], [[], 2]);
  close(interquartile?.estimate ?? Number.NaN, (0.7 + 0.9) / 2, 1e-12); // of 0.5, 0.7, 0.9, 1
  close(mean?.estimate ?? Number.NaN, (0.8 + 0.75) / 2, 1e-12);
});

test("seeds are drawn inside their task: equal seeds leave nothing open although tasks differ", () => {
  const [{ interquartile, mean }] =
    scores([run("easy", 1, 2), run("easy", 2, 2), run("hard", 1, -140), run("hard", 2, -140)]) ?? [];
  for (const interval of [interquartile, mean]) {
    close(interval?.low ?? Number.NaN, 0.5, 1e-12);
    close(interval?.high ?? Number.NaN, 0.5, 1e-12);
  }
});

test("the mean gives every task equal weight, however many runs it has", () => {
  const [{ runs, mean }] =
    scores([run("easy", 1, 10), run("easy", 2, 10), run("easy", 3, 10), run("hard", 1, -300)]) ?? [];
  assert.is(runs, 3);
  assert.equal(mean, { estimate: 0.5, low: 0.5, high: 0.5 });
});

test("no setting is judged later than another on a task, whatever it reached on others", () => {
  const rising = (task: string, setting: string, length: number): FakeRun => {
    return {
      task,
      setting,
      seed: 1,
      planned: 9,
      returns: Array.from({ length }, (_, i) => (i < 4 ? 5 : 10)),
    };
  };
  const one = { easy: { scores: { low: 0, high: 10 } }, hard: { scores: { low: 0, high: 10 } } };
  const found = scores(
    [
      rising("easy", "a", 9),
      rising("easy", "b", 4),
      rising("hard", "a", 9),
      rising("hard", "b", 9),
      rising("easy", "c", 0),
    ],
    one,
  );
  assert.equal(
    found?.map(({ iterations }) => iterations),
    [
      [4, 9],
      [4, 9],
      [4, 9],
    ],
  );
  const onHard = (4 * 5 + 5 * 10) / 9 / 10;
  close(found?.[0].mean?.estimate ?? Number.NaN, (0.5 + onHard) / 2, 1e-12);
  assert.equal(found?.[0].mean, found?.[1].mean);
});

test("a setting that lacks a task has no numbers and says which", () => {
  const found = scores([run("easy", 1, 1), run("hard", 1, 1), run("easy", 1, 1, "b")]);
  assert.equal(found?.[1], {
    setting: "b",
    iterations: [1, 1],
    missing: ["hard"],
    runs: 1,
    interquartile: null,
    mean: null,
  });
  assert.equal(found?.[0].missing, []);
});

test("a task that no setting runs is left out, whatever it says of scores", () => {
  const { experiment, results } = fakeExperiment([run("easy", 1, 1), run("hard", 1, -200)], tasks);
  const summarise = (unrun: object) => {
    const about = { title: "Unrun", environment: "test/counting", ...unrun };
    const more = { ...experiment, tasks: { unrun: about, ...experiment.tasks } };
    return summariseScores(more, groupRuns(more, results), Random.fromSeed(1));
  };
  const expected = scores([run("easy", 1, 1), run("hard", 1, -200)]);
  assert.ok(expected?.[0].mean);
  assert.equal(summarise({ scores: { low: 0, high: 1 } }), expected);
  assert.equal(summarise({}), expected);
});

test("without scores for every task, or with one task, there is no common scale", () => {
  assert.is(scores([run("easy", 1, 1), run("hard", 1, 1)], { easy: tasks.easy }), null);
  assert.is(scores([run("easy", 1, 1)]), null);
});

test.run();
