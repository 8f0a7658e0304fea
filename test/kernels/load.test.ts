import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createArena } from "../../src/kernels/arena.ts";
import { loadKernels } from "../../src/kernels/load.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";
import { sameBits } from "../support/close.ts";

const isWasm = ({ memory }: ReturnType<typeof loadKernels>) => memory instanceof WebAssembly.Memory;
const environment = process.env.MARLSTONE_KERNELS;
const { validate } = WebAssembly;
const { WebAssembly: engine, process: host } = globalThis;

test.before.each(() => {
  delete process.env.MARLSTONE_KERNELS;
});
test.after.each(() => {
  globalThis.process = host;
  globalThis.WebAssembly = engine;
  WebAssembly.validate = validate;
  if (environment === undefined) delete process.env.MARLSTONE_KERNELS;
  else process.env.MARLSTONE_KERNELS = environment;
});

test("WebAssembly unless something else is asked for", () => {
  assert.ok(isWasm(loadKernels()));
  assert.ok(isWasm(loadKernels("wasm")));
  assert.not(isWasm(loadKernels("reference")));
});

test("MARLSTONE_KERNELS chooses, an argument beats it", () => {
  process.env.MARLSTONE_KERNELS = "reference";
  assert.not(isWasm(loadKernels()));
  assert.ok(isWasm(loadKernels("wasm")));
  process.env.MARLSTONE_KERNELS = "wasm";
  assert.ok(isWasm(loadKernels()));
  process.env.MARLSTONE_KERNELS = "";
  assert.ok(isWasm(loadKernels()));
});

test("another value of MARLSTONE_KERNELS is an error that names it and the choices", () => {
  process.env.MARLSTONE_KERNELS = "wsam";
  const clear = (error: Error) =>
    error instanceof InvalidInputError && /"wsam".*"wasm" or "reference"/.test(error.message);
  assert.throws(() => loadKernels(), clear);
});

test("where there is no process, as in a page, the default holds", () => {
  Reflect.deleteProperty(globalThis, "process");
  const parts = loadKernels();
  globalThis.process = host;
  assert.ok(isWasm(parts));
});

test("every load has a memory and an instance of its own, and the module is compiled once", () => {
  const [one, other] = [loadKernels("wasm"), loadKernels("wasm")];
  assert.is.not(one.memory, other.memory);
  assert.is.not(one.kernels.matmulF32, other.kernels.matmulF32);
  const { Module } = WebAssembly;
  WebAssembly.Module = class {
    constructor() {
      throw new Error("compiled again");
    }
  } as unknown as typeof Module;
  try {
    assert.ok(isWasm(loadKernels("wasm")));
  } finally {
    WebAssembly.Module = Module;
  }
});

test("a worker thread loads the kernels by itself and gets the same bits", async () => {
  const values = Float32Array.of(-3, -0.1, 0, 1e-4, 0.7, 12);
  const file = new URL("../support/kernel-worker.ts", import.meta.url).href;
  const start = `import("tsx/esm/api").then(({ tsImport }) => tsImport("${file}", "${file}"))`;
  const worker = new Worker(start, { eval: true, workerData: values });
  const [answer] = await once(worker, "message");
  await worker.terminate();
  const arena = createArena({ kernels: "wasm" });
  const x = arena.place(values);
  arena.kernels.tanhF32(x, x, values.length);
  assert.ok(answer.wasm);
  sameBits(answer.values, arena.read(x, values.length));
});

/** A copy of load.ts that has compiled nothing yet. */
async function freshLoad(name: string): Promise<typeof loadKernels> {
  const fresh: typeof import("../../src/kernels/load.ts") = await import(`../../src/kernels/load.ts?${name}`);
  return fresh.loadKernels;
}

test("an engine without SIMD gets the twins, or an error when WebAssembly was asked for", async () => {
  const load = await freshLoad("without-simd");
  WebAssembly.validate = () => false;
  assert.not(isWasm(load()));
  assert.throws(
    () => load("wasm"),
    (error: Error) => error instanceof InvalidInputError && error.message.includes('"reference"'),
  );
});

const isShared = ({ memory }: ReturnType<typeof loadKernels>) => memory.buffer instanceof SharedArrayBuffer;

test("more than one thread share a memory; one thread and the twins have memory of their own", () => {
  assert.ok(isShared(loadKernels("wasm", 2)));
  assert.not(isShared(loadKernels("wasm", 1)));
  assert.not(isShared(loadKernels("reference", 2)));
});

/** What is said while `body` runs. */
function warnings(body: () => void): string[] {
  const said: string[] = [];
  const { warn } = console;
  console.warn = (text: string) => void said.push(text);
  try {
    body();
  } finally {
    console.warn = warn;
  }
  return said;
}

test("where threads cannot share memory they are one, which is said once", async () => {
  const load = await freshLoad("without-sharing");
  const buffers = globalThis.SharedArrayBuffer;
  Reflect.deleteProperty(globalThis, "SharedArrayBuffer");
  const said = warnings(() => {
    for (let i = 0; i < 2; i++) assert.ok(isWasm(load("wasm", 3)));
  });
  globalThis.SharedArrayBuffer = buffers;
  assert.is(said.length, 1);
  assert.match(said[0], /fewer threads, to the same bits: threads cannot share memory here/);
});

test("where there is no room for a shared memory one thread does with its own, which is said", async () => {
  const load = await freshLoad("without-room");
  const { Memory } = WebAssembly;
  WebAssembly.Memory = class extends Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      if (descriptor.shared) throw new RangeError("could not allocate memory");
      super(descriptor);
    }
  };
  const said = warnings(() => assert.not(isShared(load("wasm", 2))));
  WebAssembly.Memory = Memory;
  assert.match(said[0], /no room for a memory that threads share/);
});

test("an engine without WebAssembly gets the twins", async () => {
  const load = await freshLoad("without-webassembly");
  Reflect.deleteProperty(globalThis, "WebAssembly");
  const parts = load();
  globalThis.WebAssembly = engine;
  assert.not(isWasm(parts));
  const x = new Float32Array(parts.memory.buffer, 64, 2).fill(-1);
  parts.kernels.activateF32(1, 64, 64, 2);
  assert.equal([...x], [0, 0]);
});

test.run();
