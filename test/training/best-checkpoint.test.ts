/** The best policy of a run: found, kept, and the same whenever and wherever the run was killed. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { evaluate } from "../../src/training/evaluate.ts";
import { evaluationSeed } from "../../src/training/periodic-evaluation.ts";
import { RunDirectory } from "../../src/training/run-directory.ts";
import { loadPolicy, makeLearner, makeRunEnvironment } from "../../src/training/setup.ts";
import { resume, train } from "../../src/training/trainer.ts";
import { CheckpointError, InvalidInputError } from "../../src/validation/errors.ts";
import { readBoard } from "../support/event-reader.ts";
import { fakeCatalogue, fakeConfig } from "../support/fake-run.ts";
import { rejects } from "../support/rejects.ts";
import { inFolder } from "../support/temporary.ts";
import { untimedFiles } from "../support/tiny-experiment.ts";

const BEST = "checkpoint-best.safetensors";
/** Of these settings: before the first checkpoint, and equalled after it. */
const BEST_AT = 2;
const SETTINGS = {
  seed: 3,
  iterations: 4,
  checkpointEvery: 3,
  evaluateEvery: 1,
  evaluateEpisodes: 6,
  tensorboard: true,
};

/** Starts the run or goes on with it. @param watch may spoil the directory before training writes to it */
async function trainOn(path: string, changes: object = {}, watch: (run: RunDirectory) => void = () => {}) {
  const config = fakeConfig({ ...SETTINGS, ...changes });
  const there = await RunDirectory.exists(path);
  const run = there
    ? (await RunDirectory.open(path, fakeCatalogue)).with(config)
    : await RunDirectory.create(path, config, fakeCatalogue);
  const learner = makeLearner(config, fakeCatalogue);
  const earlier = await resume(run, learner);
  await run.writeConfig();
  watch(run);
  return { run, ...(await train(run, learner, {}, earlier)) };
}

/** All that must not depend on how the run was made: files without times and names of event files, and their content. */
async function contents(path: string) {
  const files = Object.entries(await untimedFiles(path)).filter(([name]) => !name.includes("tfevents"));
  const board = [...(await readBoard(path))].filter(([tag]) => !tag.startsWith("seconds/"));
  return { files: Object.fromEntries(files), board: Object.fromEntries(board) };
}

test("the best evaluation's policy is kept with its score, the first of equals", () =>
  inFolder(async (folder) => {
    const { run, metrics } = await trainOn(join(folder, "run"));
    const returns = metrics.map(({ evaluation }) => evaluation?.return ?? Number.NaN);
    const best = returns.indexOf(Math.max(...returns));
    assert.is(best + 1, BEST_AT);
    assert.is(returns.lastIndexOf(returns[best]) > best, true, "the test needs an equal later");
    const checkpoint = await run.readCheckpoint("best");
    assert.is(checkpoint?.state.iteration, best + 1);
    assert.equal(checkpoint?.score, {
      return: returns[best],
      standardError: metrics[best].evaluation?.standardError,
      episodes: 6,
      seed: evaluationSeed(3),
      deterministic: true,
    });
    const again = await evaluate(
      await loadPolicy(run, "best"),
      (copies) => makeRunEnvironment(run.config, copies, fakeCatalogue),
      { episodes: 6, seed: evaluationSeed(3), deterministic: true },
    );
    assert.is(again.return.mean, returns[best]);
  }));

/**
 * Dies before the n-th write of a file; of metrics also right after, when TensorBoard has not seen them.
 * @returns whether it came to that
 */
async function killAtWrite(path: string, n: number): Promise<boolean> {
  let moments = 0;
  const die = () => {
    if (++moments === n) throw new Error("power cut");
  };
  const spoil = (run: RunDirectory) => {
    for (const name of ["writeCheckpoint", "appendMetrics", "writeCurve"] as const) {
      const write = run[name].bind(run) as (...given: unknown[]) => Promise<void>;
      const dying = async (...given: unknown[]) => {
        die();
        await write(...given);
        if (name === "appendMetrics") die();
      };
      Object.assign(run, { [name]: dying });
    }
  };
  const death = await trainOn(path, {}, spoil).then(
    () => undefined,
    (error: Error) => error,
  );
  if (death && death.message !== "power cut") throw death;
  return death !== undefined;
}

