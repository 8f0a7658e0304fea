/** Parts of an experiment put together: the report of the whole, whoever made what and however it was kept. */
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { combine, combineExperiments } from "../../src/experiments/combine.ts";
import type { Cell } from "../../src/experiments/experiment.ts";
import { writeFailure } from "../../src/experiments/failure.ts";
import type { Plan } from "../../src/experiments/plan.ts";
import type { FoundExperiment } from "../../src/experiments/read-experiment.ts";
import { writeReport } from "../../src/experiments/report.ts";
import { Lock } from "../../src/training/lock.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";
import { fakeMetrics, flat } from "../support/fake-experiment.ts";
import { fakeCatalogue } from "../support/fake-run.ts";
import { foundRun, measure, partPlan, writePart } from "../support/parts.ts";
import { rejects } from "../support/rejects.ts";
import { inFolder } from "../support/temporary.ts";

const settings = ["plain", "long"];
const whole = partPlan({ seeds: 3 });
/** A part with these settings and seeds, of which each cell has gone as far as the next of `lengths` says. */
function part(
  chosen: readonly string[],
  seeds: readonly number[],
  lengths: readonly number[],
): FoundExperiment {
  const about = Object.fromEntries(chosen.map((name) => [name, settingOf(whole, name)]));
  const plan = partPlan({ settings: about, seeds });
  const runs = plan.cells.flatMap((cell, i) => {
    const metrics = measure(cell).slice(0, lengths[i % lengths.length]);
    return metrics.length === 0 ? [] : foundRun(cell, { metrics });
  });
  return { source: `${chosen} ${seeds}`, plan, runs };
}
const settingOf = ({ resolved }: Plan, name: string) => {
  const { tasks: _, options: __, ...about } = resolved.settings[name];
  return { ...about, ...(name === "long" && { options: { gamma: 0.5 } }) };
};
const anyPart = fc
  .tuple(
    fc.subarray(settings, { minLength: 1 }),
    fc.subarray([1, 2, 3], { minLength: 1 }),
    fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 5 }),
  )
  .map(([chosen, seeds, lengths]) => part(chosen, seeds, lengths));

test("any parts in any order give the grid of the whole and the longest of every run", () => {
  const grid: FoundExperiment = { source: "whole.json", plan: whole, runs: [] };
  fc.assert(
    fc.property(fc.array(anyPart, { maxLength: 4 }), fc.integer(), (parts, turn) => {
      const at = Math.abs(turn % (parts.length + 1));
      const { plan, results } = combine([...parts.slice(at), grid, ...parts.slice(0, at)], {}, fakeCatalogue);
      assert.is(JSON.stringify(plan), JSON.stringify(whole));
      for (const { cell, metrics } of results) {
        const found = parts.flatMap(({ runs }) =>
          runs.filter((run) => run.cell.directory === cell.directory),
        );
        const longest = Math.max(0, ...found.map((run) => run.metrics.length));
        assert.equal(metrics, measure(cell).slice(0, longest));
      }
    }),
    { numRuns: 50 },
  );
});

const small = { settings: { plain: { algorithm: "fake" } }, tasks: { a: { environment: "test/counting" } } };
const unite = (folder: string, places: readonly string[], out: string) =>
  combineExperiments(
    places.map((place) => join(folder, place)),
    join(folder, out),
    {},
    fakeCatalogue,
  );
async function contents(...path: string[]): Promise<Record<string, string>> {
  const names = (await readdir(join(...path))).filter((name) => name !== "runs").sort();
  const texts = await Promise.all(names.map((name) => readFile(join(...path, name), "utf8")));
  return Object.fromEntries(names.map((name, i) => [name, texts[i]]));
}

test("parts by seed, as runs and as reports, give every byte of the whole's report, again and in place", () =>
  inFolder(async (folder) => {
    await writePart(join(folder, "whole"), partPlan({ ...small, seeds: 2 }), "report");
    const expected = await contents(folder, "whole");
    await writePart(join(folder, "first"), partPlan({ ...small, seeds: [1] }), "runs");
    await writePart(join(folder, "second"), partPlan({ ...small, seeds: [2] }), "report");
    await unite(folder, ["first", "second"], "one");
    assert.equal(await contents(folder, "one"), expected);
    await unite(folder, ["second", "first"], "one");
    assert.equal(await contents(folder, "one"), expected);
    await unite(folder, ["second", "first"], "second");
    assert.equal(await contents(folder, "second"), expected);
  }));

