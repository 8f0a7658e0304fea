/** The guide's experiment is a good file, and its plan is the one that the guide shows. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { marlstone } from "../support/command-line.ts";
import { inFolder } from "../support/temporary.ts";

test("the guide's experiment has the plan that the guide shows", () =>
  inFolder(async (folder) => {
    const guide = await readFile(new URL("../../docs/guide/experiments.md", import.meta.url), "utf8");
    const [, example] = /```json\n([\s\S]*?)```/.exec(guide) ?? [];
    const [, shown] = /--dry-run\n([\s\S]*?)```/.exec(guide) ?? [];
    const file = join(folder, "discount.json");
    await writeFile(file, example);
    const { code, out, err } = await marlstone(["experiment", file, "--dry-run"]);
    assert.is(code, 0, err);
    assert.is(out, shown);
  }));

test.run();
