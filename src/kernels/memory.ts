/**
 * The arena: all numbers that kernels touch live in one linear memory, allocated by moving a pointer.
 * What an update makes dies with the scope that made it; nothing needs to be disposed.
 */
import { InvalidInputError, OutOfMemoryError } from "../validation/errors.ts";
import type { Kernels, Pointer } from "./abi.ts";

const PAGE = 65536;
/** Allocations start on a cache line. */
const ALIGNMENT = 64;
/** One page below 4 GiB, so that the end of every array fits a 32-bit pointer. */
export const MAXIMUM_PAGES = 65535;
export const MAXIMUM_BYTES = MAXIMUM_PAGES * PAGE;

/** Growable memory: a WebAssembly.Memory, or a plain buffer for the reference kernels. */
export interface LinearMemory {
  readonly buffer: ArrayBufferLike;
  /** Grows by this many 64 KiB pages; throws RangeError when the engine refuses. */
  grow(pages: number): void;
}

export interface Arena {
  readonly kernels: Kernels;
  /** Bytes in use now, and the most that ever were. */
  readonly used: number;
  readonly highWater: number;
  /**
   * 16-byte aligned, not cleared. May grow the memory, which detaches every view taken before.
   * @throws InvalidInputError when bytes is not an integer ≥ 0
   * @throws OutOfMemoryError when the memory cannot grow that far
   */
  allocate(bytes: number): Pointer;
  /** n f32 (or i32) values, not cleared. */
  allocateF32(n: number): Pointer;
  /** Copies values in, also those of a view of this arena, and returns where they are. */
  place(values: Float32Array | Int32Array | Float64Array): Pointer;
  /** Fresh views; valid until the next allocation that grows the memory. */
  f32(pointer: Pointer, length: number): Float32Array;
  f64(pointer: Pointer, length: number): Float64Array;
  i32(pointer: Pointer, length: number): Int32Array;
  /** A copy in an ordinary array. */
  read(pointer: Pointer, length: number): Float32Array;
  mark(): number;
  /** Frees everything allocated since the mark. @throws InvalidInputError when the mark is not of this arena's present */
  release(mark: number): void;
  /** Runs body, which must be synchronous, and frees what it allocated, also when it throws. */
  scope<T>(body: () => T): T;
}

/** Memory for the reference kernels: an ArrayBuffer that is replaced by a larger copy. */
export function plainMemory(): LinearMemory {
  let buffer = new ArrayBuffer(PAGE);
  return {
    get buffer() {
      return buffer;
    },
    grow(pages) {
      const grown = new ArrayBuffer(buffer.byteLength + pages * PAGE);
      new Uint8Array(grown).set(new Uint8Array(buffer));
      buffer = grown;
    },
  };
}

/** Where kernels, memory and the first free byte come together; see arena.ts for the usual way to get one. */
export interface ArenaParts {
  readonly kernels: Kernels;
  readonly memory: LinearMemory;
  /** The first byte that static data does not use. */
  readonly base: Pointer;
  /** @defaultValue MAXIMUM_BYTES */
  readonly maximumBytes?: number;
}

export function arenaOver({ kernels, memory, base, maximumBytes = MAXIMUM_BYTES }: ArenaParts): Arena {
  const bottom = alignUp(base);
  let top = bottom;
  let highest = bottom;

  const allocate = (bytes: number): Pointer => {
    if (!Number.isSafeInteger(bytes) || bytes < 0) {
      throw new InvalidInputError(`an allocation is of ${bytes} bytes; it must be an integer ≥ 0.`);
    }
    const pointer = top;
    const end = alignUp(pointer + bytes);
    if (end > memory.buffer.byteLength) growTo(memory, end, maximumBytes, bytes);
    top = end;
    highest = Math.max(highest, top);
    return pointer;
  };
  const release = (mark: number): void => {
    if (!(mark >= bottom && mark <= top)) {
      throw new InvalidInputError(
        `mark ${mark} was already released or is of another arena; release in reverse order.`,
      );
    }
    top = mark;
  };

  return {
    kernels,
    allocate,
    release,
    get used() {
      return top - bottom;
    },
    get highWater() {
      return highest - bottom;
    },
    allocateF32: (n) => allocate(4 * n),
    place({ buffer, byteOffset, byteLength }) {
      const own = buffer === memory.buffer;
      const pointer = allocate(byteLength);
      // A view of the arena's own memory is gone once that grows; what it showed still stands at its place.
      const source = new Uint8Array(own ? memory.buffer : buffer, byteOffset, byteLength);
      new Uint8Array(memory.buffer, pointer, byteLength).set(source);
      return pointer;
    },
    f32: (pointer, length) => new Float32Array(memory.buffer, pointer, length),
    f64: (pointer, length) => new Float64Array(memory.buffer, pointer, length),
    i32: (pointer, length) => new Int32Array(memory.buffer, pointer, length),
    read: (pointer, length) => new Float32Array(memory.buffer, pointer, length).slice(),
    mark: () => top,
    scope(body) {
      const mark = top;
      try {
        return body();
      } finally {
        release(mark);
      }
    },
  };
}

function alignUp(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

/** Doubles the memory so that growth is rare; takes just enough when that is refused. */
function growTo(memory: LinearMemory, end: number, maximumBytes: number, asked: number): void {
  const size = memory.buffer.byteLength;
  const targets = end > maximumBytes ? [] : [Math.min(Math.max(end, 2 * size), maximumBytes), end];
  for (const target of targets) {
    try {
      memory.grow(Math.ceil((target - size) / PAGE));
      return;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  throw new OutOfMemoryError(
    `${asked} more bytes do not fit: ${end} would be in use, and the memory ends at ${maximumBytes} or where the ` +
      "system refuses. Use fewer steps an iteration, fewer environment copies or smaller networks.",
  );
}
