/** Runs one kernel call on WebAssembly and on its twin, every array between guard words that must survive. */
import * as assert from "uvu/assert";
import type { Kernels, Pointer } from "../../src/kernels/abi.ts";
import { createArena } from "../../src/kernels/arena.ts";
import type { Arena } from "../../src/kernels/memory.ts";
import { sameBits } from "./close.ts";

export type Values = Float32Array | Int32Array | Float64Array;
type Pointers<Buffers> = { readonly [Name in keyof Buffers]: Pointer };

export const wasmArena = createArena({ kernels: "wasm" });
export const referenceArena = createArena({ kernels: "reference" });

/** Words before and after every array. */
const GUARD = 16;
/** As f32 a NaN: a value that is read from outside spoils the result. */
const PATTERN = 0x7fcdabcd;

/** Where each array went, `shift` words away from 64-byte alignment. */
function placeGuarded<Buffers extends Record<string, Values>>(arena: Arena, buffers: Buffers, shift: number) {
  const places = Object.entries(buffers).map(([name, values]) => {
    const words = values.byteLength / 4 + 2 * GUARD;
    const offset = values instanceof Float64Array ? 0 : shift;
    return { name, values, words, start: arena.allocateF32(words + offset) + 4 * offset };
  });
  for (const { values, words, start } of places) {
    arena.i32(start, words).fill(PATTERN);
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    new Uint8Array(arena.i32(0, 0).buffer).set(bytes, start + 4 * GUARD);
  }
  return places;
}

/** Calls the kernel and gives its result and the arrays as they are afterwards. */
export function runGuarded<Buffers extends Record<string, Values>, Result>(
  arena: Arena,
  buffers: Buffers,
  call: (kernels: Kernels, at: Pointers<Buffers>) => Result,
  shift = 0,
): { result: Result; after: Buffers } {
  return arena.scope(() => {
    const places = placeGuarded(arena, buffers, shift);
    const at = Object.fromEntries(places.map(({ name, start }) => [name, start + 4 * GUARD]));
    const result = call(arena.kernels, at as Pointers<Buffers>);
    const after = places.map(({ name, values, words, start }) => {
      const all = arena.i32(start, words);
      const guards = [...all.subarray(0, GUARD), ...all.subarray(words - GUARD)];
      assert.ok(
        guards.every((word) => word === PATTERN),
        `guard words around "${name}" changed`,
      );
      const bytes = all.slice(GUARD, words - GUARD).buffer;
      return [name, new (values.constructor as Float32ArrayConstructor)(bytes)];
    });
    return { result, after: Object.fromEntries(after) as Buffers };
  });
}

/** The same call on WebAssembly and twin must give the same result and the same bits in every array but the scratch. */
export function runBoth<Buffers extends Record<string, Values>, Result>(
  buffers: Buffers,
  call: (kernels: Kernels, at: Pointers<Buffers>) => Result,
  shift = 0,
): { result: Result; after: Buffers } {
  const wasm = runGuarded(wasmArena, buffers, call, shift);
  const twin = runGuarded(referenceArena, buffers, call, shift);
  assert.ok(Object.is(wasm.result, twin.result), `results differ: ${wasm.result} and ${twin.result}`);
  for (const [name, values] of Object.entries(wasm.after)) {
    if (name === "scratch") continue;
    const other = twin.after[name];
    if (values instanceof Float64Array) assert.equal([...values].map(String), [...other].map(String), name);
    else sameBits(new Float32Array(values.buffer), new Float32Array(other.buffer), name);
  }
  return wasm;
}
