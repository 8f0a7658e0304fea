/** Runs on disk: whole, interrupted, resumed, failing; the bits never depend on where a run was stopped. */
import { mkdirSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Checkpoint, encodeCheckpoint } from "../../src/training/checkpoint.ts";
import type { IterationMetrics } from "../../src/training/metrics.ts";
import { learningSettings, resolveRun } from "../../src/training/run-config.ts";
import { RunDirectory } from "../../src/training/run-directory.ts";
import { makeLearner } from "../../src/training/setup.ts";
import { requireSameSettings, resume, train } from "../../src/training/trainer.ts";
import {
  CheckpointError,
  FileError,
  InvalidInputError,
  NonFiniteError,
} from "../../src/validation/errors.ts";
import { fakeCatalogue, fakeConfig } from "../support/fake-run.ts";
import { refuses } from "../support/refuses.ts";
import { rejects } from "../support/rejects.ts";
import { inFolder } from "../support/temporary.ts";

const learn = (config = fakeConfig()) => makeLearner(config, fakeCatalogue);
const untimed = (metrics: readonly IterationMetrics[]) => metrics.map(({ seconds: _, ...rest }) => rest);

async function trainWhole(path: string, changes: object = {}) {
  const config = fakeConfig(changes);
  const run = await RunDirectory.create(path, config, fakeCatalogue);
  return { run, ...(await train(run, learn(config))) };
}

async function resumeAt(path: string, changes: object = {}) {
  const config = fakeConfig(changes);
  const run = (await RunDirectory.open(path, fakeCatalogue)).with(config);
  const learner = learn(config);
  return train(run, learner, {}, await resume(run, learner));
}

test("a run directory holds configuration, metrics, checkpoint and curve, and nothing else", () =>
  inFolder(async (folder) => {
    const { run, metrics } = await trainWhole(join(folder, "run"));
    const files = (await readdir(run.path)).sort();
    assert.equal(files, ["checkpoint.safetensors", "config.json", "curve.svg", "metrics.jsonl"]);
    assert.equal(await run.readMetrics(), metrics);
    assert.equal(
      metrics.map(({ iteration }) => iteration),
      [1, 2, 3, 4],
    );
    assert.equal(
      metrics.map(({ environmentSteps }) => environmentSteps),
      [60, 120, 180, 240],
    );
    assert.equal(JSON.parse(await readFile(run.file("config.json"), "utf8")), run.config);
    assert.match(await readFile(run.curvePath, "utf8"), /^<svg xmlns/);
  }));

test("a run stopped after any iteration and resumed ends in the same bytes as one that was not", () =>
  inFolder(async (folder) => {
    const whole = await trainWhole(join(folder, "whole"), { iterations: 6 });
    const bytes = await readFile(whole.run.file("checkpoint.safetensors"));
    for (let stop = 1; stop < 6; stop++) {
      const path = join(folder, `stopped-${stop}`);
      await trainWhole(path, { iterations: stop });
      const { metrics } = await resumeAt(path, { iterations: 6 });
      assert.equal(await readFile(join(path, "checkpoint.safetensors")), bytes, `stopped after ${stop}`);
      assert.equal(untimed(metrics), untimed(whole.metrics), `stopped after ${stop}`);
    }
  }));

test("a run that dies between checkpoints forgets what came after the last one and ends the same", () =>
  inFolder(async (folder) => {
    const whole = await trainWhole(join(folder, "whole"), { iterations: 7 });
    const path = join(folder, "killed");
    const config = fakeConfig({ iterations: 7, checkpointEvery: 3 });
    const run = await RunDirectory.create(path, config, fakeCatalogue);
    const dies = ({ iteration }: IterationMetrics) => {
      if (iteration === 5) throw new Error("power cut");
    };
    await rejects(() => train(run, learn(config), { onIteration: dies }), Error, /power cut/);
    await writeFile(run.file("metrics.jsonl"), '{"iteration":6,"meanRet', { flag: "a" });
    assert.is((await run.readMetrics()).length, 5);
    const { metrics } = await resumeAt(path, { iterations: 7, checkpointEvery: 3 });
    assert.equal(untimed(metrics), untimed(whole.metrics));
    assert.equal(
      await readFile(run.file("checkpoint.safetensors")),
      await readFile(whole.run.file("checkpoint.safetensors")),
    );
  }));

test("a run that died before its first checkpoint starts again", () =>
  inFolder(async (folder) => {
    const path = join(folder, "run");
    const run = await RunDirectory.create(path, fakeConfig({ iterations: 2 }), fakeCatalogue);
    await writeFile(run.file("metrics.jsonl"), "{");
    const { metrics } = await resumeAt(path, { iterations: 2 });
    assert.is(metrics.length, 2);
  }));

test("an abort finishes the iteration at hand, saves it and says so", () =>
  inFolder(async (folder) => {
    const config = fakeConfig({ checkpointEvery: 100 });
    const run = await RunDirectory.create(join(folder, "run"), config, fakeCatalogue);
    const stop = new AbortController();
    const learner = learn(config);
    const result = await train(run, learner, {
      signal: stop.signal,
      onIteration: ({ iteration }) => iteration === 2 && stop.abort(),
    });
    assert.ok(result.interrupted);
    assert.is(learner.iteration, 2);
    assert.is((await run.readCheckpoint())?.state.iteration, 2);
  }));

