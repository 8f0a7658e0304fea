/** The programs of the guide to the library run one after another, and its import map is what the library imports. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Mappo } from "../../src/training/policy-optimisation.ts";
import { marlstone } from "../support/command-line.ts";
import { blocksOf, onSources, readPage } from "../support/documentation.ts";
import { inFolder } from "../support/temporary.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const guide = readPage("guide/library");
const [saves, opens, opensRun, remembers, fetches, ...others] = blocksOf(guide, "ts");

let programs = 0;

/** What a program exports and prints, run in this folder. */
async function run(folder: string, code: string): Promise<{ lines: string[]; exports: object }> {
  const path = join(folder, `program-${++programs}.mts`); // Node keeps modules by their path
  writeFileSync(path, onSources(code));
  const lines: string[] = [];
  const [{ log }, before] = [console, process.cwd()];
  console.log = (...values: unknown[]) => lines.push(values.join(" "));
  process.chdir(folder);
  try {
    return { exports: await import(pathToFileURL(path).href), lines };
  } finally {
    console.log = log;
    process.chdir(before);
  }
}

test("one program trains and saves, others open the file and act, from a page too", () =>
  inFolder(async (folder) => {
    assert.equal(others, [], "every program is run here");
    assert.is((await run(folder, saves)).lines.length, 2);
    const { lines } = await run(folder, opens);
    assert.match(lines.join(), /^25 steps, return -\d+\.\d$/);
    const bytes = readFileSync(join(folder, "models/spread.safetensors"));
    const { exports } = await run(folder, fetches);
    const { fetchModel } = exports as { fetchModel: (url: string) => Promise<Mappo> };
    assert.is((await fetchModel(`data:;base64,${bytes.toString("base64")}`)).iteration, 2);
  }));

test("a run of the command line is opened with its environment", () =>
  inFolder(async (folder) => {
    const [, ...words] = (
      blocksOf(guide, "sh")[0]
        .trim()
        .match(/marlstone (.*)/) as string[]
    )[1].split(" ");
    const out = words.map((word) => (word.startsWith("runs/") ? join(folder, word) : word));
    const trained = await marlstone(["train", ...out]);
    assert.is(trained.code, 0, trained.err);
    const { lines } = await run(folder, opensRun);
    assert.match(lines.join(), /^matrix\/climbing -?\d/);
  }));

test("a policy that remembers is given the memory of its episode", () =>
  inFolder(async (folder) => {
    const { lines } = await run(folder, remembers);
    assert.match(lines.join("; "), /^episode 1 remembers (\d+) numbers; episode 2 remembers \1 numbers$/);
  }));

test("the import map names every package that the library imports, and files that there are", async () => {
  const [json] = /\{\n.*\n\}/s.exec(blocksOf(guide, "html")[0]) as string[];
  const { imports } = JSON.parse(json) as { imports: Record<string, string> };
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const own = Object.entries<{ default?: string }>(exports).flatMap(([name, { default: path }]) =>
    path === undefined ? [] : [[name.replace(".", "marlstone"), path.slice(2)]],
  );
  assert.is(own.length, 3);
  const { metafile } = await build({
    entryPoints: own.map(([, path]) => join(root, path.replace("dist/", "src/").replace(/js$/, "ts"))),
    ...{ bundle: true, format: "esm", packages: "external", write: false, metafile: true, outdir: "out" },
  });
  const used = Object.values(metafile.outputs).flatMap((output) => output.imports);
  const bare = new Set(used.filter(({ external }) => external).map(({ path }) => path));
  assert.equal(Object.keys(imports).sort(), [...own.map(([name]) => name), ...bare].sort());
  for (const [name, path] of own) assert.is(imports[name], `/node_modules/marlstone/${path}`);
  for (const name of bare) assert.ok(existsSync(join(root, imports[name])), name);
});

test.run();
