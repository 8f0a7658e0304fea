/** A kernel call to measure, on any arena; the sizes of training: a policy 18 → 128 → 128 → 15 and 10,000 rows. */
import type { Kernels, Pointer } from "../../src/kernels/abi.ts";
import type { Arena } from "../../src/kernels/memory.ts";
import type { Random } from "../../src/tensor/random.ts";

export interface KernelCase {
  readonly shape: string;
  /** Floating-point operations of a call when they are what counts, otherwise values written or read. */
  readonly work: number;
  readonly unit: "FLOP" | "value";
  /** Places the arguments and gives the call. */
  prepare(arena: Arena, random: Random): () => void;
}

/** Everything that computes. */
export type MeasuredKernel = Exclude<keyof Kernels, `${string}ScratchBytes`>;
/** What is measured of each of some kernels. */
export type KernelCases<Names extends MeasuredKernel = MeasuredKernel> = {
  readonly [Name in Names]: readonly KernelCase[];
};

export const ROWS = 10_000;
export const SIZES = [18, 128, 128, 15];
export const HEADS = [5, 5, 5];
export const WEIGHTS = SIZES.slice(1).reduce((sum, size, l) => sum + SIZES[l] * size, 0);
export const PARAMETERS = SIZES.slice(1).reduce((sum, size, l) => sum + (SIZES[l] + 1) * size, 0);

/** n normal values times `scale`. */
export function normals(arena: Arena, random: Random, n: number, scale = 1): Pointer {
  return arena.place(Float32Array.from({ length: n }, () => scale * random.normal()));
}
