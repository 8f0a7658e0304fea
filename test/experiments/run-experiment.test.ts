/** What all runs of an experiment share: their threads, the signal to stop, and that nobody else trains one. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { planExperiment } from "../../src/experiments/plan.ts";
import {
  inspectExperiment,
  runExperiment,
  threadsOfRun,
  type Watcher,
} from "../../src/experiments/run-experiment.ts";
import { trainCell } from "../../src/experiments/train-cell.ts";
import { automaticThreads } from "../../src/kernels/threads.ts";
import { Lock } from "../../src/training/lock.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";
import { refuses } from "../support/refuses.ts";
import { rejects } from "../support/rejects.ts";
import { inFolder } from "../support/temporary.ts";
import { tinyExperiment, tinySettings } from "../support/tiny-experiment.ts";

const variable = process.env.MARLSTONE_THREADS;
const plan = planExperiment(tinyExperiment(), "tiny.json");
const nobody: Watcher = { waiting() {}, found() {}, started() {}, iteration() {}, ended() {} };

test.before.each(() => {
  delete process.env.MARLSTONE_THREADS;
});
test.after.each(() => {
  if (variable === undefined) delete process.env.MARLSTONE_THREADS;
  else process.env.MARLSTONE_THREADS = variable;
});

test("runs share the processors among as many as the plan lets be at work", () => {
  assert.is(threadsOfRun(plan, 1), automaticThreads(1));
  assert.is(threadsOfRun(plan, 2), automaticThreads(2));
  const single = { ...plan, cells: plan.cells.slice(0, 1) };
  assert.is(threadsOfRun(single, 4), automaticThreads(1), "one run is all that there is");
});

test("MARLSTONE_THREADS beats the share", () => {
  process.env.MARLSTONE_THREADS = "5";
  assert.is(threadsOfRun(plan, 2), 5);
  process.env.MARLSTONE_THREADS = "many";
  refuses(() => threadsOfRun(plan, 2), 'MARLSTONE_THREADS is "many"');
});

test("any number of runs may listen to the signal to stop", () =>
  inFolder(async (folder) => {
    const signal = AbortSignal.abort();
    const { interrupted } = await runExperiment(plan, folder, { jobs: 20, signal, watcher: nobody });
    assert.ok(interrupted);
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on("warning", onWarning);
    for (let i = 0; i < 20; i++) signal.addEventListener("abort", () => i);
    await turn();
    process.off("warning", onWarning);
    assert.equal(warnings, []);
  }));

const { central } = tinySettings;
const seeds = { seeds: 5, iterations: 2, settings: { central } };
const stopped = { jobs: 1, signal: AbortSignal.abort(), watcher: nobody };

/** Trains cells of the plan with these changes of their configurations. */
async function trainCells({ cells }: typeof plan, folder: string, changes: object = {}): Promise<void> {
  for (const { directory, config } of cells)
    await trainCell(join(folder, directory), { ...config, ...changes }, {});
}

test("what keeps many runs from being adopted is said once", () =>
  inFolder(async (folder) => {
    const made = planExperiment(tinyExperiment(seeds), "tiny.json");
    await trainCells(made, folder, { iterations: 1 });
    const settings = { central: { ...central, options: { ...central.options, gamma: 0.5 } } };
    const other = planExperiment(tinyExperiment({ ...seeds, settings }), "tiny.json");
    const { message } = await rejects(
      () => inspectExperiment(other, folder),
      InvalidInputError,
      /: navigation-2 central seed 1, .* seed 2, .* seed 3 and 2 more: cannot .* options\.gamma is 0\.95 in the run/,
    );
    assert.is(message.match(/gamma/g)?.length, 1);
  }));

test("a run whose last line stands without its checkpoint is no finished one in the report", () =>
  inFolder(async (folder) => {
    const one = planExperiment(tinyExperiment({ ...seeds, seeds: 1 }), "tiny.json");
    const checkpoint = join(folder, one.cells[0].directory, "checkpoint.safetensors");
    await trainCells(one, folder, { iterations: 1 });
    const before = await readFile(checkpoint);
    await trainCells(one, folder);
    await writeFile(checkpoint, before);
    assert.ok((await runExperiment(one, folder, stopped)).interrupted);
    assert.match(
      await readFile(join(folder, "results.md"), "utf8"),
      /0 of 1 runs finished[\s\S]*1 of 2 iterations/,
    );
  }));

test("a run that is trained elsewhere is refused before anything runs; a lock that a kill has left is not", () =>
  inFolder(async (folder) => {
    const cell = join(folder, plan.cells[1].directory);
    const begin = () =>
      runExperiment(plan, folder, { jobs: 1, signal: AbortSignal.abort(), watcher: nobody });
    await Lock.hold(cell, () =>
      rejects(begin, InvalidInputError, /navigation-2 \S+ seed \d: is in use by process/),
    );
    assert.equal(await readdir(folder), ["runs"]);
    const dead = { pid: 2 ** 22 + 1, start: "1", host: hostname(), runs: [] };
    await mkdir(cell, { recursive: true });
    await writeFile(join(cell, "lock.json"), JSON.stringify(dead));
    await begin();
    assert.equal(await readdir(cell), []);
  }));

test.run();
