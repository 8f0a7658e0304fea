/** The examples of the guide to environments run, and get what the guide says. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { inFolder } from "../support/temporary.ts";

const guide = readFileSync(new URL("../../docs/guide/environments.md", import.meta.url), "utf8");
const blocks = [...guide.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code);
const face = new URL("../../src/index.ts", import.meta.url).href;

/** The block of code with these words, as a module of its own. */
async function run(folder: string, words: string, change = (code: string) => code) {
  const [code, ...others] = blocks.filter((block) => block.includes(words));
  assert.ok(code && others.length === 0, `one block with "${words}"`);
  const path = join(folder, "example.mts");
  writeFileSync(path, change(code).replaceAll('from "marlstone"', `from "${face}"`));
  return import(pathToFileURL(path).href);
}

test("two agents on a line are an environment that keeps the contract", () =>
  inFolder(async (folder) => {
    const { meeting } = await run(folder, "export function meeting");
    const { checkEnvironment } = await import("../../src/environments/check.ts");
    await checkEnvironment(meeting());
  }));

test("the pickers, with a state and masks, learn to pick nearly all apples", () =>
  inFolder(async (folder) => {
    const [, promised] = /these (\d\.\d) in less/.exec(guide) ?? [];
    const { found } = await run(folder, "function harvest", (code) =>
      code.replace(/console\.log\(.*\);/, "export const found = apples.mean;"),
    );
    assert.is(found.toFixed(1), promised);
  }));

test.run();
