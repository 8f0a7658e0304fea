/** The experiments behind docs/results can still be run, and what is kept of them can still be read. */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { figure2 } from "../../src/experiments/definitions/figure-2.ts";
import { defineStudy } from "../../src/experiments/definitions/study.ts";
import { planExperiment } from "../../src/experiments/plan.ts";
import { readExperiment } from "../../src/experiments/read-experiment.ts";
import { marlstone } from "../support/command-line.ts";

const folder = fileURLToPath(new URL("../../docs/results/", import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith(".json"));

test("every experiment file of the results has a plan", async () => {
  assert.ok(files.length > 1);
  for (const file of files) {
    const { code, out, err } = await marlstone(["experiment", `${folder}${file}`, "--dry-run"]);
    assert.is(code, 0, `${file}: ${err}`);
    assert.match(out, /pairs of task and setting/);
  }
});

test("the kept curves of Figure 2 are whole and stand beside the references that the study has", async () => {
  const { plan, runs } = await readExperiment(`${folder}figure-2-curves.jsonl`);
  assert.ok(runs.length > 0);
  const { tasks } = planExperiment(defineStudy(figure2), figure2.name);
  for (const [task, { references = [] }] of Object.entries(plan.tasks)) {
    const kept = references.map((one) => JSON.stringify(one));
    for (const one of tasks[task].references ?? []) assert.ok(kept.includes(JSON.stringify(one)), one.title);
  }
});

test.run();
