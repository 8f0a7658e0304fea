/**
 * How the twins see memory: typed views over all of it, indexed with `pointer >>> 2` (f32, i32) or `pointer >>> 3` (f64).
 * A twin file exports one function from Views to its part of the Kernels, e.g. `matmulReference(views)`.
 */
import type { LinearMemory } from "../memory.ts";

/** Read each property once at the start of a kernel: growth replaces the arrays, but never during a kernel. */
export interface Views {
  readonly f32: Float32Array;
  readonly f64: Float64Array;
  readonly i32: Int32Array;
}

/** Views of the memory as it is at the moment of reading a property. */
export function viewsOf(memory: LinearMemory): Views {
  let f32 = new Float32Array(memory.buffer);
  let f64 = new Float64Array(memory.buffer);
  let i32 = new Int32Array(memory.buffer);
  const refresh = () => {
    if (f32.buffer === memory.buffer) return;
    f32 = new Float32Array(memory.buffer);
    f64 = new Float64Array(memory.buffer);
    i32 = new Int32Array(memory.buffer);
  };
  return {
    get f32() {
      refresh();
      return f32;
    },
    get f64() {
      refresh();
      return f64;
    },
    get i32() {
      refresh();
      return i32;
    },
  };
}
