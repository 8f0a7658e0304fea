/**
 * Cells on disk: whatever a kill has left is found, continued, and ends in the bytes of a run that was left
 * alone.
 */
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { writeFailure } from "../../src/experiments/failure.ts";
import { inspectCell, readCell, trainCell } from "../../src/experiments/train-cell.ts";
import { Lock } from "../../src/training/lock.ts";
import type { RunConfig } from "../../src/training/run-config.ts";
import { CheckpointError, InvalidInputError } from "../../src/validation/errors.ts";
import { fakeCatalogue, fakeConfig } from "../support/fake-run.ts";
import { rejects } from "../support/rejects.ts";
import { inFolder } from "../support/temporary.ts";
import { untimedFiles } from "../support/tiny-experiment.ts";

const CONFIG = fakeConfig({ iterations: 4, checkpointEvery: 2 });
const train = (path: string, config: RunConfig = CONFIG) => trainCell(path, config, {}, fakeCatalogue);
const inspect = (path: string, config: RunConfig = CONFIG) => inspectCell(path, config, fakeCatalogue);

/** A run that was stopped after `iterations`. */
async function trainPart(path: string, iterations: number): Promise<void> {
  const stop = new AbortController();
  const onIteration = ({ iteration }: { iteration: number }) => iteration === iterations && stop.abort();
  await trainCell(path, CONFIG, { signal: stop.signal, onIteration }, fakeCatalogue);
}

const kills: Readonly<Record<string, (path: string) => Promise<void>>> = {
  "before the folder was made": async () => {},
  "when only the folder was made": (path) => mkdir(path).then(() => {}),
  "while the configuration was written": async (path) => {
    await mkdir(path);
    await writeFile(join(path, "config.json.tmp"), '{"version":');
  },
  "before the metrics were made": async (path) => {
    await trainPart(path, 1);
    for (const name of ["checkpoint.safetensors", "curve.svg", "metrics.jsonl"]) await rm(join(path, name));
    await writeFile(join(path, "metrics.jsonl.tmp"), "");
  },
  "in the first line of the metrics": async (path) => {
    await trainPart(path, 1);
    for (const name of ["checkpoint.safetensors", "curve.svg"]) await rm(join(path, name));
    await writeFile(join(path, "metrics.jsonl"), '{"iteration":1,"mean');
  },
  "after a line that has no checkpoint": async (path) => {
    await trainPart(path, 3);
    await rm(join(path, "curve.svg"));
    await trainPart(`${path}-other`, 2);
    await copyFile(join(`${path}-other`, "checkpoint.safetensors"), join(path, "checkpoint.safetensors"));
    await writeFile(join(path, "checkpoint.safetensors.tmp"), "torn");
  },
  "when the curve was drawn and the last checkpoint was not": async (path) => {
    await train(path);
    await trainPart(`${path}-other`, 2);
    await copyFile(join(`${path}-other`, "checkpoint.safetensors"), join(path, "checkpoint.safetensors"));
  },
};

for (const [moment, kill] of Object.entries(kills)) {
  test(`a run killed ${moment} ends as if nothing had been`, () =>
    inFolder(async (folder) => {
      const [whole, killed] = [join(folder, "whole"), join(folder, "killed")];
      await train(whole);
      await kill(killed);
      assert.not((await inspect(killed)).finished);
      const { metrics, interrupted } = await train(killed);
      assert.is(metrics.length, 4);
      assert.not(interrupted);
      assert.equal(await untimedFiles(killed), await untimedFiles(whole));
      assert.ok((await inspect(killed)).finished);
    }));
}

test("a cell is finished by its last checkpoint, and shows the iterations that it would keep", () =>
  inFolder(async (folder) => {
    const path = join(folder, "run");
    assert.equal(await inspect(path), { finished: false, metrics: [] });
    assert.equal(await readCell(path, CONFIG, fakeCatalogue), { metrics: [], version: CONFIG.version });
    await trainPart(path, 3);
    await writeFile(join(path, "metrics.jsonl"), '{"iteration":4,"meanReturn":0', { flag: "a" });
    const { finished, metrics } = await inspect(path);
    assert.not(finished);
    assert.equal(
      metrics.map(({ iteration }) => iteration),
      [1, 2, 3],
    );
    assert.is((await readCell(path, CONFIG, fakeCatalogue)).metrics.length, 3);
  }));

