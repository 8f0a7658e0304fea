/** Settings of which an iteration is not as many environment steps: all numbers at equal steps. */
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { groupRuns } from "../../src/experiments/counted-runs.ts";
import { atEqualSteps, type LevelRuns } from "../../src/experiments/equal-steps.ts";
import { scalePoints } from "../../src/experiments/scaling.ts";
import { noteSteps } from "../../src/experiments/step-notes.ts";
import { type Summary, summarise } from "../../src/experiments/summary.ts";
import { windowIterations, windowSteps } from "../../src/statistics/step-windows.ts";
import { type FakeRun, fakeExperiment, flat } from "../support/fake-experiment.ts";
import { partPlan } from "../support/parts.ts";
import { report, run } from "../support/reports.ts";
import { inFolder } from "../support/temporary.ts";

/** Its return is how many steps it has taken, in hundreds, so that more experience is a higher return. */
const learn = (setting: string, steps: number, length: number, seed = 1, task = "small"): FakeRun => {
  const returns = Array.from({ length }, (_, i) => ((i + 1) * steps) / 100);
  return { task, setting, seed, returns, planned: Math.max(1, length), stepsPerIteration: steps };
};
const level = (runs: readonly FakeRun[]): readonly LevelRuns[] => {
  const { experiment, results } = fakeExperiment(runs);
  return atEqualSteps(groupRuns(experiment, results));
};
const summary = (runs: readonly FakeRun[], about = {}): Summary => {
  const { experiment, results } = fakeExperiment(runs, about);
  return summarise(experiment, groupRuns(experiment, results));
};

test("windows are n of the shortest iterations, and at least one of every run", () => {
  assert.is(windowSteps(50, [4000, 10_000]), 200_000);
  assert.is(windowSteps(5, [100, 10_000]), 10_000);
  assert.is(windowIterations(200_000, 10_000), 20);
  assert.is(windowIterations(50 * 1000, 3200), 16); // 51,200 steps are nearer than 48,000
  assert.is(windowIterations(windowSteps(50, [700]), 700), 50);
});

test("every setting is cut to the iterations that end by the steps which all have reached", () => {
  const cut = level([learn("a", 1000, 9), learn("b", 300, 11), learn("c", 700, 40), learn("d", 50, 0)]);
  assert.equal(
    cut.map(({ iterations, counted }) => [iterations, counted[0]?.metrics.length]),
    [
      [3, 3], // of 3,300 steps
      [11, 11],
      [4, 4],
      [0, undefined],
    ],
  );
  assert.equal(cut[3].level, { steps: 3300, final: 15_000, best: 3000 });
});

test("where an iteration is as many steps of all that have begun, nothing changes", () => {
  const { experiment, results } = fakeExperiment([
    learn("a", 1000, 9),
    learn("b", 1000, 4),
    learn("c", 10, 0),
  ]);
  const groups = groupRuns(experiment, results);
  assert.is(atEqualSteps(groups), groups);
  const [{ comparisons, ...task }] = summarise(experiment, groups).tasks;
  assert.equal(Object.keys(task), ["task", "settings"]);
  assert.equal([comparisons[0].iterations, comparisons[0].steps], [4, undefined]);
  assert.is(task.settings[0].iterations, 9);
  assert.not.ok("stepsPerIteration" in task.settings[0]);
});

test("final, best, area and differences are of equal steps: the same learner differs by its last step alone", () => {
  const [{ level, settings, comparisons }] = summary([learn("a", 1000, 80), learn("b", 100, 600)]).tasks;
  assert.equal(level, { steps: 60_000, final: 5000, best: 1000 });
  const [a, b] = settings;
  assert.equal([a.iterations, a.stepsPerIteration], [60, 1000]);
  assert.equal([b.iterations, b.stepsPerIteration], [600, 100]);
  // Of the last 5,000 steps: (560 + … + 600)/5, and (551 + … + 600)/50.
  assert.equal(
    [a, b].map(({ final }) => final?.student.estimate),
    [580, 575.5],
  );
  assert.equal(
    [a, b].map(({ best }) => best?.student.estimate),
    [600, 595.5],
  );
  assert.equal(
    [a, b].map(({ area }) => area?.student.estimate),
    [305, 300.5],
  );
  const [{ steps, iterations, differences, probability }] = comparisons;
  assert.equal([steps, iterations], [60_000, undefined]);
  assert.equal(differences, [{ seed: 1, value: 4.5 }]);
  assert.is(probability.estimate, 1);
});

test("a setting whose first iteration is longer than what others have taken has no numbers", () => {
  const [{ level, settings, comparisons }] = summary([learn("a", 1000, 8), learn("b", 100, 8)]).tasks;
  assert.is(level?.steps, 800);
  assert.equal([settings[0].iterations, settings[0].final], [0, null]);
  assert.equal([settings[1].iterations, settings[1].final?.student.estimate], [8, 4.5]);
  assert.equal(comparisons, []);
});

