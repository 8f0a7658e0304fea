/**
 * The same version, settings and seed give the same bits in any process, thread and with either kind of kernels.
 * If all of these fail together, arithmetic or the order of random numbers changed: golden.ts says what to do.
 * If they fail on one version of Node only, something that engines may round differently came in (decision 0005).
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { inProcess, inThread } from "./apart.ts";
import { printWorld } from "./crowded-world.ts";
import { readGolden } from "./golden.ts";
import type { Report } from "./print-apart.ts";
import { printRun, printRuns, shortRunNames } from "./short-runs.ts";

const golden = readGolden();

test("runs give the bits that are on record", async () => {
  assert.equal(await printRuns(), golden.runs);
});

test("a crowded world moves by the bits that are on record", async () => {
  assert.is(await printWorld(), golden.world);
});

test("runs that take turns in one process do not touch each other", async () => {
  const [first, second, other] = await Promise.all([
    printRun("default"),
    printRun("default"),
    printRun("default", 2),
  ]);
  assert.equal(first, golden.runs.default);
  assert.equal(second, golden.runs.default);
  assert.is.not(other.sha256, first.sha256, "another seed is another run");
});

test("two processes and a thread give the same bits", async () => {
  const reports = await Promise.all([
    inProcess<Report>("print-apart.ts", ["default"]),
    inProcess<Report>("print-apart.ts", ["default"]),
    inThread<Report>("print-apart.ts", ["default"]),
  ]);
  for (const { prints, wasmInstances } of reports) {
    assert.equal(prints, { default: golden.runs.default });
    assert.ok(wasmInstances > 0, "the kernels ran");
  }
});

test("the twins in plain TypeScript give the bits of the WebAssembly kernels", async () => {
  const environment = { MARLSTONE_KERNELS: "reference" };
  const { prints, wasmInstances } = await inProcess<Report>("print-apart.ts", shortRunNames, environment);
  assert.equal(prints, golden.runs);
  assert.is(wasmInstances, 0, "only twins ran");
});

test.run();