test("a run that is stopped before its first iteration saves nothing that a later start would miss", () =>
  inFolder(async (folder) => {
    const [path, whole] = [join(folder, "run"), join(folder, "whole")];
    const { interrupted } = await trainCell(path, CONFIG, { signal: AbortSignal.abort() }, fakeCatalogue);
    assert.ok(interrupted);
    assert.equal(await inspect(path), { finished: false, metrics: [] });
    await train(path);
    await train(whole);
    assert.equal(await untimedFiles(path), await untimedFiles(whole));
  }));

test("a run with more iterations than asked for is finished, shows those asked for, and stays as it is", () =>
  inFolder(async (folder) => {
    const path = join(folder, "run");
    await train(path);
    const before = await untimedFiles(path);
    const shorter = fakeConfig({ iterations: 3 });
    const { finished, metrics } = await inspect(path, shorter);
    assert.ok(finished);
    assert.is(metrics.length, 3);
    assert.is((await readCell(path, shorter, fakeCatalogue)).metrics.length, 3);
    assert.equal(await untimedFiles(path), before);
  }));

test("a finished run is continued when more iterations are asked for", () =>
  inFolder(async (folder) => {
    const [path, whole] = [join(folder, "run"), join(folder, "whole")];
    const longer = fakeConfig({ iterations: 6 });
    await train(path);
    assert.not((await inspect(path, longer)).finished);
    await train(path, longer);
    await train(whole, longer);
    assert.equal(await untimedFiles(path), await untimedFiles(whole));
  }));

test("why a run failed is known until it has the iterations that are asked for", () =>
  inFolder(async (folder) => {
    const path = join(folder, "run");
    const failure = async (config?: RunConfig) =>
      (await readCell(path, config ?? CONFIG, fakeCatalogue)).failure;
    await writeFailure(path, { iteration: 0, error: "no room\nat line 1" });
    assert.is(await failure(), "no room");
    await trainPart(path, 2);
    assert.is(await failure(), "no room");
    assert.is(await failure(fakeConfig({ iterations: 2 })), undefined);
    await train(path);
    assert.is(await failure(), undefined);
  }));

test("a run that died between its last line and its last checkpoint has failed, and lacks that iteration", () =>
  inFolder(async (folder) => {
    const path = join(folder, "run");
    await kills["when the curve was drawn and the last checkpoint was not"](path);
    await writeFailure(path, { iteration: 3, error: "killed" });
    const { metrics, failure } = await readCell(path, CONFIG, fakeCatalogue);
    assert.equal([metrics.length, failure], [3, "killed"]);
    const shorter = await readCell(path, fakeConfig({ iterations: 3 }), fakeCatalogue);
    assert.equal([shorter.metrics.length, shorter.failure], [3, undefined]);
  }));

test("a run that is to be continued with evaluations unlike those before is refused before it begins", () =>
  inFolder(async (folder) => {
    const path = join(folder, "run");
    const evaluated = { evaluateEvery: 2, evaluateEpisodes: 2 };
    await train(path, fakeConfig({ ...evaluated, iterations: 2 }));
    const other = fakeConfig({ ...evaluated, evaluateEpisodes: 3 });
    const message = /evaluateEpisodes is 2 in the best checkpoint, 3 in what you ask for/;
    for (const call of [inspect, train]) await rejects(() => call(path, other), InvalidInputError, message);
    await inspect(path, fakeConfig({ ...evaluated, evaluateEvery: 1 }));
  }));

test("a finished run says in what it was watched otherwise than asked, as far as that shows", () =>
  inFolder(async (folder) => {
    const path = join(folder, "run");
    const evaluated = { iterations: 2, evaluateEvery: 2, evaluateEpisodes: 2 };
    await train(path, fakeConfig(evaluated));
    const watched = async (changes: object) =>
      (await inspect(path, fakeConfig({ ...evaluated, ...changes }))).watched;
    assert.is(await watched({}), undefined);
    const others = await watched({ evaluateDeterministic: false, evaluateEpisodes: 3, tensorboard: true });
    assert.match(others ?? "", /^evaluateDeterministic is true in the run, false in what you ask for; /);
    assert.match(others ?? "", /; evaluateEpisodes is 2 .*; tensorboard is false /);
    const none = "evaluateEvery is 2 in the run, 0 in what you ask for";
    assert.is(await watched({ evaluateEvery: 0, evaluateEpisodes: 3 }), none);
  }));

