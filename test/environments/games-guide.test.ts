/** The guide to games names every game, and every option with its default. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { environments } from "../../src/environments/registry.ts";
import { describeOptions } from "../../src/validation/describe.ts";
import { close } from "../support/close.ts";
import { blocksOf, onSources, readPage } from "../support/documentation.ts";
import { inFolder } from "../support/temporary.ts";

const guide = readPage("guide/games");
const ids = Object.keys(environments).filter((id) => /^(matrix|tabular|foraging)\//.test(id));

/** The section under the heading that is the id. */
function sectionOf(id: string): string {
  const from = guide.indexOf(`\n## ${id}\n`);
  assert.ok(from > 0, `a section for ${id}`);
  return guide.slice(from, guide.indexOf("\n## ", from + 1));
}

test("every game is in the guide", () => {
  assert.ok(ids.length >= 9);
  for (const id of ids) assert.ok(guide.includes(`| \`${id}\`,`) || guide.includes(`\n## ${id}\n`), id);
});

for (const id of ["tabular/random", "foraging/level-based"]) {
  test(`the guide's table of ${id} has every option, in order, with its default`, () => {
    const rows = [...sectionOf(id).matchAll(/^\| `(\w+)` \| (.*?) \|/gm)];
    const options = describeOptions(environments[id].schema);
    assert.equal(
      rows.map(([, name]) => name),
      options.map(({ name }) => name),
    );
    for (const [i, { name, default: usual }] of options.entries()) {
      const [, , shown] = rows[i];
      if (usual !== undefined) assert.is(shown.replaceAll("`", ""), String(usual), name);
    }
  });
}

test("the theory takes the tables of a random game", () =>
  inFolder(async (folder) => {
    const [code, ...others] = blocksOf(guide, "ts");
    assert.equal(others, []);
    const path = join(folder, "theory.mts");
    writeFileSync(path, onSources(code).replace("const { expectedReturn", "export const { expectedReturn"));
    const { expectedReturn, values, visitation } = await import(pathToFileURL(path).href);
    assert.is(values.length, 4);
    assert.ok(expectedReturn >= Math.min(...values) && expectedReturn <= Math.max(...values));
    close(
      visitation.reduce((sum: number, share: number) => sum + share, 0),
      1,
      1e-12,
    );
  }));

test.run();
