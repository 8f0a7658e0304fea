/**
 * Operations that move values or add them up. broadcast and sumTo, slice and pad, gather and scatter are transposes of
 * each other, so each is the other's derivative.
 */
import { formatShape, repetitions, requireShape, type Shape, sameShape, sizeOf } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { formatValue } from "../validation/format.ts";
import { record } from "./tape.ts";

/** x repeated to fill `shape`, as NumPy broadcasts. */
export function broadcast(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  repetitions("broadcast", x.shape, shape);
  return record("broadcast", [x], { shape });
}

/** Sums of x over the axes along which `shape` would have to repeat to fill x's shape. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  repetitions("sumTo", shape, x.shape);
  return record("sumTo", [x], { shape });
}

/** The sum of all values, a scalar; with an axis (from 0), sums along it, which it removes. All values, or the last axis, are added up in
 * f64; other axes in f64 by blocks of 256, and the blocks in f32.
 */
export function sum(x: Tensor, axis?: number): Tensor {
  if (axis === undefined) return sumTo(x, []);
  requireAxis("sum", x, axis);
  const kept = sumTo(
    x,
    x.shape.map((size, i) => (i === axis ? 1 : size)),
  );
  return reshape(
    kept,
    x.shape.filter((_, i) => i !== axis),
  );
}

/** The mean of all values, a scalar; with an axis, means along it, which it removes. */
export function mean(x: Tensor, axis?: number): Tensor {
  const total = sum(x, axis);
  return record("scale", [total], { factor: 1 / (axis === undefined ? x.size : x.shape[axis]) });
}

/** The same values, row-major, in another shape. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  requireShape(`reshape of shape ${formatShape(x.shape)}`, shape, x.size);
  return record("reshape", [x], { shape });
}

/** Entries start … end − 1 of the first axis. */
export function slice(x: Tensor, start: number, end: number): Tensor {
  requireAxis("slice", x, 0);
  if (
    !(Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start <= end && end <= x.shape[0])
  ) {
    throw new InvalidInputError(
      `slice: ${start} to ${end} does not lie in shape ${formatShape(x.shape)}; ` +
        `give integers with 0 ≤ start ≤ end ≤ ${x.shape[0]}.`,
    );
  }
  return record("slice", [x], { start, end });
}

/** Zeros of `rows` entries along the first axis with x put in from `start`. */
export function pad(x: Tensor, start: number, rows: number): Tensor {
  requireAxis("pad", x, 0);
  if (!(Number.isInteger(start) && Number.isInteger(rows) && 0 <= start && start + x.shape[0] <= rows)) {
    throw new InvalidInputError(
      `pad: shape ${formatShape(x.shape)} does not fit at ${start} of ${rows}; ` +
        `give integers with 0 ≤ start ≤ rows − ${x.shape[0]}.`,
    );
  }
  return record("pad", [x], { start, rows });
}

/** Tensors one after another along the first axis; the other axes are equal. −0 becomes 0. */
export function concat(parts: readonly Tensor[]): Tensor {
  if (parts.length === 0) throw new InvalidInputError("concat: the list is empty; give at least one tensor.");
  for (const part of parts) {
    requireAxis("concat", part, 0);
    if (sameShape(part.shape.slice(1), parts[0].shape.slice(1))) continue;
    throw new InvalidInputError(
      `concat: shapes ${formatShape(parts[0].shape)} and ${formatShape(part.shape)} do not fit; ` +
        "only the first axis may differ.",
    );
  }
  const rows = parts.reduce((total, { shape }) => total + shape[0], 0);
  let start = 0;
  const padded = parts.map((part) => {
    start += part.shape[0];
    return pad(part, start - part.shape[0], rows);
  });
  return padded.reduce((total, part) => record("add", [total, part], {}));
}

/** A flat vector cut into tensors of the given shapes, in their order. */
export function unpack<Name extends string>(
  vector: Tensor,
  shapes: Readonly<Record<Name, Shape>>,
): Record<Name, Tensor> {
  const entries = Object.entries<Shape>(shapes);
  const total = entries.reduce((sofar, [, shape]) => sofar + sizeOf(shape), 0);
  if (!sameShape(vector.shape, [total])) {
    throw new InvalidInputError(
      `unpack: the vector has shape ${formatShape(vector.shape)}, but the shapes need [${total}].`,
    );
  }
  let start = 0;
  const tensors = entries.map(([name, shape]) => {
    start += sizeOf(shape);
    return [name, reshape(slice(vector, start - sizeOf(shape), start), shape)];
  });
  return Object.fromEntries(tensors);
}

/** From each row of x[m,n] the columns `indices`[m,picks], which are copied. */
export function gather(x: Tensor, indices: Int32Array, picks: number): Tensor {
  const [rows, columns] = requireMatrix("gather", x);
  requireIndices("gather", indices, [rows, picks], columns);
  return record("gather", [x], { indices: indices.slice(), picks });
}

/** [m,columns]: zeros to which x[m,k] is added at the columns `indices`[m,k], which are copied. */
export function scatter(x: Tensor, indices: Int32Array, columns: number): Tensor {
  requireMatrix("scatter", x);
  requireIndices("scatter", indices, x.shape, columns);
  return record("scatter", [x], { indices: indices.slice(), columns });
}

/** Rows and columns. @throws InvalidInputError when x is not a matrix */
export function requireMatrix(operation: string, x: Tensor): readonly [rows: number, columns: number] {
  if (x.shape.length === 2) return [x.shape[0], x.shape[1]];
  throw new InvalidInputError(
    `${operation}: an operand has shape ${formatShape(x.shape)}; give a matrix [rows, columns] (see reshape).`,
  );
}

function requireIndices(operation: string, indices: Int32Array, shape: Shape, columns: number): void {
  requireShape(`${operation}: indices`, shape, indices.length);
  const wrong = indices.find((index) => index < 0 || index >= columns);
  if (wrong === undefined) return;
  throw new InvalidInputError(`${operation}: index ${wrong} is not a column; give 0 to ${columns - 1}.`);
}

function requireAxis(operation: string, x: Tensor, axis: number): void {
  if (Number.isInteger(axis) && axis >= 0 && axis < x.shape.length) return;
  throw new InvalidInputError(
    `${operation}: shape ${formatShape(x.shape)} has no axis ${formatValue(axis)}; ` +
      `axes count from 0, and it has ${x.shape.length}.`,
  );
}
