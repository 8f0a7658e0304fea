/** The guide to training names everything that training writes and every option about it. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseMetrics } from "../../src/training/parse-metrics.ts";
import { watchEntries } from "../../src/training/run-config.ts";
import { marlstone, tiny } from "../support/command-line.ts";
import { inFolder } from "../support/temporary.ts";

test("the guide names every file, field, tag and option", () =>
  inFolder(async (folder) => {
    const guide = await readFile(new URL("../../docs/guide/training.md", import.meta.url), "utf8");
    const run = join(folder, "run");
    const flags = ["--evaluate-every", "1", "--tensorboard", "--profile"];
    await marlstone(["train", ...tiny, ...flags, "--iterations", "1", "--out", run]);
    const [line] = parseMetrics(await readFile(join(run, "metrics.jsonl"), "utf8"), "metrics.jsonl");
    const files = (await readdir(run)).filter((name) => !name.includes("tfevents"));
    assert.is(files.length, 6);
    const fields = Object.keys(line).filter((field) => field !== "seconds");
    for (const name of [...files, ...fields, ...Object.keys(watchEntries)]) {
      assert.match(guide, new RegExp(`\`${name}[\`:]`), name);
    }
    for (const name of Object.keys(line.seconds)) assert.match(guide, new RegExp(`\\.${name}\``), name);
    for (const name of Object.keys(line.evaluation ?? {})) assert.ok(guide.includes(`"${name}":`), name);
  }));

test("the help of train explains evaluation and TensorBoard", async () => {
  const { out } = await marlstone(["train", "--help"]);
  for (const flag of [
    "--evaluate-every <k>",
    "--evaluate-episodes <e>",
    "--evaluate-sampled",
    "--tensorboard",
  ])
    assert.ok(out.includes(flag), flag);
});

test.run();
