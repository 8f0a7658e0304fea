/** The examples of the guide to environments run, and get what the guide says. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { blocksOf, onSources, readPage } from "../support/documentation.ts";
import { inFolder } from "../support/temporary.ts";

const guide = readPage("guide/environments");
const blocks = blocksOf(guide, "ts");

/** The block of code with these words, as a module of its own. @param name of its file */
async function run(folder: string, words: string, change = (code: string) => code, name = "example") {
  const [code, ...others] = blocks.filter((block) => block.includes(words));
  assert.ok(code && others.length === 0, `one block with "${words}"`);
  const path = join(folder, `${name}.mts`);
  writeFileSync(path, onSources(change(code)));
  return import(pathToFileURL(path).href);
}

test("two agents on a line are an environment that keeps the contract", () =>
  inFolder(async (folder) => {
    const { meeting } = await run(folder, "export function meeting");
    const { checkEnvironment } = await import("../../src/environments/check.ts");
    await checkEnvironment(meeting());
  }));

test("the two learn to meet as the guide says", () =>
  inFolder(async (folder) => {
    await run(folder, "export function meeting", undefined, "meeting");
    const [, second, tenth] =
      /about −(\d+) in iteration 2 to about −(\d+) in\niteration 10/.exec(guide) ?? [];
    const { returns } = await run(folder, "checkEnvironment(meeting", (code) =>
      `import { meeting } from "./meeting.mts";\nexport const returns = [];\n${code}`
        .replace("40_000", "20_000")
        .replace("console.log(iteration, meanReturn)", "returns.push(meanReturn)"),
    );
    assert.equal(
      [returns[1], returns[9]].map((mean) => (-mean).toFixed(0)),
      [second, tenth],
    );
  }));

test("an episode of one's own environment becomes a page and a picture", () =>
  inFolder(async (folder) => {
    await run(folder, "export function meeting", undefined, "meeting");
    const shorter = (code: string) =>
      `import { meeting } from "./meeting.mts";\n${code}`
        .replace("40_000", "2000")
        .replace(/"(meeting\.(html|svg))"/g, (_, name) => JSON.stringify(join(folder, name)));
    await run(folder, "recordEpisode", shorter);
    const [page, picture] = ["html", "svg"].map((end) =>
      readFileSync(join(folder, `meeting.${end}`), "utf8"),
    );
    assert.match(page, /^<!doctype html>[\s\S]*Ann and Bob/);
    assert.ok(page.includes(picture), "the page holds the picture");
    assert.match(picture, /^<svg[\s\S]*>ann</);
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
