/** Arenas ready for use: kernels and memory together. */
import { type KernelChoice, loadKernels } from "./load.ts";
import { type Arena, arenaOver } from "./memory.ts";
import { automaticThreads, threadCount } from "./threads.ts";

export interface ArenaOptions {
  /** @defaultValue MARLSTONE_KERNELS if set, otherwise "wasm" where the engine has WebAssembly with SIMD */
  readonly kernels?: KernelChoice;
  /** The memory never grows beyond this. @defaultValue 4 GiB less 64 KiB */
  readonly maximumBytes?: number;
  /** Threads that kernels share their work with; the bits are those of one. @defaultValue MARLSTONE_THREADS if set, otherwise 1 */
  readonly threads?: number;
}

/** The arenas of this thread, by their number of threads. */
const shared = new Map<number, Arena>();

/** An arena with a memory and kernels of its own. @throws InvalidInputError when what is asked for cannot be met */
export function createArena({ kernels, maximumBytes, threads }: ArenaOptions = {}): Arena {
  const parts = loadKernels(
    kernels,
    threadCount(threads, () => 1),
  );
  return arenaOver(maximumBytes === undefined ? parts : { ...parts, maximumBytes });
}

/**
 * The arena of this thread that shares its kernels' work with so many threads, made at the first call.
 * @param threads by default MARLSTONE_THREADS if set, otherwise one a processor, at most 8
 */
export function sharedArena(threads?: number): Arena {
  const count = threadCount(threads, () => automaticThreads());
  const arena = shared.get(count) ?? createArena({ threads: count });
  shared.set(count, arena);
  return arena;
}
