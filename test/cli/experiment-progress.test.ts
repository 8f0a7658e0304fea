/** An experiment's progress in both forms. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ExperimentProgress } from "../../src/cli/experiment-progress.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import type { Cell } from "../../src/experiments/experiment.ts";
import type { IterationMetrics } from "../../src/training/metrics.ts";
import { fakeConfig } from "../support/fake-run.ts";

const cells = ["a", "b"].map((setting): Cell => {
  return { task: "task", setting, seed: 1, directory: "", config: fakeConfig({ iterations: 40 }) };
});
const [first, second] = cells;
const line = (iteration: number, total: number, warnings: string[] = []): IterationMetrics => ({
  iteration,
  environmentSteps: 0,
  episodes: 1,
  meanReturn: -12.34,
  agentReturns: [],
  meanEpisodeLength: 1,
  kl: [],
  entropy: [],
  explainedVariance: [],
  seconds: { sample: 0, value: 0, policy: 0, total },
  warnings,
});

function show(jobs: number) {
  const lines: string[] = [];
  const terminal: Terminal = {
    out: () => assert.unreachable("progress goes to the error stream"),
    err: (text) => lines.push(text),
    interactive: false,
    columns: 100,
    command: "marlstone",
    catchStop: () => new AbortController().signal,
  };
  return { lines, progress: new ExperimentProgress(terminal, "heading", cells, jobs) };
}

test("what was found counts, and the time left weighs the runs by what they took", () => {
  const { lines, progress } = show(2);
  const metrics = Array.from({ length: 40 }, (_, i) => line(i + 1, 10));
  progress.found(
    new Map([
      [first, { finished: true, metrics, watched: "tensorboard is false in the run, true" }],
      [second, { finished: false, metrics: [] }],
    ]),
    ["runs/task/c/seed-1"],
  );
  progress.started(second);
  progress.iteration(second, line(1, 90));
  progress.stop();
  assert.match(
    lines[0],
    /^heading\nNot asked for here: 1 finished run in this directory, .* and "combine" them\.\nMade with other watch options: 1 finished run \(task a seed 1: tensorboard is false in the run, true\), which stay as they are\. Delete .*\n$/,
  );
  assert.is(lines[1], "Found 40 of 80 iterations.\n");
  assert.is(lines[2], "50 % · 40/80 iterations · 6:40 left · task b seed 1 starting\n");
  assert.is(lines.length, 3, "9 % of the work are no twentieth");
});

test("unfinished runs that go on otherwise watched, and those without a checkpoint, are told", () => {
  const { lines, progress } = show(1);
  const watched = "evaluateEvery is 0 in the run, 2 in what you ask for";
  progress.found(
    new Map([
      [first, { finished: false, metrics: [line(1, 1), line(2, 1)], watched }],
      [second, { finished: false, metrics: [], lost: 3 }],
    ]),
    [],
  );
  progress.stop();
  assert.equal(lines[0].split("\n").slice(1), [
    `Made with other watch options: 1 unfinished run (task a seed 1: ${watched}), which go on as asked; iterations ` +
      "before, such as the first 2 here, are not watched again.",
    "No checkpoint was written yet of 1 run: what they have is learned again, of task b seed 1 iterations 1 to 3.",
    "",
  ]);
});

test("a line comes at first and after every twentieth, and a run that ends says how", () => {
  const { lines, progress } = show(1);
  progress.found(new Map(cells.map((cell) => [cell, { finished: false, metrics: [] }])), []);
  progress.started(first);
  for (let i = 1; i <= 40; i++) progress.iteration(first, line(i, 3, i % 10 === 0 ? ["odd"] : []));
  progress.ended(first, { status: "finished" });
  progress.started(second);
  progress.iteration(second, line(1, 3));
  progress.ended(second, { status: "failed", error: "no" });
  progress.stop();
  assert.equal(
    lines.filter((text) => text.includes("%")).map((text) => text.slice(0, text.indexOf(" %"))),
    ["0", "5", "10", "15", "20", "25", "30", "35", "40", "45", "50"],
  );
  assert.is(lines[2], "5 % · 4/80 iterations · 3:48 left · task a seed 1 4/40\n");
  const ended =
    "finished: task a seed 1, iteration 40/40, 2:00, return −12.3, warnings in 4 iterations, see ";
  assert.ok(lines.some((text) => text.startsWith(ended)));
  assert.is(lines.at(-1), "failed: task b seed 1, iteration 1/40, 0:03, return −12.3\n");
});

test.run();
