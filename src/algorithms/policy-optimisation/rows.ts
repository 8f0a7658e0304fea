/** Rows of arrays: some of them, in an order, and what is left out of a mean. */

type Values = Float32Array | Float64Array | Int32Array | Uint8Array;

/** The rows `at` of values[rows, width], a copy; without `at` the array itself. */
export function takeRows<T extends Values>(values: T, width: number, at: Int32Array | undefined): T {
  if (!at) return values;
  const Constructor = values.constructor as new (length: number) => T;
  const taken = new Constructor(at.length * width);
  for (let i = 0; i < at.length; i++) {
    const start = at[i] * width;
    for (let k = 0; k < width; k++) taken[i * width + k] = values[start + k];
  }
  return taken;
}

/** Writes rows to the places `at` of target[rows, width]: the reverse of `takeRows`. */
export function putRows(target: Float32Array, width: number, at: Int32Array, rows: Float32Array): void {
  for (let i = 0; i < at.length; i++) {
    for (let k = 0; k < width; k++) target[at[i] * width + k] = rows[i * width + k];
  }
}

/** The columns first … first + count − 1 of values[rows, width]. */
export function takeColumns<T extends Values>(
  values: T,
  width: number,
  { first, count }: { readonly first: number; readonly count: number },
): T {
  const rows = values.length / width;
  const Constructor = values.constructor as new (length: number) => T;
  const taken = new Constructor(rows * count);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < count; k++) taken[row * count + k] = values[row * width + first + k];
  }
  return taken;
}

/** Arrays one after another. */
export function joinRows<T extends Values>(parts: readonly T[]): T {
  if (parts.length === 1) return parts[0];
  const Constructor = parts[0].constructor as new (length: number) => T;
  const joined = new Constructor(parts.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const part of parts) {
    joined.set(part, start);
    start += part.length;
  }
  return joined;
}
