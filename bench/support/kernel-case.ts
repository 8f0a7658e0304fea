/** A kernel call to measure, on any arena. */
import type { Pointer } from "../../src/kernels/abi.ts";
import type { Arena } from "../../src/kernels/memory.ts";
import type { Random } from "../../src/tensor/random.ts";

export interface KernelCase {
  readonly name: string;
  readonly shape: string;
  /** Floating-point operations of a call when they are what counts, otherwise values written or read. */
  readonly work: number;
  readonly unit: "FLOP" | "value";
  /** Places the arguments and gives the call. */
  prepare(arena: Arena, random: Random): () => void;
}

/** n normal values times `scale`. */
export function normals(arena: Arena, random: Random, n: number, scale = 1): Pointer {
  return arena.place(Float32Array.from({ length: n }, () => scale * random.normal()));
}