test("a run killed at any write and continued ends in the files of one that was not", () =>
  inFolder(async (folder) => {
    const { run } = await trainOn(join(folder, "whole"));
    const expected = await contents(run.path);
    assert.is((await run.readCheckpoint("best"))?.state.iteration, BEST_AT);
    assert.is(expected.board["evaluation/return"]?.length, 4);
    let ahead = 0;
    for (let n = 1; await killAtWrite(join(folder, `killed-${n}`), n); n++) {
      const path = join(folder, `killed-${n}`);
      ahead += await bestIsAhead(path);
      await trainOn(path);
      assert.equal(await contents(path), expected, `killed at moment ${n}`);
    }
    assert.ok(ahead > 0, "some kills leave a best that is later than the checkpoint");
  }));

async function bestIsAhead(path: string): Promise<number> {
  const run = await RunDirectory.open(path, fakeCatalogue);
  const [last, best] = [await run.readCheckpoint(), await run.readCheckpoint("best")];
  return Number((best?.state.iteration ?? 0) > (last?.state.iteration ?? 0));
}

test("more iterations replace the best only by a better one", () =>
  inFolder(async (folder) => {
    const path = join(folder, "run");
    let { run } = await trainOn(path, { iterations: 1 });
    let best = (await run.readCheckpoint("best"))?.score?.return ?? Number.NaN;
    for (let iterations = 2; iterations <= 4; iterations++) {
      const { metrics, run: next } = await trainOn(path, { iterations });
      const score = (await next.readCheckpoint("best"))?.score?.return ?? Number.NaN;
      assert.is(score, Math.max(best, metrics.at(-1)?.evaluation?.return ?? Number.NaN));
      [best, run] = [score, next];
    }
  }));

test("a run that is prolonged, wherever it ended at first, ends in the files of one that was long from the start", () =>
  inFolder(async (folder) => {
    const plan = { iterations: 7, evaluateEvery: 2 };
    const { run } = await trainOn(join(folder, "whole"), plan);
    const expected = await contents(run.path);
    assert.is(expected.board["evaluation/return"]?.length, 3);
    for (const iterations of [3, 4]) {
      const path = join(folder, `first-${iterations}`);
      await trainOn(path, { ...plan, iterations });
      await trainOn(path, plan);
      assert.equal(await contents(path), expected, `at first ${iterations} iterations`);
    }
  }));

test("a run without evaluation has no best, and says how to get one", () =>
  inFolder(async (folder) => {
    const { run } = await trainOn(join(folder, "run"), { evaluateEvery: 0 });
    assert.is(await run.readCheckpoint("best"), undefined);
    await rejects(() => loadPolicy(run, "best"), CheckpointError, /no best checkpoint.*--evaluate-every/);
  }));

test("scores that cannot be compared, and a damaged best, are refused before anything is written", () =>
  inFolder(async (folder) => {
    const path = join(folder, "run");
    await trainOn(path, { iterations: 3 });
    await writeFile(join(path, "metrics.jsonl"), "cut off when it goes on", { flag: "a" });
    const before = await untimedFiles(path);
    for (const [changes, message] of [
      [{ evaluateEpisodes: 7 }, /must be alike: evaluateEpisodes is 6 in the best checkpoint, 7/],
      [{ evaluateDeterministic: false }, /evaluateDeterministic is true in the best checkpoint, false/],
    ] as const) {
      await rejects(() => trainOn(path, changes), InvalidInputError, message);
    }
    assert.equal(await untimedFiles(path), before);
    const bytes = await readFile(join(path, BEST));
    bytes[bytes.length - 3] ^= 4;
    await writeFile(join(path, BEST), bytes);
    await rejects(() => trainOn(path), CheckpointError, /checkpoint-best\.safetensors: .*damaged/);
    await rm(join(path, BEST));
    assert.is((await trainOn(path)).metrics.length, 4);
  }));

test.run();
