/** Pages that the package ships: their commands work where it is installed, their links lead somewhere. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { files } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly files: string[];
};
/** npm ships these whatever `files` says. */
const always = ["package.json", "README.md", "LICENSE"];
/** Sources, settings of tools and large data stay in the repository: the package has what was built of them. */
const REPOSITORY = /^(src|assembly|test|bench|\.ci)(\/|$)|^[^/]+\.json$|\.jsonl$/;

const pages = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", ...pagesOf("docs")];

function pagesOf(folder: string): string[] {
  const entries = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  return entries.filter((name) => name.endsWith(".md")).map((name) => join(folder, name));
}

const isShipped = (path: string): boolean =>
  [...files, ...always].some((entry) => path === entry || path.startsWith(`${entry}/`));

test("a relative link leads to what the package ships, or to what only the repository holds", () => {
  let links = 0;
  for (const page of pages) {
    const text = readFileSync(join(root, page), "utf8");
    for (const [, target] of text.matchAll(/\]\(([^)\s#:]*[./][^)\s#:]*)(?:#[^)]*)?\)/g)) {
      const path = relative(root, join(root, dirname(page), target));
      assert.ok(existsSync(join(root, path)), `${page}: ${target} is there`);
      assert.ok(REPOSITORY.test(path) || isShipped(path), `${page}: ${target} is shipped`);
      links++;
    }
  }
  assert.ok(links > 400, `${links} links`);
});

test("commands are written as they work where the package is installed", () => {
  const bare = pages.flatMap((page) =>
    [...readFileSync(join(root, page), "utf8").matchAll(/^marlstone .*$/gm)].map(
      ([line]) => `${page}: ${line}`,
    ),
  );
  assert.equal(bare, []);
});

test.run();
