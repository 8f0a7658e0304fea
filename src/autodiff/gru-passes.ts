/**
 * A gated recurrent unit over whole sequences: step after step on, and back through time (Werbos 1990). Rows are ordered
 * by time, row = step·sequences + sequence. A start clears the memory before its row, and no gradient passes it.
 */
import type { Pointer } from "../kernels/abi.ts";
import type { Arena } from "../kernels/memory.ts";

export interface GruSizes {
  readonly rows: number;
  readonly sequences: number;
  readonly size: number;
}

/** Parameters, and where sequences begin. */
export interface GruWeights {
  /** [size, 3·size] and [3·size]: of the memory's part of the gates. */
  readonly weight: Pointer;
  readonly bias: Pointer;
  /** [sequences, size] before the first step. */
  readonly initial: Pointer;
  /** [rows], 1 where the memory is cleared before the row. */
  readonly starts: Uint8Array;
}

/** What the pass back needs beside the outputs, in the arena. */
export interface GruTrace {
  /** [rows, 4·size]. */
  readonly gates: Pointer;
  /** The memory that each row read, [rows, size]. */
  readonly read: Pointer;
}

/** Numbers that the outputs and the trace behind them need. */
export function gruNumbers({ rows, size }: GruSizes): number {
  return 6 * rows * size;
}

/** Where the trace stands behind the outputs. */
export function traceBehind(out: Pointer, { rows, size }: GruSizes): GruTrace {
  return { gates: out + 4 * rows * size, read: out + 4 * 5 * rows * size };
}

/** out[rows, size] from gates' parts a[rows, 3·size] of the input; fills the trace. */
export function gruForward(
  arena: Arena,
  sizes: GruSizes,
  weights: GruWeights,
  a: Pointer,
  out: Pointer,
  { gates, read }: GruTrace,
): void {
  const { kernels } = arena;
  const { rows, sequences, size } = sizes;
  const { weight, bias, initial, starts } = weights;
  arena.scope(() => {
    const c = arena.allocateF32(3 * sequences * size);
    const scratch = arena.allocate(kernels.matmulScratchBytes(size, 3 * size));
    for (let first = 0; first < rows; first += sequences) {
      const at = (base: Pointer, width: number) => base + 4 * first * width * size;
      const before = first === 0 ? initial : at(out, 1) - 4 * sequences * size;
      const h = at(read, 1);
      arena.f32(h, sequences * size).set(arena.f32(before, sequences * size));
      clearStarts(arena, h, starts, first, sizes);
      kernels.denseF32(h, weight, bias, c, sequences, size, 3 * size, 0, scratch);
      kernels.gruGatesF32(at(a, 3), c, h, at(gates, 4), at(out, 1), sequences, size);
    }
  });
}

/** Where cotangents go. */
export interface GruCotangents {
  /** [rows, 3·size]. */
  readonly a: Pointer;
  readonly weight: Pointer;
  readonly bias: Pointer;
  readonly initial: Pointer;
}

/** Cotangents for the cotangent g[rows, size] of the outputs. */
export function gruBackward(
  arena: Arena,
  sizes: GruSizes,
  weights: GruWeights,
  { gates, read }: GruTrace,
  g: Pointer,
  out: GruCotangents,
): void {
  const { kernels } = arena;
  const { rows, sequences, size } = sizes;
  const step = sequences * size;
  arena.scope(() => {
    const dc = arena.allocateF32(3 * rows * size);
    const scratch = arena.allocate(
      Math.max(kernels.matmulScratchBytes(3 * size, size), kernels.matmulScratchBytes(rows, 3 * size)),
    );
    // The memory's cotangent: what arrives from later, plus what the outputs of the step get.
    const h = out.initial;
    kernels.fillF32(0, h, step);
    for (let first = rows - sequences; first >= 0; first -= sequences) {
      const at = (base: Pointer, width: number) => base + 4 * first * width * size;
      kernels.addF32(h, at(g, 1), h, step);
      kernels.gruGradientF32(at(gates, 4), at(read, 1), h, at(out.a, 3), at(dc, 3), h, sequences, size);
      kernels.matmulTransposeBF32(at(dc, 3), weights.weight, h, sequences, 3 * size, size, 1, scratch);
      clearStarts(arena, h, weights.starts, first, sizes);
    }
    kernels.matmulTransposeAF32(read, dc, out.weight, size, rows, 3 * size, 0, scratch);
    kernels.columnSumsF32(dc, out.bias, rows, 3 * size, 0);
  });
}

/** Zeros in those of the `sequences` rows at h that are starts. */
function clearStarts(
  arena: Arena,
  h: Pointer,
  starts: Uint8Array,
  first: number,
  { sequences, size }: GruSizes,
): void {
  for (let s = 0; s < sequences; s++) {
    if (starts[first + s] !== 0) arena.f32(h + 4 * s * size, size).fill(0);
  }
}
