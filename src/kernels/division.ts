/**
 * A kernel call that threads may share, and into how many parts it is worth cutting. Times are rough, of one core in 2026;
 * they decide only about threads, never about bits.
 */
import type { Pointer } from "./abi.ts";
import type { Cut, KernelName } from "./team.ts";

export type Values = readonly number[];

export interface Division {
  readonly kernel: KernelName;
  /** The arguments for the whole. */
  readonly values: Values;
  /** How those of a part differ. */
  readonly cut: Omit<Cut, "parts">;
  /** Of one unit of what is cut. */
  readonly nanoseconds: number;
  /** Parts of fewer units repeat too much work. */
  readonly least: number;
}

/** What a rule needs to know besides the arguments. */
export interface Facts {
  /** i32 values in the arena. */
  integers(at: Pointer, length: number): Int32Array;
  /** Bytes of scratch that one thread needs for a product, and for a pass of a network. */
  matmulScratch(k: number, n: number): number;
  mlpScratch(layers: number, sizes: Pointer, rows: number): number;
}

/** Operations of a product in a nanosecond. */
export const FLOPS = 60;
/** Rows and columns of a product's tiles, and more than fill a vector. */
export const TILE = 8;
/** A part of a product packs the other factor again, which costs about as much as some rows. */
export const LEAST_ROWS = 16;

/** Nanoseconds from which a call is worth sharing; it costs some microseconds when all threads are awake. */
const WORTHWHILE = 10_000;
/** Nanoseconds of a part that is not cut further for the sake of balance. */
const LONG = 200_000;
/** Parts a thread at most: what others can take over from one that does not get a processor. */
const MOST_PARTS = 4;

export const isWorthwhile = (nanoseconds: number): boolean => nanoseconds >= WORTHWHILE;

/** Into how many parts; 1 when the call is too short. */
export function partsOf({ cut, nanoseconds, least }: Division, threads: number): number {
  const time = cut.total * nanoseconds;
  if (!isWorthwhile(time)) return 1;
  const wanted = Math.max(threads, Math.min(MOST_PARTS * threads, Math.floor(time / LONG)));
  return Math.max(1, Math.min(wanted, Math.floor(cut.total / least)));
}
