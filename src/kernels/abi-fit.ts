/**
 * Least-squares fits of networks with one output, each a whole loop over minibatches: rows gathered in a given order,
 * errors 2(y − target)/rows in f64 and rounded, the gradient, a step of Adam. Fits do not touch each other.
 */
import type { Pointer } from "./abi.ts";

/** What a fit is given, in the order of its record of f64 numbers. */
export const fitFields = [
  "layers",
  "sizes",
  "activation",
  "parameters", // changed, like the moments and powers
  "firstMoments",
  "secondMoments",
  "input", // [rows, in]
  "targets", // [rows]
  "order", // i32 [epochs, rows]
  "rows",
  "epochs",
  "batch",
  "least", // a minibatch of fewer rows is left out
  "learningRate",
  "beta1",
  "beta2",
  "epsilon",
  "beta1Power", // β₁ to the power of the steps taken
  "beta2Power",
  "scratch",
] as const;
export type FitTask = Readonly<Record<(typeof fitFields)[number], number>>;
export const FIT_TASK_BYTES = 8 * fitFields.length;

export interface FitKernels {
  /** Bytes of scratch of a fit with minibatches of at most `batch` rows. */
  mlpFitScratchBytes(layers: number, sizes: Pointer, batch: number): number;
  /** Does `count` fits whose records stand one after another. */
  mlpFitF32(tasks: Pointer, count: number): void;
}
