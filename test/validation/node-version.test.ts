/** Nodes that cannot run the package are told apart by their version, before anything of it is loaded. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { fileSystem } from "../../src/training/files.ts";
import { nodeProblem } from "../../src/validation/node-version.ts";
import { refuses } from "../support/refuses.ts";

const root = new URL("../../", import.meta.url);

/** Lets a program believe that it runs on another Node. */
function pretending(version: string): string[] {
  const value = `{ ...process.versions, node: "${version}" }`;
  return ["--import", `data:text/javascript,Object.defineProperty(process, "versions", { value: ${value} })`];
}

test("Node 20 from 20.19, 22 from 22.3 and all later ones run the package, as package.json says", () => {
  for (const version of ["20.19.0", "20.20.2", "22.3.0", "22.18.1", "23.0.0", "26.1.0"]) {
    assert.is(nodeProblem(version), undefined, version);
  }
  for (const version of ["18.20.8", "20.18.3", "21.7.3", "22.0.0", "22.2.0"]) {
    assert.match(nodeProblem(version) as string, `This is Node ${version}; marlstone needs 20.19`);
  }
  const { engines } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
  assert.equal(engines, { node: "^20.19.0 || >=22.3.0" });
});

test("on an older Node the program says which it needs, before it loads what that Node does not have", () => {
  const options = ["--import", import.meta.resolve("tsx"), ...pretending("18.20.8")];
  const main = fileURLToPath(new URL("src/cli/main.ts", root));
  const importsOf = (path: string): string[] =>
    [...readFileSync(new URL(path, root), "utf8").matchAll(/\bfrom "([^"]+)"/g)].map(([, from]) => from);
  const own = importsOf("src/cli/main.ts").filter((from) => !from.startsWith("node:"));
  assert.equal(own, ["../validation/node-version.ts"]);
  assert.equal(importsOf("src/validation/node-version.ts"), []);
  const { status, stderr } = spawnSync(process.execPath, [...options, main, "list"], { encoding: "utf8" });
  assert.match(stderr, /^error: This is Node 18\.20\.8; .* try again\.\n$/);
  assert.is(status, 2);
});

test("the set-up of a checkout, which can import nothing yet, refuses the same Nodes in the same words", () => {
  const setup = fileURLToPath(new URL(".ci/setup.mjs", root));
  for (const version of ["18.20.8", "20.18.3", "21.7.3", "22.2.0"]) {
    const { status, stderr } = spawnSync(process.execPath, [...pretending(version), setup], {
      encoding: "utf8",
    });
    assert.is(stderr, `${nodeProblem(version)}\n`);
    assert.is(status, 2);
  }
});

test("on an older Node files are refused by its version", () => {
  const [{ getBuiltinModule }, versions] = [process, Object.getOwnPropertyDescriptor(process, "versions")];
  try {
    Object.defineProperty(process, "versions", { ...versions, value: { node: "22.2.0" } });
    process.getBuiltinModule = undefined as never;
    refuses(() => fileSystem(), "This is Node 22.2.0");
    Object.defineProperty(process, "versions", { ...versions, value: {} });
    refuses(() => fileSystem(), "There are no files here");
  } finally {
    Object.defineProperty(process, "versions", versions as PropertyDescriptor);
    process.getBuiltinModule = getBuiltinModule;
  }
});

test.run();