test("combining in place that was killed at its first file or its last is made good by the same command", () =>
  inFolder(async (folder) => {
    await writePart(join(folder, "new"), partPlan({ ...small, seeds: [2] }), "data");
    await writePart(join(folder, "kept"), partPlan({ ...small, seeds: [1] }), "report");
    const before = await contents(folder, "kept");
    const { files } = await unite(folder, ["new", "kept"], "kept");
    const after = await contents(folder, "kept");
    const order = ["experiment.json", ...files.map((file) => basename(file))];
    assert.equal([...order].sort(), Object.keys(after));
    for (const done of [1, order.length - 1]) {
      for (const [i, name] of order.entries()) {
        await writeFile(join(folder, "kept", name), (i < done ? after : before)[name]);
      }
      await unite(folder, ["new", "kept"], "kept");
      assert.equal(await contents(folder, "kept"), after, `killed after ${done} files`);
    }
  }));

test("curves alone give a report without data.jsonl, and the same one again", () =>
  inFolder(async (folder) => {
    await writePart(join(folder, "kept"), partPlan({ ...small, seeds: 1 }), "curves");
    const { results } = await unite(folder, ["kept/curves.jsonl"], "one");
    assert.is(results[0].metrics.length, 12);
    const once = await contents(folder, "one");
    assert.equal(Object.keys(once), [
      "a.svg",
      "curves.jsonl",
      "experiment.json",
      "results.md",
      "summary.json",
    ]);
    await unite(folder, ["one"], "two");
    assert.equal(await contents(folder, "two"), once);
  }));

test("a report that has runs of no place is not replaced, nor its full numbers by rounded ones", () =>
  inFolder(async (folder) => {
    await writePart(join(folder, "kept"), partPlan({ ...small, seeds: [1, 2] }), "report");
    await writePart(join(folder, "new"), partPlan({ ...small, seeds: [1, 3] }), "data");
    const before = await contents(folder, "kept");
    const refuses = async (places: readonly string[], message: RegExp) => {
      await rejects(() => unite(folder, places, "kept"), InvalidInputError, message);
      assert.equal(await contents(folder, "kept"), before);
    };
    await refuses(["new"], /kept would be lost: .* full: a plain seed 2\. Name \S+kept as a place too/);
    await refuses(["kept/experiment.json"], /full: a plain seed 1, a plain seed 2\. /);
    await refuses(["kept/curves.jsonl"], /full: a plain seed 1, a plain seed 2\. /);
    const few = () => fakeMetrics(flat(5, 12));
    await writePart(join(folder, "few"), partPlan({ ...small, seeds: 1 }), "report", few);
    const digits = () => unite(folder, ["few/curves.jsonl"], "few");
    await rejects(digits, InvalidInputError, /full: a plain seed 1\. /);
    const shorter = (cell: Cell) => measure(cell).slice(0, 11);
    await writePart(join(folder, "short"), partPlan({ ...small, seeds: [1, 2] }), "runs", shorter);
    await refuses(["short"], /full: a plain seed 1, a plain seed 2\. /);
    const other = (cell: Cell) => measure({ ...cell, directory: "another" });
    await writePart(join(folder, "other"), partPlan({ ...small, seeds: [1, 2] }), "runs", other);
    await refuses(["other"], /full: a plain seed 1, a plain seed 2\. /);
    await rm(join(folder, "kept", "curves.jsonl"));
    await rejects(() => unite(folder, ["new"], "kept"), InvalidInputError, /full: a plain seed 2\. /);
    const { results } = await unite(folder, ["new", "kept"], "kept");
    assert.is(results.filter(({ metrics }) => metrics.length === 12).length, 3);
  }));

test("failed runs stay failed in combined reports, made from runs or from what was kept of them", () =>
  inFolder(async (folder) => {
    const one = partPlan({ ...small, seeds: 2 });
    const lengths = new Map(one.cells.map(({ directory }, i) => [directory, i === 0 ? 12 : 0]));
    await writePart(join(folder, "runs"), one, "runs", (cell) =>
      measure(cell).slice(0, lengths.get(cell.directory)),
    );
    const place = join(folder, "runs", one.cells[1].directory);
    await rm(place, { recursive: true });
    await writeFailure(place, { iteration: 0, error: "its process was killed by SIGKILL" });
    await unite(folder, ["runs"], "kept");
    const report = await contents(folder, "kept");
    assert.match(report["results.md"], "seed-2: 0 of 12 iterations; its process was killed by SIGKILL");
    assert.match(report["results.md"], "| plain | 1 of 2, 1 failed | 12 |");
    await unite(folder, ["kept/curves.jsonl", "kept"], "again");
    assert.equal(await contents(folder, "again"), report);
  }));