test("a finished run asks for more iterations", () =>
  inFolder(async (folder) => {
    const path = join(folder, "run");
    await trainWhole(path);
    await rejects(() => resumeAt(path), InvalidInputError, /already has 4 iterations.*--iterations 8/);
  }));

test("a run made with other settings is not continued, and the message says which", () =>
  inFolder(async (folder) => {
    const path = join(folder, "run");
    await trainWhole(path);
    const before = await readFile(join(path, "checkpoint.safetensors"));
    const other = { iterations: 9, options: { gamma: 0.5 }, seed: 2 };
    await rejects(
      () => resumeAt(path, other),
      InvalidInputError,
      /gamma is 0\.95 in the run, 0\.5 .*; seed is 1 in the run, 2 .*another --out or, in an experiment, another name/,
    );
    assert.equal(await readFile(join(path, "checkpoint.safetensors")), before);
  }));

test("of another algorithm or environment the message names no option", () => {
  const saved = learningSettings(resolveRun({}));
  const other = { algorithm: "trpo-central", environment: "particle/treasure-collection", seed: 2 };
  const words =
    'settings: algorithm is "matrpo" in the run, "trpo-central" in what you ask for; ' +
    'environment is "particle/cooperative-navigation" in the run, "particle/treasure-collection" in what you ask ' +
    "for; seed is 1 in the run, 2 in what you ask for. Give";
  refuses(() => requireSameSettings(saved, resolveRun(other), "runs/team"), words);
});

test("a run goes on when options have been added since, and takes their defaults", () =>
  inFolder(async (folder) => {
    const whole = await trainWhole(join(folder, "whole"), { iterations: 6 });
    const { run } = await trainWhole(join(folder, "old"));
    const { state, settings, ...about } = (await run.readCheckpoint()) as Checkpoint;
    const old = { ...settings, environmentOptions: {} };
    await run.writeCheckpoint(await encodeCheckpoint(state, { ...about, settings: old }));
    const { metrics } = await resumeAt(run.path, { iterations: 6 });
    assert.equal(untimed(metrics), untimed(whole.metrics));
    await run.writeCheckpoint(await encodeCheckpoint(state, { ...about, settings: old }));
    await rejects(
      () => resumeAt(run.path, { iterations: 6, environmentOptions: { agents: 5 } }),
      InvalidInputError,
      /environmentOptions\.agents is 2 in the run, 5/,
    );
  }));

test("a damaged checkpoint is named and nothing is overwritten", () =>
  inFolder(async (folder) => {
    const path = join(folder, "run");
    const { run } = await trainWhole(path);
    const file = run.file("checkpoint.safetensors");
    const bytes = await readFile(file);
    bytes[bytes.length - 9] ^= 1;
    await writeFile(file, bytes);
    const metrics = await readFile(run.file("metrics.jsonl"));
    await rejects(
      () => resumeAt(path, { iterations: 9 }),
      CheckpointError,
      /checkpoint\.safetensors: .*damaged/,
    );
    assert.equal(await readFile(file), bytes);
    assert.equal(await readFile(run.file("metrics.jsonl")), metrics);
  }));

test("a file that cannot be written stops the run with what is kept, and it goes on once it can", () =>
  inFolder(async (folder) => {
    const whole = await trainWhole(join(folder, "whole"));
    const config = fakeConfig();
    for (const [failing, kept] of [
      [1, /checkpoint\.safetensors cannot be written: EISDIR: .*\. No checkpoint was written yet\. When/],
      [
        3,
        /checkpoint\.safetensors cannot be written: .*failing-3 keeps what was saved up to iteration 2\. When/,
      ],
    ] as const) {
      const path = join(folder, `failing-${failing}`);
      const run = await RunDirectory.create(path, config, fakeCatalogue);
      // A folder is where the next checkpoint is written first.
      const block = () => mkdirSync(run.file("checkpoint.safetensors.tmp"));
      if (failing === 1) block();
      const onIteration = ({ iteration }: IterationMetrics) => iteration === failing - 1 && block();
      await rejects(() => train(run, learn(config), { onIteration }), FileError, kept);
      await rm(run.file("checkpoint.safetensors.tmp"), { recursive: true });
      await resumeAt(path);
      const bytes = await readFile(join(path, "checkpoint.safetensors"));
      assert.equal(bytes, await readFile(whole.run.file("checkpoint.safetensors")));
    }
  }));

test("a number that is not finite stops the run with its iteration and leaves the files as they were", () =>
  inFolder(async (folder) => {
    const config = fakeConfig();
    const run = await RunDirectory.create(join(folder, "run"), config, fakeCatalogue);
    const learner = learn(config);
    const files = async () => Promise.all((await readdir(run.path)).map((name) => readFile(run.file(name))));
    let before: Buffer[] = [];
    const spoil = async ({ iteration }: IterationMetrics) => {
      if (iteration !== 2) return;
      learner.environment.batch.observations.fill(Number.NaN);
    };
    const watch = { onIteration: (metrics: IterationMetrics) => void spoil(metrics) };
    const guard = learner.iterate.bind(learner);
    learner.iterate = async () => {
      before = await files();
      return guard();
    };
    await rejects(
      () => train(run, learner, watch),
      NonFiniteError,
      /^Iteration 3 stopped: .*NaN to a.*keeps what/,
    );
    assert.equal(await files(), before);
  }));

test.run();
