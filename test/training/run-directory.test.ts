/** Run directories: nothing is overwritten, what is broken is named. */
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { freePath, RunDirectory } from "../../src/training/run-directory.ts";
import { version } from "../../src/training/version.ts";
import { CheckpointError, InvalidInputError } from "../../src/validation/errors.ts";
import { fakeCatalogue, fakeConfig } from "../support/fake-run.ts";
import { metricsLine } from "../support/metrics-line.ts";
import { rejects } from "../support/rejects.ts";
import { inFolder } from "../support/temporary.ts";

test("a folder with any file of a run is left alone", () =>
  inFolder(async (folder) => {
    for (const name of [
      "config.json",
      "metrics.jsonl",
      "checkpoint.safetensors",
      "checkpoint-best.safetensors",
      "curve.svg",
    ]) {
      const path = join(folder, name);
      await mkdir(path);
      await writeFile(join(path, name), "precious");
      const message =
        name === "config.json"
          ? /already holds a run \(config\.json\)\. Continue it with --resume/
          : new RegExp(`holds files of a run \\(${name}\\) without the config\\.json.*or delete ${path}\\.`);
      await rejects(() => RunDirectory.create(path, fakeConfig()), InvalidInputError, message);
      assert.is(await readFile(join(path, name), "utf8"), "precious");
    }
  }));

test("a run whose configuration was lost is named, and goes on once it is put back", () =>
  inFolder(async (folder) => {
    const path = join(folder, "run");
    const run = await RunDirectory.create(path, fakeConfig(), fakeCatalogue);
    await rm(run.file("config.json"));
    const open = () => RunDirectory.open(path, fakeCatalogue);
    const message =
      /run \(metrics\.jsonl\) without the config\.json that says which\. Put it back \(train with/;
    await rejects(open, InvalidInputError, message);
    const other = await RunDirectory.create(join(folder, "other"), fakeConfig(), fakeCatalogue);
    await copyFile(other.file("config.json"), run.file("config.json"));
    assert.equal((await open()).config, fakeConfig());
  }));

test("a path that cannot be a folder is refused in one line", () =>
  inFolder(async (folder) => {
    await writeFile(join(folder, "file"), "precious");
    const path = join(folder, "file", "run");
    await rejects(
      () => RunDirectory.create(path, fakeConfig()),
      InvalidInputError,
      /run directory .* cannot be made/,
    );
  }));

test("the first free name is taken", () =>
  inFolder(async (folder) => {
    const base = join(folder, "run");
    assert.is(await freePath(base), base);
    await mkdir(base);
    await mkdir(`${base}-2`);
    assert.is(await freePath(base), `${base}-3`);
  }));

test("a folder without a run, and a configuration that is broken, are named", () =>
  inFolder(async (folder) => {
    await rejects(() => RunDirectory.open(folder, fakeCatalogue), InvalidInputError, /holds no run/);
    for (const [text, message] of [
      ["{", /config\.json is not the configuration of a run: .*JSON/],
      ['{"seeed":1}', /unknown key "seeed".*did you mean "seed"/],
    ] as const) {
      await writeFile(join(folder, "config.json"), text);
      await rejects(() => RunDirectory.open(folder, fakeCatalogue), CheckpointError, message);
    }
  }));

test("the configuration comes back as it was resolved", () =>
  inFolder(async (folder) => {
    const config = fakeConfig({ seed: 7, preset: "short" });
    await RunDirectory.create(join(folder, "run"), config, fakeCatalogue);
    assert.equal((await RunDirectory.open(join(folder, "run"), fakeCatalogue)).config, config);
  }));

test("a run keeps the version that made it, and gets another one beside it when that writes", () =>
  inFolder(async (folder) => {
    const config = { ...fakeConfig(), version: "0.0.7" };
    await RunDirectory.create(folder, config, fakeCatalogue);
    const found = await RunDirectory.open(folder, fakeCatalogue);
    assert.is(found.config.version, "0.0.7");
    await found.with(fakeConfig()).writeConfig();
    const again = await RunDirectory.open(folder, fakeCatalogue);
    assert.is(again.config.version, `0.0.7, ${version}`);
    assert.is(again.with(fakeConfig()).config.version, `0.0.7, ${version}`);
  }));

test("a file that is damaged comes with what to do about it", () =>
  inFolder(async (folder) => {
    const run = await RunDirectory.create(join(folder, "run"), fakeConfig(), fakeCatalogue);
    const advice = `Put a whole copy of the file back, or delete ${run.path} and train the run again\\.$`;
    const complains = (read: () => Promise<unknown>, what: string) =>
      rejects(read, CheckpointError, new RegExp(`${what}.* ${advice}`));
    await complains(() => run.metricsUntil(3), "metrics\\.jsonl ends at iteration 0, .* 3\\.");
    await writeFile(run.file("metrics.jsonl"), "what?\n");
    await complains(() => run.readMetrics(), "metrics\\.jsonl, line 1: .* iteration 1\\.");
    await writeFile(run.file("checkpoint.safetensors"), "what?");
    await complains(() => run.readCheckpoint(), "checkpoint\\.safetensors: A file of 5 bytes .* file\\.");
  }));

test("a file that the system does not let be read is named with the reason", () =>
  inFolder(async (folder) => {
    const run = await RunDirectory.create(join(folder, "run"), fakeConfig(), fakeCatalogue);
    await rm(run.file("metrics.jsonl"));
    for (const name of ["checkpoint.safetensors", "metrics.jsonl"]) {
      await mkdir(run.file(name));
      const read = () => (name === "metrics.jsonl" ? run.readMetrics() : run.readCheckpoint());
      const message = new RegExp(`${name} cannot be read: EISDIR: .*\\. Let it be read, or put a copy`);
      await rejects(read, CheckpointError, message);
    }
  }));

test("a run without checkpoint says so with undefined", () =>
  inFolder(async (folder) => {
    const run = await RunDirectory.create(join(folder, "run"), fakeConfig());
    assert.is(await run.readCheckpoint(), undefined);
    assert.equal(await run.readMetrics(), []);
  }));

test("a checkpoint that should be there is missed, one that was not due yet is not", () =>
  inFolder(async (folder) => {
    const seldom = await RunDirectory.create(folder, fakeConfig({ checkpointEvery: 2 }), fakeCatalogue);
    for (const iteration of [1, 2]) {
      await seldom.appendMetrics(metricsLine(iteration));
      assert.is(await seldom.readCheckpoint(), undefined, `killed after the metrics of ${iteration}`);
    }
    const often = seldom.with(fakeConfig({ checkpointEvery: 1 }));
    assert.is(await often.readCheckpoint(), undefined, "what is asked for now was not done then");
    await seldom.appendMetrics(metricsLine(3));
    for (const run of [seldom, often]) {
      const message = /has metrics to iteration 3, but checkpoint\.safetensors is gone/;
      await rejects(() => run.readCheckpoint(), CheckpointError, message);
    }
  }));

test.run();
