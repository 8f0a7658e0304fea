import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { kernelModule } from "../../src/kernels/load.ts";
import { MAXIMUM_PAGES, plainMemory } from "../../src/kernels/memory.ts";
import { referenceKernels } from "../../src/kernels/reference.ts";

/** The source of the interface `Kernels`. */
const declarations = ["abi", "abi-ranges", "abi-fit", "abi-layers", "abi-eigen"]
  .map((file) => readFileSync(new URL(`../../src/kernels/${file}.ts`, import.meta.url), "utf8"))
  .map((source) => source.slice(source.search(/export interface (Range|Fit|Layer|Eigen)?Kernels/)))
  .join("");

const declaredNames = (): string[] =>
  [...declarations.matchAll(/^ {2}(\w+)\(/gm)].map(([, name]) => name).sort();

function exportedModule(): WebAssembly.Module {
  const module = kernelModule();
  if (!module) throw new Error("this engine cannot run the kernels");
  return module;
}

test("module, interface and twins have the same functions", () => {
  const exported = WebAssembly.Module.exports(exportedModule());
  const functions = exported.filter(({ kind }) => kind === "function").map(({ name }) => name);
  const names = declaredNames();
  assert.ok(names.length > 40, "the interface was read");
  assert.equal(functions.sort(), names);
  assert.equal(Object.keys(referenceKernels(plainMemory())).sort(), names);
});

test("the module exports nothing but functions and heapBase, and imports nothing but memory", () => {
  const module = exportedModule();
  const others = WebAssembly.Module.exports(module).filter(({ kind }) => kind !== "function");
  assert.equal(others, [{ name: "heapBase", kind: "global" }]);
  assert.equal(WebAssembly.Module.imports(module), [{ module: "env", name: "memory", kind: "memory" }]);
});

test("module and twins take the same number of arguments", () => {
  const instance = new WebAssembly.Instance(exportedModule(), {
    env: { memory: new WebAssembly.Memory({ initial: 1, maximum: MAXIMUM_PAGES }) },
  });
  for (const name of declaredNames()) {
    const parameters = new RegExp(`^ {2}${name}\\(([^)]*)\\)`, "m").exec(declarations)?.[1] ?? "";
    const exported = instance.exports[name] as (...values: number[]) => number;
    assert.is(exported.length, parameters.match(/\w+:/g)?.length, name);
  }
});

test.run();
