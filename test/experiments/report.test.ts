/** The report: which files, what they say, and that only wall time may change a byte of them. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Plan } from "../../src/experiments/plan.ts";
import { writeCurves, writeReport } from "../../src/experiments/report.ts";
import { type FakeRun, fakeExperiment, flat } from "../support/fake-experiment.ts";
import { fakeCatalogue } from "../support/fake-run.ts";
import { measure, partPlan } from "../support/parts.ts";
import { about, report, run, runs } from "../support/reports.ts";
import { inFolder } from "../support/temporary.ts";
import { elements } from "../support/well-formed.ts";

const withoutTimes = (files: Record<string, string>): Record<string, unknown> => {
  const { times: _, ...summary } = JSON.parse(files["summary.json"]);
  const [page] = files["results.md"].split("## Wall time");
  const { "scaling.svg": __, ...others } = files;
  return { ...others, "summary.json": summary, "results.md": page };
};

test("a report is a figure a task, the scaling figure, tables, numbers and data", () =>
  inFolder(async (folder) => {
    const files = await report(folder);
    assert.equal(Object.keys(files).sort(), [
      "data.jsonl",
      "large.svg",
      "results.md",
      "scaling.svg",
      "small.svg",
      "summary.json",
    ]);
    for (const name of ["large.svg", "small.svg", "scaling.svg"]) {
      assert.ok(elements(files[name]).length > 20, name);
      assert.not.match(files[name], /NaN|undefined|Infinity/);
    }
    assert.match(files["small.svg"], />Small \| team</);
    for (const title of ["a paper", "a log"]) assert.match(files["small.svg"], `>${title}<`);
    assert.not.match(files["large.svg"], />a paper</);
    assert.match(files["small.svg"], />Title of two \(3 seeds\)</);
  }));

test("made again in another order and at another speed, only times differ", () =>
  inFolder(async (folder) => {
    const first = await report(join(folder, "first"));
    const slower = runs.map((given) => ({ ...given, seconds: 3 }));
    const second = await report(join(folder, "second"), slower, (results) => [...results].reverse());
    assert.equal(withoutTimes(second), withoutTimes(first));
    assert.not.equal(second["summary.json"], first["summary.json"]);
    const third = await report(join(folder, "second"));
    assert.equal(third, first, "with equal times every byte is equal, over an older report too");
  }));

test("data.jsonl has a line for every iteration of every run and no times", () =>
  inFolder(async (folder) => {
    const lines = (await report(folder))["data.jsonl"]
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.is(lines.length, 12 * 60);
    const { task, setting, seed, iteration, meanReturn, kl, seconds } = lines[61];
    assert.equal(
      { task, setting, seed, iteration, meanReturn, kl, seconds },
      {
        task: "small",
        setting: "one",
        seed: 2,
        iteration: 2,
        meanReturn: 2,
        kl: [0.01, 0.03],
        seconds: undefined,
      },
    );
  }));

test("results.md has the numbers: finals, seeds, differences, scores, scaling, times", () =>
  inFolder(async (folder) => {
    const page = (await report(folder))["results.md"];
    const rows = [
      "12 of 12 runs finished.",
      "| Title of one | fake |",
      "## Small | team",
      "test/counting, 2 agents.",
      "Dashed line: a paper, 4.50.",
      "Dashed line: a log: 2.00 at iteration 1, 3.50 at 60.",
      "| Title of one | 3 | 60 | 2.00 ± 2.48 | 2.00 [1.00, 3.00] | 2.00 ± 2.48 | 1.98 ± 2.48 | 0.0200 ± 0 | 0.0400 ± 0 |",
      "| Title of two | 3.00 | 4.00 | 5.00 |",
      "| Title of one − Title of two | 3 | 60 | −2.00 ± 0 | −2.00 [−2.00, −2.00] | 0.0556 [0, 0.222] |",
      "have reached: Small | team 0 to 10.00, iteration 60; Title of large 0 to 20.00, iteration 60.",
      "| Small \\| team | Title of one | 2.00 ± 0 | 6 min 00 s | 1: 2 min 00 s; 2: 2 min 00 s; 3: 2 min 00 s |",
      "| W | Title of two | 4 | 60 | 3 | 2.00 ± 0.62 | 2.00 ± 0 |",
    ];
    for (const row of rows) assert.ok(page.includes(row), `${row}\n\nis not in\n\n${page}`);
    assert.not.match(page, /NaN|undefined|null|Unfinished/);
  }));

test("unfinished runs are listed and not averaged with finished ones", () =>
  inFolder(async (folder) => {
    const given: FakeRun[] = [
      { task: "t", setting: "one", seed: 1, returns: flat(5, 4) },
      { task: "t", setting: "one", seed: 2, returns: flat(100, 2), planned: 4 },
      { task: "t", setting: "two", seed: 1, returns: flat(7, 3), planned: 4 },
      { task: "t", setting: "three", seed: 1, returns: [], planned: 4 },
    ];
    const { "results.md": page, "summary.json": summary, "t.svg": figure } = await report(folder, given);
    const rows = [
      "1 of 4 runs finished.",
      "- runs/t/one/seed-2: 2 of 4 iterations",
      "- runs/t/three/seed-1: 0 of 4 iterations",
      "| Title of one | 1 of 2 | 4 | 5.00 | 5.00 |",
      "| Title of two | 1 | 3 of 4 | 7.00 | 7.00 |",
      "| Title of three | 0 of 1 | 0 of 4 | – | – | – | – | – | – |",
      "| Title of one − Title of two | 1 | 3 | −2.00 | −2.00 | 0 |",
    ];
    for (const row of rows) assert.ok(page.includes(row), `${row}\n\nis not in\n\n${page}`);
    assert.is(JSON.parse(summary).tasks[0].settings[0].runs[1].counted, false);
    assert.not.match(figure, /Title of three/);
  }));

test("failed runs are listed with their reason, counted in the tables, and no part of any mean", () =>
  inFolder(async (folder) => {
    const fails = (setting: string, seed: number, iterations: number, failure: string): FakeRun => {
      return { task: "t", setting, seed, returns: flat(90, iterations), planned: 4, failure };
    };
    const given: FakeRun[] = [
      { task: "t", setting: "one", seed: 1, returns: flat(5, 4) },
      fails("one", 2, 3, "Iteration 4 stopped: the gradient is NaN"),
      fails("one", 3, 0, "its process was killed by SIGKILL"),
      { task: "t", setting: "one", seed: 4, returns: flat(90, 2), planned: 4 },
      fails("two", 1, 2, "no"),
    ];
    const { "results.md": page, "summary.json": summary, "t.svg": figure } = await report(folder, given);
    const rows = [
      "1 of 5 runs finished, 3 failed. Made",
      "**Failed runs.** An error ended these before their last iteration. They are not averaged, so the means flatter",
      "\n\n- runs/t/one/seed-2: 3 of 4 iterations; Iteration 4 stopped: the gradient is NaN\n",
      "\n- runs/t/one/seed-3: 0 of 4 iterations; its process was killed by SIGKILL\n",
      "**Unfinished runs.** ",
      "\n\n- runs/t/one/seed-4: 2 of 4 iterations\n\n",
      "| Title of one | 1 of 4, 2 failed | 4 | 5.00 | 5.00 |",
      "| Title of two | 0 of 1, 1 failed | 0 of 4 | – | – |",
    ];
    for (const row of rows) assert.ok(page.includes(row), `${row}\n\nis not in\n\n${page}`);
    const [one] = JSON.parse(summary).tasks[0].settings;
    assert.equal(
      one.runs.map((run: { failure?: string }) => run.failure),
      [undefined, "Iteration 4 stopped: the gradient is NaN", "its process was killed by SIGKILL", undefined],
    );
    assert.not.match(figure, /Title of two/);
    assert.match(figure, "3 failed runs left out");
  }));

test("seeds without a final return are counted as such; the chance has its interval whichever seeds are shared", () =>
  inFolder(async (folder) => {
    const one = (seed: number, value: number | null): FakeRun => {
      return { task: "t", setting: "one", seed, returns: value === null ? [null, null] : flat(value, 2) };
    };
    const two = [3, 4, 5].map((seed): FakeRun => {
      return { task: "t", setting: "two", seed, returns: flat(seed, 2) };
    });
    const { "results.md": page, "t.svg": figure } = await report(folder, [
      ...[one(1, 3), one(2, null), one(3, 4)],
      ...two,
    ]);
    assert.match(page, "| Title of one | 2 of 3, 1 without a final return | 2 | 3.50 ± 6.35 |");
    assert.match(page, "| Title of two | 3 | 2 | 4.00 ± 2.48 |");
    assert.match(
      page,
      /\| Title of one − Title of two \| 1 \| 2 \| 1\.00 \| 1\.00 \| 0\.\d+ \[0, 0?\.?\d*\] \|/,
    );
    assert.match(figure, "1 run without a return left out");
    assert.match(figure, />Title of one \(2 seeds\)</);
  }));

test("a setting without a score says whether it has no run, failed ones alone, or no finished episode", () =>
  inFolder(async (folder) => {
    const { experiment, results } = fakeExperiment(
      [
        run("small", "one", 1, 5),
        run("large", "one", 1, 5),
        { task: "small", setting: "two", seed: 1, returns: [null, null] },
        { task: "small", setting: "three", seed: 1, returns: [1], planned: 2, failure: "no" },
      ],
      about,
    );
    const unrun = { title: "Unrun", environment: "test/counting" };
    const tasks = { unrun, ...experiment.tasks };
    await writeReport(folder, { ...experiment, tasks }, results, fakeCatalogue);
    const page = await readFile(join(folder, "results.md"), "utf8");
    const rows = [
      "reached: Small | team 0 to 10.00, iteration 2; Title of large 0 to 20.00, iteration 60.",
      "| Title of two | no finished episode on small; no run on large | – |",
      "| Title of three | only failed runs on small; no run on large | – |",
    ];
    for (const row of rows) assert.ok(page.includes(row), `${row}\n\nis not in\n\n${page}`);
    assert.match(page, /\| Title of one \| 0\.\d+ \|/);
  }));

test("figures of tasks that are gone or no longer begun leave with the report before; others' files stay", () =>
  inFolder(async (folder) => {
    const plan = partPlan({ seeds: 1 });
    const made = async (reported: Plan, skipped = "") => {
      const results = reported.cells.map((cell) => ({
        cell,
        metrics: cell.task === skipped ? [] : measure(cell),
      }));
      await writeReport(folder, reported, results, fakeCatalogue);
      await writeCurves(folder, reported, results);
      return (await readdir(folder)).filter((name) => name.endsWith(".svg")).sort();
    };
    await writeFile(join(folder, "own.svg"), "<svg/>");
    assert.equal(await made(plan), ["large.svg", "own.svg", "scaling.svg", "small.svg"]);
    assert.equal(await made(plan, "small"), ["large.svg", "own.svg", "scaling.svg"]);
    const other = partPlan({ seeds: 1, tasks: { other: { environment: "test/counting" } } });
    assert.equal(await made(other), ["other.svg", "own.svg"]);
    await writeFile(join(folder, "scaling.svg"), "<svg/>");
    assert.equal(await made(other), ["other.svg", "own.svg", "scaling.svg"], "a user's");
  }));

test("an experiment of which nothing has begun has a report too", () =>
  inFolder(async (folder) => {
    const files = await report(folder, [{ task: "small", setting: "one", seed: 1, returns: [], planned: 3 }]);
    assert.equal(Object.keys(files).sort(), ["data.jsonl", "results.md", "summary.json"]);
    assert.is(files["data.jsonl"], "");
    assert.not.match(Object.values(files).join(""), /NaN|Infinity|undefined|svg/);
  }));

test.run();
