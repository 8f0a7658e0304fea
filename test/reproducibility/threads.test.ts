/** Whole trainings: the bits do not depend on the number of threads, nor on where they run. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { inProcess, inThread } from "./apart.ts";
import { readGolden } from "./golden.ts";
import { printLargeRun } from "./large-run.ts";
import type { Report } from "./print-apart.ts";
import type { ThreadsReport } from "./print-threads.ts";
import { shortRunNames } from "./short-runs.ts";

const alone = await printLargeRun(1);

test("two and three threads give the bits of one", async () => {
  assert.is(await printLargeRun(2), alone);
  assert.is(await printLargeRun(3), alone);
});

test("the number that is chosen by itself gives them too", async () => {
  assert.is(await printLargeRun(), alone);
});

test("so does a worker thread that has workers of its own", async () => {
  const report = await inThread<ThreadsReport>("print-threads.ts", 3);
  assert.equal(report, { hash: alone, workers: 2 });
});

test("a program with threads gives them and ends by itself", async () => {
  const report = await inProcess<ThreadsReport>("print-threads.ts", 3);
  assert.equal(report, { hash: alone, workers: 2 });
});

test("MARLSTONE_THREADS leaves the bits that are on record", async () => {
  const environment = { MARLSTONE_THREADS: "3" };
  const { prints } = await inProcess<Report>("print-apart.ts", shortRunNames, environment);
  assert.equal(prints, readGolden().runs);
});

test.run();
