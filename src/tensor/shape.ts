/**
 * Shapes of row-major arrays: [] is a scalar, [3] a vector, [2, 3] a matrix of 2 rows. Broadcasting follows NumPy:
 * shapes are aligned at their last axis, and an axis of size 1 (or a missing one) repeats.
 */
import { InvalidInputError } from "../validation/errors.ts";

export type Shape = readonly number[];

/** Values in an array of this shape; 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** As messages show it: "[2, 3]". */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** @throws InvalidInputError unless the shape is made of integers ≥ 0 and holds `count` values. */
export function requireShape(what: string, shape: Shape, count: number): void {
  if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw new InvalidInputError(
      `${what}: the shape is ${JSON.stringify(shape)}; give a list of integers ≥ 0, such as [2, 3].`,
    );
  }
  if (sizeOf(shape) === count) return;
  throw new InvalidInputError(
    `${what}: shape ${formatShape(shape)} holds ${sizeOf(shape)} values, but there are ${count}.`,
  );
}

/** The shape both broadcast to, or undefined when they do not fit. */
export function broadcastShapes(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length);
  const [left, right] = [alignShape(a, rank), alignShape(b, rank)];
  if (left.some((size, axis) => size !== right[axis] && size !== 1 && right[axis] !== 1)) return undefined;
  return left.map((size, axis) => (size === 1 ? right[axis] : size));
}

/** Neighbouring axes along which a small array repeats: `inner` values repeat `count` times, in each of `outer` places. */
export interface Repetition {
  readonly outer: number;
  readonly count: number;
  readonly inner: number;
}

/**
 * How an array of shape `small` repeats to fill `large`. Carried out from first to last they broadcast; from last to
 * first, with sums over `count`, they undo it.
 * @throws InvalidInputError, saying which `operation`, when `small` does not broadcast to `large`.
 */
export function repetitions(operation: string, small: Shape, large: Shape): Repetition[] {
  const fitted = broadcastShapes(small, large);
  if (fitted === undefined || !sameShape(fitted, large)) {
    throw new InvalidInputError(
      `${operation}: shape ${formatShape(small)} does not broadcast to ${formatShape(large)}; ` +
        "counted from the last, each axis must be equal, 1 or missing.",
    );
  }
  const aligned = alignShape(small, large.length);
  const repeated = (axis: number) => aligned[axis] !== large[axis];
  const found: Repetition[] = [];
  for (let axis = 0; axis < large.length; axis++) {
    if (!repeated(axis)) continue;
    const first = axis;
    while (axis + 1 < large.length && repeated(axis + 1)) axis++;
    const outer = sizeOf(large.slice(0, first));
    found.push({
      outer,
      count: sizeOf(large.slice(first, axis + 1)),
      inner: sizeOf(aligned.slice(axis + 1)),
    });
  }
  return found;
}

/** The shape with leading axes of size 1, so that it has `rank` axes. */
function alignShape(shape: Shape, rank: number): Shape {
  return [...new Array<number>(rank - shape.length).fill(1), ...shape];
}
