/** How a report tells settings apart: names, colours, and what it says where these do not suffice. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { writeReport } from "../../src/experiments/report.ts";
import { palette } from "../../src/viewer/palette.ts";
import { fakeExperiment } from "../support/fake-experiment.ts";
import { fakeCatalogue } from "../support/fake-run.ts";
import { report, run, runs } from "../support/reports.ts";
import { inFolder } from "../support/temporary.ts";
import { elements } from "../support/well-formed.ts";

test("settings of most tasks come first in colours, so that none of theirs has to come again dashed", () =>
  inFolder(async (folder) => {
    const once = ["a", "b", "c", "d", "e", "f", "g"].map((setting) => run("small", setting, 1, 3));
    const files = await report(folder, [...once, run("small", "two", 1, 3), run("large", "two", 1, 3)]);
    const swatches = elements(files["small.svg"])
      .map(({ attributes }) => attributes)
      .filter((attributes) => attributes["stroke-width"] === "4");
    assert.is(swatches.length, 8);
    const solid = swatches.map((swatch) =>
      swatch["stroke-dasharray"] === "none" ? swatch.stroke : "dashed",
    );
    assert.equal([solid[7], solid[0], solid[6]], [palette[0], palette[1], "dashed"]);
  }));

test("where there are more settings than lines that differ, the page says so", () =>
  inFolder(async (folder) => {
    const many = Array.from({ length: 29 }, (_, i) => run("small", `s${i}`, 1, 3));
    assert.match((await report(join(folder, "a"), many))["results.md"], "Figures have 28 different lines");
    assert.not.match((await report(join(folder, "b"), many.slice(1)))["results.md"], "different lines");
  }));

test("settings of one title stay apart in figures and tables", () =>
  inFolder(async (folder) => {
    const { experiment, results } = fakeExperiment(runs);
    const settings = { one: { title: "same" }, two: { title: "same" } };
    await writeReport(folder, { ...experiment, settings }, results, fakeCatalogue);
    const svg = await readFile(join(folder, "small.svg"), "utf8");
    assert.match(svg, />same \(one\) \(3 seeds\)</);
    assert.match(svg, />same \(two\) \(3 seeds\)</);
    const page = await readFile(join(folder, "results.md"), "utf8");
    assert.match(page, "| same (one) − same (two) |");
    const three = fakeExperiment([...runs, run("small", "three", 1, 3)]);
    const tricky = { one: { title: "X" }, two: { title: "X" }, three: { title: "X (one)" } };
    await writeReport(folder, { ...three.experiment, settings: tricky }, three.results, fakeCatalogue);
    const again = await readFile(join(folder, "small.svg"), "utf8");
    for (const name of ["X (one) (one) (3 seeds)", "X (two) (3 seeds)", "X (one) (three) (1 seed)"])
      assert.match(again, `>${name}<`);
  }));

test.run();
