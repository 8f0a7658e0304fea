/**
 * Loads the kernels over a memory of their own: the WebAssembly module that is embedded in the package as base64, or
 * the twins. MARLSTONE_KERNELS=reference chooses the twins; engines without WebAssembly or SIMD get them anyway.
 * Threads need a shared memory; one byte of the same binary says which kind it imports.
 */
import { InvalidInputError } from "../validation/errors.ts";
import type { Kernels, Pointer } from "./abi.ts";
import { type ArenaParts, MAXIMUM_PAGES, plainMemory } from "./memory.ts";
import { parallelKernels } from "./parallel.ts";
import { referenceKernels } from "./reference.ts";
import { workerStarter } from "./start-worker.ts";
import { Team } from "./team.ts";
import { canShareMemory } from "./threads.ts";
import { kernelsBase64, memoryFlagsAt } from "./wasm.generated.ts";

export type KernelChoice = "wasm" | "reference";
type MemoryKind = "own" | "shared";

const SHARED_FLAGS = 3;

/** Compiled at the first use in a thread; null where the engine cannot run it. */
const compiled: { [Kind in MemoryKind]?: WebAssembly.Module | null } = {};

/**
 * The embedded module, or null when the engine lacks WebAssembly or its SIMD instructions.
 * @throws InvalidInputError when the page's content security policy forbids compiling it
 */
export function kernelModule(kind: MemoryKind = "own"): WebAssembly.Module | null {
  if (compiled[kind] !== undefined) return compiled[kind];
  if (typeof WebAssembly !== "object") return null;
  const bytes = Uint8Array.from(atob(kernelsBase64), (character) => character.charCodeAt(0));
  if (kind === "shared") bytes[memoryFlagsAt] = SHARED_FLAGS;
  const module = WebAssembly.validate(bytes) ? compile(bytes) : null;
  compiled[kind] = module;
  return module;
}

function compile(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes);
  } catch (error) {
    throw new InvalidInputError(
      `WebAssembly may not be compiled here (${(error as Error).message}). If this is a page with a content ` +
        "security policy, add 'wasm-unsafe-eval' to its script-src.",
      { cause: error },
    );
  }
}

/**
 * @param threads more than 1 for a team, with which the kernels share their work; the twins run on one
 * @throws InvalidInputError when MARLSTONE_KERNELS has an unknown value, or "wasm" is asked for and cannot run
 */
export function loadKernels(
  choice: KernelChoice | undefined = choiceOfEnvironment(),
  threads = 1,
): ArenaParts {
  const found = choice === "reference" ? undefined : (loadShared(threads) ?? loadOwn());
  if (found) return found;
  if (choice === "wasm") {
    throw new InvalidInputError(
      'kernels are "wasm", but this engine has no WebAssembly with SIMD; choose "reference" or leave them out.',
    );
  }
  const memory = plainMemory();
  return { kernels: referenceKernels(memory), memory, base: 1 };
}

function loadOwn(): ArenaParts | undefined {
  const module = kernelModule();
  if (!module) return undefined;
  const memory = new WebAssembly.Memory({ initial: 1, maximum: MAXIMUM_PAGES });
  const { kernels, base } = instantiate(module, memory);
  return { kernels, memory, base };
}

/** Undefined for one thread, and where threads cannot share memory. */
function loadShared(threads: number): ArenaParts | undefined {
  if (threads === 1) return undefined;
  const startWorker = workerStarter();
  if (!canShareMemory() || !startWorker) return goOnAlone("threads cannot share memory here");
  const module = kernelModule("shared");
  if (!module) return undefined;
  const memory = sharedMemory();
  if (!memory) return goOnAlone("there is no room for a memory that threads share");
  const { kernels, base } = instantiate(module, memory);
  const team = new Team({ threads, module, memory, kernels, startWorker, onLoss: goOnAlone });
  return { kernels: parallelKernels(kernels, memory, team), memory, base };
}

function instantiate(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): { readonly kernels: Kernels; readonly base: Pointer } {
  const { heapBase, ...kernels } = new WebAssembly.Instance(module, { env: { memory } }).exports;
  return { kernels: kernels as unknown as Kernels, base: (heapBase as WebAssembly.Global<"i32">).value };
}

/** An engine sets aside addresses for the most that a shared memory may become. */
function sharedMemory(): WebAssembly.Memory | undefined {
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: MAXIMUM_PAGES, shared: true });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

let warned = false;

/** Says once why kernels use fewer threads than they should. The results are the same. */
function goOnAlone(reason: string): undefined {
  if (!warned) console.warn(`marlstone: kernels go on with fewer threads, to the same bits: ${reason}.`);
  warned = true;
}

function choiceOfEnvironment(): KernelChoice | undefined {
  const value = globalThis.process?.env?.MARLSTONE_KERNELS;
  if (!value) return undefined;
  if (value === "wasm" || value === "reference") return value;
  throw new InvalidInputError(
    `MARLSTONE_KERNELS is "${value}"; set it to "wasm" or "reference", or unset it.`,
  );
}
