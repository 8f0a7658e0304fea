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
  /** Nanoseconds that every part costs beside its units, such as for packing the other factor again. */
  readonly overhead: number;
}

/** What is worth cutting, and into how many parts. */
export interface Policy {
  isShort(nanoseconds: number): boolean;
  /** 1 when the call is too short. */
  partsOf(division: Division): number;
}

/** What a rule needs to know besides the arguments. */
export interface Facts extends Pick<Policy, "isShort"> {
  /** i32 values in the arena. */
  integers(at: Pointer, length: number): Int32Array;
  /** Bytes of scratch that one thread needs for a product, and for a pass of a network. */
  matmulScratch(k: number, n: number): number;
  mlpScratch(layers: number, sizes: Pointer, rows: number): number;
}

/** Operations of a product in a nanosecond. */
export const FLOPS = 60;
/** Nanoseconds for packing a value, and for taking a part. */
export const PACKING = 0.3;
export const TAKING = 500;
/** Rows and columns of a product's tiles, and more than fill a vector. */
export const TILE = 8;

/** Nanoseconds from which a call is worth sharing; below, moving data between processors eats the gain. */
const WORTHWHILE = 30_000;
/** Nanoseconds of a part that is not cut further for the sake of balance. */
const LONG = 200_000;
/** Parts a thread at most: what others can take over from one that does not get a processor. */
const MOST_PARTS = 4;
/** A part is at least so many times as long as its overhead; where parts can be as long as wanted, this many times. */
const LEAST_SHARE = 2;
const GOOD_SHARE = 20;

const isShort = (nanoseconds: number): boolean => nanoseconds < WORTHWHILE;

export const policyFor = (threads: number): Policy => ({
  isShort,
  partsOf({ cut, nanoseconds, overhead }) {
    const time = cut.total * nanoseconds;
    if (isShort(time)) return 1;
    const balanced = Math.min(MOST_PARTS * threads, time / LONG, time / (GOOD_SHARE * overhead));
    const most = Math.min(time / (LEAST_SHARE * overhead), cut.total / cut.multiple);
    return Math.max(1, Math.floor(Math.min(Math.max(threads, balanced), most)));
  },
});
