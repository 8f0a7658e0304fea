/**
 * The arena: all numbers that kernels touch live in one linear memory, allocated by moving a pointer.
 * What an update makes dies with the scope that made it; nothing needs to be disposed.
 */
import type { Kernels, Pointer } from "./abi.ts";

/** Growable memory: a WebAssembly.Memory, or a plain buffer for the reference kernels. */
export interface LinearMemory {
  readonly buffer: ArrayBufferLike;
  /** Grows by this many 64 KiB pages; throws when the engine refuses. */
  grow(pages: number): void;
}

export interface Arena {
  readonly kernels: Kernels;
  /** Bytes in use now, and the most that ever were. */
  readonly used: number;
  readonly highWater: number;
  /** 16-byte aligned, not cleared. May grow the memory, which detaches every view taken before. */
  allocate(bytes: number): Pointer;
  /** n f32 (or i32) values, not cleared. */
  allocateF32(n: number): Pointer;
  /** Copies values in and returns where they are. */
  place(values: Float32Array | Int32Array | Float64Array): Pointer;
  /** Fresh views; valid until the next allocation that grows the memory. */
  f32(pointer: Pointer, length: number): Float32Array;
  f64(pointer: Pointer, length: number): Float64Array;
  i32(pointer: Pointer, length: number): Int32Array;
  /** A copy in an ordinary array. */
  read(pointer: Pointer, length: number): Float32Array;
  mark(): number;
  release(mark: number): void;
  /** Runs body and frees what it allocated, also when it throws. */
  scope<T>(body: () => T): T;
}
