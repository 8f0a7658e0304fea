/** What threads gain: the same calls on one thread and on one a processor, in turns, by the clock on the wall. */
import { createArena } from "../src/kernels/arena.ts";
import type { Arena } from "../src/kernels/memory.ts";
import { automaticThreads } from "../src/kernels/threads.ts";
import { Random } from "../src/tensor/random.ts";
import { fitsOf } from "./kernels/fits.ts";
import type { KernelCase } from "./kernels/kernel-case.ts";
import { kernelCases } from "./kernels/kernel-cases.ts";
import { digits, type Progress, type Section } from "./support/section.ts";
import { median } from "./support/timing.ts";

/** Turns of each, and milliseconds of a turn: short ones often fit between other programs' work. */
const ROUNDS = 25;
const TURN = 15;

/** Calls whose largest case is measured. */
const shared = [
  "matmulF32",
  "matmulTransposeAF32",
  "matmulTransposeBF32",
  "denseF32",
  "mlpForwardF32",
  "mlpTangentF32",
  "mlpBackwardF32",
  "fisherProductF32",
  "expF32",
  "projectF32",
  "headsLogSoftmaxF32",
] as const;

const largest = (cases: readonly KernelCase[]): KernelCase =>
  cases.reduce((most, next) => (next.work > most.work ? next : most));

const cases: readonly (readonly [name: string, kernelCase: KernelCase])[] = [
  ...shared.map((name) => [name, largest(kernelCases[name])] as const),
  ...[2, 3, 4].map((agents) => ["mlpFitF32", fitsOf(agents)] as const),
];

/** Milliseconds of the fastest call of a turn. */
function takeTurn(call: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  const start = performance.now();
  for (let before = start; before - start < TURN; ) {
    call();
    const now = performance.now();
    best = Math.min(best, now - before);
    before = now;
  }
  return best;
}

function measureCase(name: string, kernelCase: KernelCase, arenas: readonly Arena[]): string[] {
  const marks = arenas.map((arena) => arena.mark());
  const calls = arenas.map((arena) => kernelCase.prepare(arena, Random.fromSeed(name)));
  for (const call of calls) for (let i = 0; i < 3; i++) call();
  const rounds = Array.from({ length: ROUNDS }, () => calls.map(takeTurn));
  for (const [i, arena] of arenas.entries()) arena.release(marks[i]);
  const [one, many] = calls.map((_, i) => Math.min(...rounds.map((times) => times[i])));
  const ratio = median(rounds.map(([alone, together]) => alone / together));
  return [name, kernelCase.shape, digits(one), digits(many), digits(one / many), digits(ratio)];
}

export async function measure(progress: Progress): Promise<Section> {
  const threads = Math.max(2, automaticThreads());
  const arenas = [1, threads].map((count) => createArena({ kernels: "wasm", threads: count }));
  const columns = [
    "kernel",
    "shape",
    "ms, 1 thread",
    `ms, ${threads} threads`,
    "ratio of these",
    "median ratio",
  ];
  progress(columns);
  const rows = cases.map(([name, kernelCase]) => {
    const row = measureCase(name, kernelCase, arenas);
    progress(row);
    return row;
  });
  return {
    title: "Threads",
    introduction:
      `Kernels on one thread and on ${threads}, with the same bits: milliseconds of the clock, the fastest call of ${ROUNDS} ` +
      "turns of each, and the median of the turns' ratios, which other programs on the machine lower. Fits of value " +
      "functions are whole: a thread does one at a time. Policy iterations are in a table of their own.",
    columns,
    rows,
  };
}
