/** One kernel on one shape: the kernel, its twin and the peak take turns. */
import { createArena } from "../../src/kernels/arena.ts";
import { Random } from "../../src/tensor/random.ts";
import { PEAK_WORK } from "../support/peak.ts";
import { median, type Turn, takeTurns, turn } from "../support/timing.ts";
import type { KernelCase, MeasuredKernel } from "./kernel-case.ts";
import { kernelCases } from "./kernel-cases.ts";

const arenas = {
  wasm: createArena({ kernels: "wasm", threads: 1 }),
  reference: createArena({ kernels: "reference" }),
};
const ROUNDS = 3;

export interface NamedCase extends KernelCase {
  readonly kernel: MeasuredKernel;
}
export const allCases: readonly NamedCase[] = (Object.keys(kernelCases) as MeasuredKernel[]).flatMap(
  (kernel) => kernelCases[kernel].map((kernelCase) => ({ kernel, ...kernelCase })),
);

export interface KernelMeasurement {
  /** Milliseconds of the fastest call. */
  readonly kernel: number;
  readonly twin: number;
  /** How many times as fast as its twin. */
  readonly ratio: number;
  /** Operations (or values) a second, divided by the peak's operations a second. */
  readonly share: number;
}

/** Ratio and share are medians over the rounds. */
export function measureCase({ kernel, shape, work, prepare }: NamedCase, peak: Turn): KernelMeasurement {
  const place = (kernels: keyof typeof arenas, time: number, warmup: number): Turn =>
    turn(prepare(arenas[kernels], Random.fromSeed(`${kernel} ${shape}`)), time, warmup);
  return arenas.wasm.scope(() =>
    arenas.reference.scope(() => {
      const rounds = takeTurns(ROUNDS, [place("wasm", 30, 150), place("reference", 10, 0), peak]);
      return {
        kernel: Math.min(...rounds.map(([own]) => own)),
        twin: Math.min(...rounds.map(([, twin]) => twin)),
        ratio: median(rounds.map(([own, twin]) => twin / own)),
        share: median(rounds.map(([own, , top]) => (work / own) * (top / PEAK_WORK))),
      };
    }),
  );
}
