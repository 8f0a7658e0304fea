/** What all runs of an experiment share: their threads and the signal to stop. */
import { setImmediate as turn } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { planExperiment } from "../../src/experiments/plan.ts";
import { runExperiment, threadsOfRun, type Watcher } from "../../src/experiments/run-experiment.ts";
import { automaticThreads } from "../../src/kernels/threads.ts";
import { refuses } from "../support/refuses.ts";
import { inFolder } from "../support/temporary.ts";
import { tinyExperiment } from "../support/tiny-experiment.ts";

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
  refuses(() => threadsOfRun(plan, 2), "MARLSTONE_THREADS is NaN");
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

test.run();