test("an unfinished run says what of it was not watched as asked, too", () =>
  inFolder(async (folder) => {
    const path = join(folder, "run");
    const evaluated = { evaluateEvery: 2, evaluateEpisodes: 2 };
    const longer = fakeConfig({ ...evaluated, iterations: 4 });
    await train(path, fakeConfig({ iterations: 2 }));
    const { finished, watched } = await inspect(path, longer);
    assert.equal([finished, watched], [false, "evaluateEvery is 0 in the run, 2 in what you ask for"]);
    assert.is((await inspect(path, fakeConfig({ iterations: 4 }))).watched, undefined);
    await rm(path, { recursive: true });
    assert.is((await inspect(path, longer)).watched, undefined, "nothing has begun");
  }));

test("iterations that have no checkpoint yet are told, for they are learned again", () =>
  inFolder(async (folder) => {
    const path = join(folder, "run");
    const config = fakeConfig({ iterations: 9, checkpointEvery: 8 });
    const stop = new AbortController();
    const onIteration = ({ iteration }: { iteration: number }) => iteration === 3 && stop.abort();
    await trainCell(path, config, { signal: stop.signal, onIteration }, fakeCatalogue);
    assert.is((await inspect(path, config)).lost, undefined);
    await rm(join(path, "checkpoint.safetensors"));
    const { finished, metrics, lost } = await inspect(path, config);
    assert.equal([finished, metrics, lost], [false, [], 3]);
  }));

test("a run that has lost its configuration is refused", () =>
  inFolder(async (folder) => {
    const path = join(folder, "run");
    await trainPart(path, 1);
    await rm(join(path, "config.json"));
    await rejects(
      () => inspect(path),
      InvalidInputError,
      /run has lost the config\.json of its run\. .* delete/,
    );
  }));

test("the versions that made a run stay with it when another one continues it", () =>
  inFolder(async (folder) => {
    const path = join(folder, "run");
    await trainPart(path, 1);
    const file = join(path, "config.json");
    const version = async () => JSON.parse(await readFile(file, "utf8")).version;
    await writeFile(file, (await readFile(file, "utf8")).replace(CONFIG.version, "0.0.7"));
    assert.is((await readCell(path, CONFIG, fakeCatalogue)).version, "0.0.7");
    const both = `0.0.7, ${CONFIG.version}`;
    for (const iterations of [4, 5]) {
      await train(path, fakeConfig({ iterations, checkpointEvery: 2 }));
      assert.is(await version(), both);
    }
    assert.is((await readCell(path, CONFIG, fakeCatalogue)).version, both);
  }));

test("a run with other settings is not adopted; the message says which", () =>
  inFolder(async (folder) => {
    const path = join(folder, "run");
    await train(path);
    const before = await untimedFiles(path);
    const other = fakeConfig({ options: { gamma: 0.5 }, seed: 3 });
    for (const call of [inspect, train]) {
      await rejects(
        () => call(path, other),
        InvalidInputError,
        /run cannot continue with other settings: options\.gamma is 0\.95 .*, 0\.5 .*; seed is 1 .*, 3/,
      );
    }
    assert.equal(await untimedFiles(path), before);
  }));

test("metrics that are missing before the checkpoint, and a damaged checkpoint, are named", () =>
  inFolder(async (folder) => {
    const path = join(folder, "run");
    await train(path);
    const lines = (await readFile(join(path, "metrics.jsonl"), "utf8")).split("\n");
    await writeFile(join(path, "metrics.jsonl"), `${lines[0]}\n`);
    const longer = fakeConfig({ iterations: 9 });
    for (const call of [inspect, train]) {
      await rejects(
        () => call(path, longer),
        CheckpointError,
        /metrics\.jsonl ends at iteration 1, .*iteration 4/,
      );
    }
    await writeFile(join(path, "checkpoint.safetensors"), "not one");
    await rejects(() => inspect(path), CheckpointError, /checkpoint\.safetensors/);
  }));

test("a run that another process trains is left alone", () =>
  inFolder(async (folder) => {
    const path = join(folder, "run");
    await trainPart(path, 1);
    const before = await untimedFiles(path);
    await Lock.hold(path, () => rejects(() => train(path), InvalidInputError, /run is in use by process/));
    assert.equal(await untimedFiles(path), before);
  }));

test("looking changes nothing", () =>
  inFolder(async (folder) => {
    const path = join(folder, "run");
    await trainPart(path, 1);
    const before = await untimedFiles(path);
    await inspect(path);
    await readCell(path, CONFIG, fakeCatalogue);
    assert.equal(await untimedFiles(path), before);
    await inspect(join(folder, "none"));
    assert.equal(await readdir(folder), ["run"]);
  }));

test.run();