test("the report names the versions that made runs, and no other", () =>
  inFolder(async (folder) => {
    const [[first], [second]] = [[1], [2]].map((seeds) => partPlan({ ...small, seeds }).cells);
    const made = (cell: Cell, version: string) => ({ ...cell, config: { ...cell.config, version } });
    const place = (cell: Cell, version: string): FoundExperiment => {
      const plan = partPlan({ ...small, seeds: [cell.seed, 3] });
      return { source: version, plan, runs: [foundRun(made(cell, version))] };
    };
    const { plan, results } = combine([place(first, "7.0.0"), place(second, "8.0.0")], {}, fakeCatalogue);
    await writeReport(folder, plan, results, fakeCatalogue);
    const { "results.md": page } = await contents(folder);
    assert.match(page, "2 of 3 runs finished. Made with Marlstone 7.0.0, 8.0.0;");
  }));

test("the version of a run is read from its directory, whatever that of the experiment", () =>
  inFolder(async (folder) => {
    const one = partPlan({ ...small, seeds: 2 });
    await writePart(join(folder, "runs"), one);
    const current = one.cells[1].config.version;
    const both = `7.0.0, ${current}`;
    const file = join(folder, "runs", one.cells[0].directory, "config.json");
    await writeFile(file, JSON.stringify({ ...one.cells[0].config, version: both }));
    for (const [from, to] of [
      ["runs", "out"],
      ["out", "again"],
    ]) {
      const { results } = await unite(folder, [from], to);
      assert.equal(
        results.map(({ cell, rounded }) => [cell.config.version, rounded]),
        [
          [both, false],
          [current, false],
        ],
      );
    }
    const { "results.md": page, "curves.jsonl": curves } = await contents(folder, "again");
    assert.match(page, `Made with Marlstone ${both};`);
    assert.match(curves, `"version":"${both}"`);
  }));

test("without times the report has blanks, and no scaling of what was not measured", () =>
  inFolder(async (folder) => {
    const scaled = {
      ...small,
      tasks: { a: { environment: "test/counting", scale: { world: "W" } } },
      seeds: 1,
    };
    await writePart(join(folder, "kept"), partPlan(scaled), "data");
    await unite(folder, ["kept"], "one");
    const {
      "results.md": page,
      "scaling.svg": figure,
      "curves.jsonl": curves,
    } = await contents(folder, "one");
    assert.match(page, "| a | plain | – | – |  |");
    assert.match(page, /\| W \| plain \| 2 \| 12 \| 1 \| −\S+ \| – \|/);
    assert.match(figure, "return per agent");
    assert.not.match(figure, /seconds an iteration|NaN/);
    assert.not.match(curves, "seconds");
  }));

test("a report that another command wrote while this one read its places is not replaced", () =>
  inFolder(async (folder) => {
    for (const name of ["first", "second"])
      await writePart(join(folder, name), partPlan({ ...small, seeds: name === "first" ? [1] : [2] }));
    const { hold } = Lock;
    Lock.hold = async (...parameters) => {
      Lock.hold = hold;
      await unite(folder, ["first"], "out");
      return hold.call(Lock, ...parameters) as never;
    };
    try {
      await rejects(
        () => unite(folder, ["second"], "out"),
        InvalidInputError,
        /report in .*out would be lost/,
      );
    } finally {
      Lock.hold = hold;
    }
    assert.match((await contents(folder, "out"))["curves.jsonl"], /"seed":1\b/);
  }));

test("parts that contradict each other write nothing, and neither does a directory that is not free", () =>
  inFolder(async (folder) => {
    const seeds = 1;
    await writePart(join(folder, "one"), partPlan({ ...small, seeds }));
    const other = (cell: Parameters<typeof measure>[0]) => measure({ ...cell, directory: "another" });
    await writePart(join(folder, "other"), partPlan({ ...small, seeds }), "runs", other);
    const clash = /do not fit together: a plain seed 1: meanReturn of iteration 1 is .* to the bit/;
    await rejects(() => unite(folder, ["one", "other"], "out"), InvalidInputError, clash);
    assert.equal((await readdir(folder)).sort(), ["one", "other"]);
    await rejects(() => unite(folder, ["one"], "other"), InvalidInputError, /other holds runs of its own/);
    await rm(join(folder, "other", "runs"), { recursive: true });
    await writePart(join(folder, "other"), partPlan({ ...small, name: "else" }), "curves");
    await writePart(join(folder, "other"), partPlan({ ...small, name: "else" }), "data");
    await rejects(() => unite(folder, ["one"], "other"), InvalidInputError, /holds the experiment "else"/);
  }));

test.run();
