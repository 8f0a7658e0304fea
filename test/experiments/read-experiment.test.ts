/** What is left of an experiment, in every form in which it may have been kept. */
import { appendFile, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { forgetFailure, writeFailure } from "../../src/experiments/failure.ts";
import { seconds } from "../../src/experiments/measures.ts";
import { readExperiment } from "../../src/experiments/read-experiment.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";
import { fakeCatalogue } from "../support/fake-run.ts";
import { measure, partPlan, writePart } from "../support/parts.ts";
import { rejects } from "../support/rejects.ts";
import { inFolder } from "../support/temporary.ts";

const plan = partPlan();
const [cell] = plan.cells;
const counting = { environment: "test/counting" };
const read = (...path: string[]) => readExperiment(join(...path), fakeCatalogue);
const run = (folder: string, file: string) => join(folder, cell.directory, file);

test("run directories are read with their times, and those that are missing are missing", () =>
  inFolder(async (folder) => {
    await writePart(folder, plan);
    await rm(join(folder, plan.cells[3].directory), { recursive: true });
    const { source, plan: found, runs } = await read(folder);
    assert.equal([source, found], [folder, plan]);
    assert.equal(
      runs.map((one) => one.cell.directory),
      plan.cells.filter((_, i) => i !== 3).map(({ directory }) => directory),
    );
    assert.equal(runs[0].metrics, measure(cell));
    assert.is(runs[0].source, join(folder, cell.directory));
  }));

test("a run that is being written ends with its last whole line, and at what the experiment asks for", () =>
  inFolder(async (folder) => {
    await writePart(folder, plan, "runs", (one) => measure(one).slice(0, 5));
    await appendFile(run(folder, "metrics.jsonl"), '{"iteration":6,"meanRet');
    assert.is((await read(folder)).runs[0].metrics.length, 5);
    await writePart(folder, partPlan({ iterations: 4 }), "runs", () => measure(cell));
    assert.is((await read(folder)).runs[0].metrics.length, 4);
  }));

test("a run that failed comes with its reason, also when it never began, but not of a later iteration", () =>
  inFolder(async (folder) => {
    const longer = partPlan({ iterations: 13 });
    await writePart(folder, plan, "runs", (one) =>
      one === cell ? measure(one).slice(0, 5) : measure(longer.cells[plan.cells.indexOf(one)]),
    );
    const [early, late, never] = [cell, plan.cells[1], plan.cells[2]].map((one) =>
      join(folder, one.directory),
    );
    await rm(never, { recursive: true });
    for (const path of [early, late, never])
      await writeFailure(path, { iteration: 5, error: "NaN\n  at x.ts" });
    const { runs } = await read(folder);
    assert.equal(runs.map(({ metrics, failure }) => [metrics.length, failure]).slice(0, 4), [
      [5, "NaN"],
      [12, undefined],
      [0, "NaN"],
      [12, undefined],
    ]);
    await writeFile(join(early, "failure.json"), "{");
    assert.match((await read(folder)).runs[0].failure ?? "", /failure\.json is there but cannot be read/);
    await forgetFailure(early);
    assert.is((await read(folder)).runs[0].failure, undefined);
  }));

test("a run with other settings, or a damaged one, is named", () =>
  inFolder(async (folder) => {
    await writePart(folder, plan);
    const { options } = cell.config;
    const other = { ...cell.config, options: { ...options, gamma: 0.1 } };
    await writeFile(run(folder, "config.json"), JSON.stringify(other));
    const place =
      /seed-1 is another experiment's: options\.gamma is 0\.1 in the run, 0\.95 in experiment\.json/;
    await rejects(() => read(folder), InvalidInputError, place);
    await writeFile(run(folder, "config.json"), "{");
    await rejects(() => read(folder), InvalidInputError, /config\.json is not the configuration of a run/);
  }));

test("data.jsonl has all but the times, curves.jsonl beside it adds them", () =>
  inFolder(async (folder) => {
    const data = await read(await writePart(join(folder, "data"), plan, "data"));
    assert.is(data.runs.length, plan.cells.length);
    assert.is(seconds(data.runs[0].metrics), null);
    const one = partPlan({ settings: { plain: { algorithm: "fake" } }, tasks: { a: counting }, seeds: 1 });
    const both = await read(await writePart(join(folder, "report"), one, "report"));
    assert.equal(
      both.runs.map(({ rounded }) => rounded),
      [false, true],
    );
    const file = await read(folder, "report", "data.jsonl");
    assert.is(file.runs.length, 1);
  }));

test("curves.jsonl stands alone, with the version of every run; an experiment beside it names and orders", () =>
  inFolder(async (folder) => {
    await writePart(folder, plan, "curves");
    const file = join(folder, "curves.jsonl");
    await writeFile(
      file,
      (await readFile(file, "utf8")).replace(/("seed":2,"version":)"[^"]*"/g, '$1"0.0.1"'),
    );
    for (const path of [folder, file]) {
      const { plan: found, runs } = await read(path);
      assert.equal(found, plan);
      for (const { seed, config } of runs.map((one) => one.cell)) {
        assert.is(config.version, seed === 2 ? "0.0.1" : cell.config.version);
      }
      assert.is(seconds(runs[0].metrics), 24);
    }
    const titled = partPlan({ title: "Titled" }).resolved;
    await writeFile(join(folder, "experiment.json"), JSON.stringify(titled));
    assert.is((await read(file)).plan.title, "Titled");
    await writeFile(join(folder, "experiment.json"), JSON.stringify(partPlan({ seeds: 1 }).resolved));
    await rejects(() => read(file), InvalidInputError, /a run of small plain seed 2, which its experiment/);
    const { settings } = partPlan({
      settings: { plain: { algorithm: "fake", options: { gamma: 0.1 } } },
    }).resolved;
    await writeFile(
      join(folder, "experiment.json"),
      JSON.stringify({ ...plan.resolved, settings: { ...plan.resolved.settings, ...settings } }),
    );
    await rejects(
      () => read(file),
      InvalidInputError,
      /another experiment's: options\.gamma is 0\.95 in the run, 0\.1/,
    );
  }));

test("an experiment file is an experiment without runs", () =>
  inFolder(async (folder) => {
    await writePart(folder, plan);
    const { plan: found, runs } = await read(folder, "experiment.json");
    assert.equal([found, runs], [plan, []]);
  }));

test("a place that holds nothing says what is missing", () =>
  inFolder(async (folder) => {
    await rejects(() => read(folder, "nowhere"), InvalidInputError, /nowhere cannot be read: ENOENT/);
    await rejects(() => read(folder), InvalidInputError, /There is no experiment\.json in /);
    await writePart(folder, plan, "data");
    await rm(join(folder, "experiment.json"));
    await rejects(
      () => read(folder, "data.jsonl"),
      InvalidInputError,
      /no experiment\.json beside .*data\.jsonl/,
    );
    await writeFile(join(folder, "experiment.json"), "{");
    await rejects(() => read(folder), InvalidInputError, /experiment\.json is not JSON/);
  }));

test("metrics that skip an iteration are refused", () =>
  inFolder(async (folder) => {
    await writePart(folder, plan, "runs", (one) => measure(one).filter((_, i) => i !== 2));
    await rejects(
      () => read(folder),
      InvalidInputError,
      /small plain seed 1: .*line 3: not the metrics of iteration 3/,
    );
  }));

test.run();
