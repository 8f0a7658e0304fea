/** The guide to games names every game, and every option with its default. */
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { environments } from "../../src/environments/registry.ts";
import { describeOptions } from "../../src/validation/describe.ts";

const guide = readFileSync(new URL("../../docs/guide/games.md", import.meta.url), "utf8");
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

test.run();
