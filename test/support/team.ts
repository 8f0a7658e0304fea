/** Arenas whose kernels a team shares however short they are, in as many parts as asked. */

import type { Kernels } from "../../src/kernels/abi.ts";
import { kernelModule } from "../../src/kernels/load.ts";
import { type Arena, arenaOver, MAXIMUM_PAGES } from "../../src/kernels/memory.ts";
import { parallelKernels } from "../../src/kernels/parallel.ts";
import { type StartWorker, workerStarter } from "../../src/kernels/start-worker.ts";
import { Team, type TeamOptions } from "../../src/kernels/team.ts";

/** What a team stands on. */
export function teamOptions(threads: number): TeamOptions & { readonly base: number } {
  const module = kernelModule("shared") as WebAssembly.Module;
  const memory = new WebAssembly.Memory({ initial: 1, maximum: MAXIMUM_PAGES, shared: true });
  const { heapBase, ...kernels } = new WebAssembly.Instance(module, { env: { memory } }).exports;
  return {
    threads,
    module,
    memory,
    kernels: kernels as unknown as Kernels,
    base: (heapBase as WebAssembly.Global<"i32">).value,
    startWorker: workerStarter() as StartWorker,
    onLoss: (reason) => {
      throw new Error(`a worker was lost: ${reason}`);
    },
  };
}

/** @param parts at most so many, fewer where there is less to cut */
export function teamArena(threads: number, parts: () => number): Arena {
  const { base, ...options } = teamOptions(threads);
  const { kernels, memory } = options;
  const policy = {
    isShort: () => false,
    partsOf: ({ cut }: { readonly cut: { readonly total: number; readonly multiple: number } }) =>
      Math.max(1, Math.min(parts(), Math.ceil(cut.total / cut.multiple))),
  };
  return arenaOver({ kernels: parallelKernels(kernels, memory, new Team(options), policy), memory, base });
}
