/**
 * Values of a critic that remembers: every copy is judged step by step, so that what followed a cut is judged with what was
 * remembered there. Gradients later pass through chunks, each of which begins with what was remembered then.
 */
import type { Arena } from "../../kernels/memory.ts";
import type { Predictor } from "../../nn/predictor.ts";
import type { Batch } from "../../rollouts/batch.ts";
import type { CriticView } from "./critic-views.ts";
import { putRows, takeRows } from "./rows.ts";
import { forMembers, type Sequences } from "./sequences.ts";

/** In the network's units. */
export interface RememberedValues {
  /** [views · rows]. */
  readonly values: Float32Array;
  /** [views · cuts]. */
  readonly cutValues: Float32Array;
  /** [views · chunks, size] before each chunk. */
  readonly memories: Float32Array;
  /** [views · copies, size] after the last row, empty where an episode ended with it. */
  readonly last: Float32Array;
}

/** @param initial [views · copies, size] before the first row of each copy */
export function rememberedValues(
  arena: Arena,
  predictor: Predictor,
  { rows, copies, steps, cuts, terminated, truncated }: Batch,
  { input, cutInput, rewards }: CriticView,
  sequences: Sequences,
  initial: Float32Array,
): RememberedValues {
  const { inputSize, recurrentSize: size = 0 } = predictor.shape;
  const views = [...rewards.keys()];
  const values = new Float32Array(views.length * rows);
  const cutValues = new Float32Array(views.length * cuts.length);
  const memories = new Float32Array(views.length * sequences.chunks * size);
  const cutsAt = cutsByStep(cuts, steps);
  let memory = initial;
  for (let step = 0; step < steps; step++) {
    if (step % sequences.length === 0) {
      const chunks = forMembers(views, sequences.chunksAt(step / sequences.length), sequences.chunks);
      putRows(memories, size, chunks, memory);
    }
    const at = forMembers(views, rowsAt(step, copies, steps), rows);
    const starts = sequences.startsAt(at);
    const seen = predictor.predict(arena, takeRows(input, inputSize, at), at.length, {
      initial: memory,
      starts,
    });
    putRows(values, 1, at, seen.output);
    memory = seen.memory as Float32Array;
    if (cutsAt[step].length === 0) continue;
    const followed = forMembers(views, Int32Array.from(cutsAt[step]), cuts.length);
    const inCopies = Int32Array.from(cutsAt[step], (cut) => Math.floor(cuts[cut] / steps));
    const before = {
      initial: takeRows(memory, size, forMembers(views, inCopies, copies)),
      starts: new Uint8Array(followed.length),
    };
    putRows(
      cutValues,
      1,
      followed,
      predictor.predict(arena, takeRows(cutInput, inputSize, followed), followed.length, before).output,
    );
  }
  const last = forMembers(views, rowsAt(steps - 1, copies, steps), rows);
  for (const [i, row] of last.entries()) {
    if (terminated[row % rows] | truncated[row % rows]) memory.fill(0, i * size, (i + 1) * size);
  }
  return { values, cutValues, memories, last: memory };
}

/** [steps] of numbers of the cuts whose rows are at each step of their copies. */
function cutsByStep(cuts: Int32Array, steps: number): number[][] {
  const at = Array.from({ length: steps }, (): number[] => []);
  for (const [cut, row] of cuts.entries()) at[row % steps].push(cut);
  return at;
}

/** The row of each copy at one step. */
function rowsAt(step: number, copies: number, steps: number): Int32Array {
  return Int32Array.from({ length: copies }, (_, copy) => copy * steps + step);
}
