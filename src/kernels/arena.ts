/** Arenas ready for use: kernels and memory together. */
import { type KernelChoice, loadKernels } from "./load.ts";
import { type Arena, arenaOver } from "./memory.ts";

export interface ArenaOptions {
  /** @defaultValue MARLSTONE_KERNELS if set, otherwise "wasm" where the engine has WebAssembly with SIMD */
  readonly kernels?: KernelChoice;
  /** The memory never grows beyond this. @defaultValue 4 GiB less 64 KiB */
  readonly maximumBytes?: number;
}

let shared: Arena | undefined;

/** An arena with a memory and kernels of its own. @throws InvalidInputError when the choice of kernels cannot be met */
export function createArena({ kernels, maximumBytes }: ArenaOptions = {}): Arena {
  const parts = loadKernels(kernels);
  return arenaOver(maximumBytes === undefined ? parts : { ...parts, maximumBytes });
}

/** The arena of this thread, made at the first call. */
export function sharedArena(): Arena {
  shared ??= createArena();
  return shared;
}