test("scores of a task are those at its equal steps, also where another task has equal iterations", () => {
  const about = { small: { scores: { low: 0, high: 100 } }, large: { scores: { low: 0, high: 100 } } };
  const runs = [
    learn("a", 1000, 20),
    learn("b", 100, 100),
    ...["a", "b"].map((s) => learn(s, 500, 2, 1, "large")),
  ];
  const [a, b] = summary(runs, about).scores ?? [];
  assert.equal(
    [a.iterations, b.iterations],
    [
      [10, 2],
      [100, 2],
    ],
  );
  // At 10,000 steps: (60 + … + 100)/5 and (51 + … + 100)/50 of 100; on the other task 7.5.
  assert.ok(Math.abs((a.mean?.estimate ?? 0) - (0.8 + 0.075) / 2) < 1e-12);
  assert.ok(Math.abs((b.mean?.estimate ?? 0) - (0.755 + 0.075) / 2) < 1e-12);
});

test("teams and settings of a world are taken at equal steps; another world stays as it is", () => {
  const place = (world: string, agents: number) => ({ scale: { world, agents } });
  const { experiment, results } = fakeExperiment(
    [
      learn("a", 100, 6, 1, "small"),
      learn("a", 100, 9, 1, "large"),
      learn("b", 300, 3, 1, "small"),
      learn("a", 100, 7, 1, "other"),
    ],
    { small: place("W", 1), large: place("W", 2), other: place("V", 1) },
  );
  assert.equal(
    scalePoints(experiment, groupRuns(experiment, results)).map((point) => [
      point.world + point.setting + point.agents,
      point.iterations,
      point.steps,
      ...point.returnPerAgent,
    ]),
    [
      ["Wa1", 6, 600, 3.5],
      ["Wa2", 6, 600, 3.5 / 2],
      ["Wb1", 2, 600, 4.5],
      ["Va1", 7, undefined, 4],
    ],
  );
});

test("page and figure say how many steps an iteration is of each, and where all are compared", () =>
  inFolder(async (folder) => {
    const one = [1, 2].map((seed) => ({ ...run("small", "one", seed, seed), stepsPerIteration: 4000 }));
    const two = { task: "small", setting: "two", seed: 1, returns: flat(7, 80), stepsPerIteration: 400 };
    const files = await report(join(folder, "differ"), [...one, two]);
    const page = files["results.md"];
    const rows = [
      "**Compared at equal steps.** An iteration is 4,000 environment steps of Title of one; 400 of Title of two. ",
      "of the first **32,000** steps",
      "means over about 20,000 and 4,000 steps",
      "Known by iteration, so not in the figure: a log: ",
      "Dashed line: a paper, 4.50.",
      "| Title of one | 2 | 8 of 60 | 1.50 ± 6.35 |",
      "| Title of two | 1 | 80 | 7.00 |",
      "| difference of final returns | seeds | steps | mean |",
      "| Title of one − Title of two | 1 | 32,000 | −6.00 |",
      "- Where an iteration is not as many environment steps of all settings of a task, ",
      "they are taken at equal steps: W 32,000.",
    ];
    for (const row of rows) assert.ok(page.includes(row), `${row}\n\nis not in\n\n${page}`);
    assert.match(files["small.svg"], />environment steps</);
    assert.match(files["small.svg"], />Title of two \(1 seed, 400 steps an iteration\)</);
    assert.match(files["scaling.svg"], "at equal environment steps");
    const same = await report(join(folder, "same"));
    assert.not.match(same["results.md"], /equal steps|environment steps/);
    for (const [name, file] of Object.entries(same))
      if (name.endsWith("svg")) assert.not.match(file, "steps");
  }));

test("a score that is missing since no iteration ends by then says so", () =>
  inFolder(async (folder) => {
    const runs = [
      learn("a", 1000, 2),
      learn("b", 100, 2),
      ...["a", "b"].map((s) => learn(s, 500, 2, 1, "large")),
    ];
    const page = (await report(folder, runs))["results.md"];
    assert.match(page, "| Title of a | no iteration by then on small | – |");
    assert.match(page, "0 to 10.00, 200 steps; Title of large 0 to 20.00, iteration 2.");
    assert.match(page, "A setting that takes more steps to its first iteration has no values.");
  }));

test("who plans an experiment is told before it runs, once for all tasks alike", () => {
  const note = noteSteps(
    partPlan({ settings: { a: { algorithm: "fake" }, b: { algorithm: "fake", preset: "short" } } }),
  );
  assert.match(
    note,
    /^small, large: an iteration is 60 environment steps of a; 20 of b\. The report compares .*\n$/,
  );
  assert.is(noteSteps(partPlan()), "");
});

test.run();
