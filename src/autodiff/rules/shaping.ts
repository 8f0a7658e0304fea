/** Rules of the operations that move values or add them up: linear, so each map is the operation itself and its transpose. */
import type { Pointer } from "../../kernels/abi.ts";
import type { Arena } from "../../kernels/memory.ts";
import { type Repetition, repetitions, sizeOf } from "../../tensor/shape.ts";
import type { Rules } from "../rule.ts";
import { broadcast, gather, pad, reshape, scatter, slice, sumTo } from "../shaping.ts";
import { store } from "./store.ts";

type Names = "broadcast" | "sumTo" | "reshape" | "slice" | "pad" | "gather" | "scatter";

export const shapingRules: Pick<Rules, Names> = {
  broadcast: {
    forward: (arena, [x], { shape }) => ({
      shape,
      pointer: repetitions("broadcast", x.shape, shape).reduce(
        (from, repetition) => repeat(arena, from, repetition),
        x.pointer,
      ),
    }),
    derivative: ({ inputs: [x], output }) => [
      { jvp: (t) => broadcast(t, output.shape), vjp: (g) => sumTo(g, x.shape) },
    ],
  },
  sumTo: {
    forward: (arena, [x], { shape }) => ({
      shape,
      pointer: repetitions("sumTo", shape, x.shape).reduceRight(
        (from, repetition) => total(arena, from, repetition),
        x.pointer,
      ),
    }),
    derivative: ({ inputs: [x], output }) => [
      { jvp: (t) => sumTo(t, output.shape), vjp: (g) => broadcast(g, x.shape) },
    ],
  },
  reshape: {
    forward: (_, [{ pointer }], { shape }) => ({ shape, pointer }),
    derivative: ({ inputs: [x], output }) => [
      { jvp: (t) => reshape(t, output.shape), vjp: (g) => reshape(g, x.shape) },
    ],
  },
  slice: {
    forward: (_, [x], { start, end }) => ({
      shape: [end - start, ...x.shape.slice(1)],
      pointer: x.pointer + 4 * start * sizeOf(x.shape.slice(1)),
    }),
    derivative: ({ inputs: [x], options: { start, end } }) => [
      { jvp: (t) => slice(t, start, end), vjp: (g) => pad(g, start, x.shape[0]) },
    ],
  },
  pad: {
    forward: (arena, [x], { start, rows }) =>
      store(arena, [rows, ...x.shape.slice(1)], (out, n) => {
        const padded = arena.f32(out, n).fill(0);
        padded.set(arena.f32(x.pointer, x.size), start * sizeOf(x.shape.slice(1)));
      }),
    derivative: ({ inputs: [x], options: { start, rows } }) => [
      { jvp: (t) => pad(t, start, rows), vjp: (g) => slice(g, start, start + x.shape[0]) },
    ],
  },
  gather: {
    forward(arena, [x], { indices, picks }) {
      const [rows, columns] = x.shape;
      return store(arena, [rows, picks], (out, n) => {
        const from = arena.f32(x.pointer, x.size);
        const to = arena.f32(out, n);
        for (let i = 0; i < n; i++) to[i] = from[Math.floor(i / picks) * columns + indices[i]];
      });
    },
    derivative: ({ inputs: [x], options: { indices, picks } }) => [
      { jvp: (t) => gather(t, indices, picks), vjp: (g) => scatter(g, indices, x.shape[1]) },
    ],
  },
  scatter: {
    forward(arena, [x], { indices, columns }) {
      const [rows, picks] = x.shape;
      return store(arena, [rows, columns], (out, n) => {
        const from = arena.f32(x.pointer, x.size);
        const to = arena.f32(out, n).fill(0);
        for (let i = 0; i < x.size; i++) to[Math.floor(i / picks) * columns + indices[i]] += from[i];
      });
    },
    derivative: ({ inputs: [x], options: { indices, columns } }) => [
      { jvp: (t) => scatter(t, indices, columns), vjp: (g) => gather(g, indices, x.shape[1]) },
    ],
  },
};

/** [outer, inner] → [outer, count, inner]. */
function repeat(arena: Arena, from: Pointer, { outer, count, inner }: Repetition): Pointer {
  const pointer = arena.allocateF32(outer * count * inner);
  const source = arena.f32(from, outer * inner);
  const target = arena.f32(pointer, outer * count * inner);
  for (let i = 0; i < outer; i++) {
    const first = i * count * inner;
    if (inner === 1) target.fill(source[i], first, first + count);
    else
      for (let j = 0; j < count; j++)
        target.set(source.subarray(i * inner, (i + 1) * inner), first + j * inner);
  }
  return pointer;
}

/** [outer, count, inner] → [outer, inner] by sums. */
function total(arena: Arena, from: Pointer, { outer, count, inner }: Repetition): Pointer {
  const { kernels } = arena;
  const pointer = arena.allocateF32(outer * inner);
  if (inner === 1) kernels.rowSumsF32(from, pointer, outer, count);
  else {
    for (let i = 0; i < outer; i++) {
      kernels.columnSumsF32(from + 4 * i * count * inner, pointer + 4 * i * inner, count, inner, 0);
    }
  }
  return pointer;
}
