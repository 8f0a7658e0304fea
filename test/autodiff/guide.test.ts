/** The snippets of docs/guide/autodiff.md run and print what their comments say. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { blocksOf, onSources, readPage } from "../support/documentation.ts";

/** What a module prints, line by line. */
async function printed(path: string): Promise<string[]> {
  const lines: string[] = [];
  const { log } = console;
  console.log = (...values: unknown[]) => lines.push(format(...values));
  try {
    await import(pathToFileURL(path).href);
  } finally {
    console.log = log;
  }
  return lines;
}

test("the guide's snippets print what they promise", async () => {
  const snippets = blocksOf(readPage("guide/autodiff"), "ts");
  assert.is(snippets.length, 3);
  const folder = mkdtempSync(join(tmpdir(), "guide-"));
  try {
    for (const [i, code] of snippets.entries()) {
      const path = join(folder, `snippet-${i}.mts`);
      writeFileSync(path, onSources(code));
      const promised = [...code.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map(([, words]) => words);
      assert.ok(promised.length > 0);
      assert.equal(await printed(path), promised);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
