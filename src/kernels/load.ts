/**
 * Loads the kernels over a memory of their own: the WebAssembly module that is embedded in the package as base64, or
 * the twins. MARLSTONE_KERNELS=reference chooses the twins; engines without WebAssembly or SIMD get them anyway.
 */
import { InvalidInputError } from "../validation/errors.ts";
import type { Kernels } from "./abi.ts";
import { type ArenaParts, MAXIMUM_PAGES, plainMemory } from "./memory.ts";
import { referenceKernels } from "./reference.ts";
import { kernelsBase64 } from "./wasm.generated.ts";

export type KernelChoice = "wasm" | "reference";

/** Compiled at the first use in a thread; null where the engine cannot run it. */
let compiled: WebAssembly.Module | null | undefined;

/**
 * The embedded module, or null when the engine lacks WebAssembly or its SIMD instructions.
 * @throws InvalidInputError when the page's content security policy forbids compiling it
 */
export function kernelModule(): WebAssembly.Module | null {
  if (compiled !== undefined) return compiled;
  if (typeof WebAssembly !== "object") return null;
  const bytes = Uint8Array.from(atob(kernelsBase64), (character) => character.charCodeAt(0));
  compiled = WebAssembly.validate(bytes) ? compile(bytes) : null;
  return compiled;
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

/** @throws InvalidInputError when MARLSTONE_KERNELS has an unknown value, or "wasm" is asked for and cannot run */
export function loadKernels(choice: KernelChoice | undefined = choiceOfEnvironment()): ArenaParts {
  const module = choice === "reference" ? null : kernelModule();
  if (module) {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: MAXIMUM_PAGES });
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    const { heapBase } = exports as { heapBase: WebAssembly.Global<"i32"> };
    return { kernels: exports as unknown as Kernels, memory, base: heapBase.value };
  }
  if (choice === "wasm") {
    throw new InvalidInputError(
      'kernels are "wasm", but this engine has no WebAssembly with SIMD; choose "reference" or leave them out.',
    );
  }
  const memory = plainMemory();
  return { kernels: referenceKernels(memory), memory, base: 1 };
}

function choiceOfEnvironment(): KernelChoice | undefined {
  const value = globalThis.process?.env?.MARLSTONE_KERNELS;
  if (!value) return undefined;
  if (value === "wasm" || value === "reference") return value;
  throw new InvalidInputError(
    `MARLSTONE_KERNELS is "${value}"; set it to "wasm" or "reference", or unset it.`,
  );
}
