/** Value fits: minibatches of 64 rows by Adam, a whole epoch a call. */

import type { FitKernels } from "../../src/kernels/abi-fit.ts";
import { initializeMlp } from "../../src/nn/mlp.ts";
import { Adam } from "../../src/optim/adam.ts";
import { fitLeastSquares } from "../../src/optim/least-squares.ts";
import { type KernelCase, type KernelCases, SIZES } from "./kernel-case.ts";

const BATCH = 64;
const MINIBATCHES = 156;
const ROWS = BATCH * MINIBATCHES;
const sizes = [...SIZES.slice(0, -1), 1];
const weights = sizes.slice(1).reduce((sum, size, l) => sum + sizes[l] * size, 0);

/** Fits of so many networks at once. */
export const fitsOf = (agents: number): KernelCase => ({
  shape: `${agents} × ${sizes.join("-")}, ${MINIBATCHES} minibatches of ${BATCH} rows`,
  work: 2 * (3 * weights - sizes[0] * sizes[1]) * ROWS * agents,
  unit: "FLOP",
  prepare(arena, random) {
    const shape = { sizes, activation: "selu" } as const;
    const normals = (length: number) => Float32Array.from({ length }, () => random.normal());
    const fits = Array.from({ length: agents }, () => {
      const parameters = initializeMlp(shape, random);
      const [input, targets] = [normals(ROWS * sizes[0]), normals(ROWS)];
      const order = random.shuffle(Int32Array.from(targets.keys()));
      const adam = new Adam(parameters.length);
      return { shape, parameters, adam, input, targets, order, batchSize: BATCH, dropRemainder: true };
    });
    return () => arena.scope(() => void fitLeastSquares(arena, fits));
  },
});

/** The first half of every fit, as a thread does it that shares them with another one. */
const runs: KernelCase = {
  ...fitsOf(1),
  shape: `1 × ${sizes.join("-")}, half of ${MINIBATCHES} minibatches of ${BATCH} rows`,
  work: fitsOf(1).work / 2,
  prepare(arena, random) {
    const { kernels } = arena;
    const half = (tasks: number, fits: number): void => kernels.mlpFitRunsF32(tasks, fits, 2, 0, fits);
    return fitsOf(1).prepare({ ...arena, kernels: { ...kernels, mlpFitF32: half } }, random);
  },
};

type FitCases = KernelCases<Exclude<keyof FitKernels, `${string}Bytes`> | "mlpFitRunsF32">;
export const fitCases: FitCases = { mlpFitF32: [fitsOf(1)], mlpFitRunsF32: [runs] };
