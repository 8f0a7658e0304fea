/** The experiments behind docs/results can still be run: tasks, algorithms and options of their files exist. */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
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

test.run();
