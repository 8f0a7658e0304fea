/**
 * Fits shared by a team. Minibatches follow each other, so one thread at a time can work on a fit. Threads that do not divide
 * the fits would leave some idle at the end: then every fit is cut into as many slices as there are threads, and round
 * after round each thread does a slice of another fit.
 */
import type { Kernels } from "./abi.ts";
import { type Division, TAKING } from "./division.ts";

/** Of a run; it takes so long that how long does not matter. */
const NANOSECONDS = 1e8;

/** @param perform does a call in parts */
export function parallelFits(
  threads: number,
  perform: (division: Division) => void,
): Pick<Kernels, "mlpFitF32"> {
  return {
    mlpFitF32(tasks, fits) {
      const slices = fits > threads && fits % threads > 0 ? threads : 1;
      const round = slices > 1 ? threads : fits;
      for (let run = 0; run < fits * slices; run += round) {
        const cut = { total: round, multiple: 1, steps: [0, 0, 0, 1], lengthAt: 4 };
        const values = [tasks, fits, slices, run, round];
        perform({ kernel: "mlpFitRunsF32", values, cut, nanoseconds: NANOSECONDS, overhead: TAKING });
      }
    },
  };
}
