/** Experiments in parts as a user makes them and puts them together. */
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { marlstone } from "../support/command-line.ts";
import { start } from "../support/program.ts";
import { inFolder } from "../support/temporary.ts";
import { untimedFiles, writeExperiment } from "../support/tiny-experiment.ts";

const central = { algorithm: "trpo-central", options: { stepsPerIteration: 100, environmentCopies: 4 } };

/** Runs a tiny experiment of one setting with these seeds. @returns its directory */
async function train(folder: string, name: string, seeds: readonly number[]): Promise<string> {
  const out = join(folder, name);
  await mkdir(out);
  const file = await writeExperiment(out, { settings: { central }, seeds, iterations: 2 });
  const { code, output } = await (await start(["experiment", file, "--jobs", "2", "--out", out])).ended;
  assert.is(code, 0, output);
  return out;
}

const reportFiles = async (directory: string) =>
  Object.fromEntries(
    Object.entries(await untimedFiles(directory)).filter(([name]) => !/^(runs|experiment-file)/.test(name)),
  );

test("seeds trained apart and put together leave the report of those trained at once", () =>
  inFolder(async (folder) => {
    const [whole, first, second] = await Promise.all([
      train(folder, "whole", [1, 2]),
      train(folder, "first", [1]),
      train(folder, "second", [2]),
    ]);
    const out = join(folder, "both");
    const { code, out: shown, err } = await marlstone(["combine", second, first, "--out", out]);
    assert.is(code, 0, err);
    assert.match(shown, /^tiny: 2 of 2 runs finished\. Found:\n {2}\S+second: 1 run, 2 iterations\n/);
    assert.match(shown, /Written:\n {2}\S+results\.md\n/);
    assert.equal(await reportFiles(out), await reportFiles(whole));
    const kept = await marlstone(["experiment", join(out, "experiment.json"), "--out", out]);
    assert.is(kept.code, 2);
    assert.match(kept.err, /both holds the report of 2 runs that are not in it/);
  }));

test("mistakes take one line", () =>
  inFolder(async (folder) => {
    const refused = async (words: readonly string[], message: RegExp) => {
      const { code, err } = await marlstone(["combine", ...words]);
      assert.is(code, 2, err);
      assert.match(err, message);
    };
    await refused([folder], /required option '--out <dir>'/);
    await refused([folder, "--out", join(folder, "out")], /error: There is no experiment\.json in /);
    await rm(join(folder, "out"), { recursive: true, force: true });
    assert.equal(await readdir(folder), []);
  }));

test.run();
