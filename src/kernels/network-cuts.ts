/** Where the passes of a network may be cut: between rows, and its gradient between strips of the weights. */
import { type Division, type Facts, FLOPS, isWorthwhile, LEAST_ROWS, TILE, type Values } from "./division.ts";
import type { Cut } from "./team.ts";

/** i32 widths of the layers, input first. */
type Sizes = Int32Array;

export const weightsOf = (sizes: Sizes): number =>
  sizes.subarray(1).reduce((sum, size, l) => sum + sizes[l] * size, 0);

export const hiddenOf = (sizes: Sizes): number => sizes.subarray(1, -1).reduce((sum, size) => sum + size, 0);

/**
 * A kernel whose arguments end with first, count, scratch.
 * @param widths values a row of the arguments that move with the rows, by place
 */
function byRows(
  kernel: Division["kernel"],
  values: Values,
  widths: Readonly<Record<number, number>>,
  nanoseconds: number,
  facts: Facts,
): Division {
  const lengthAt = values.length - 2;
  const steps = values.map((_, at) => 4 * (widths[at] ?? 0));
  steps[lengthAt - 1] = 1;
  const total = values[lengthAt];
  const scratch = { at: lengthAt + 1, bytes: facts.mlpScratch(values[0], values[1], total) };
  const cut = { total, multiple: TILE, steps, lengthAt, scratch };
  return { kernel, values, cut, nanoseconds, least: LEAST_ROWS };
}

const sizesOf = ([layers, at]: Values, { integers }: Facts): Sizes => integers(at, layers + 1);

/** @param values of mlpForwardRowsF32 */
export function forwardRows(values: Values, facts: Facts): Division {
  const sizes = sizesOf(values, facts);
  const widths = { 4: sizes[0], 6: sizes[sizes.length - 1] };
  return byRows("mlpForwardRowsF32", values, widths, (2 * weightsOf(sizes)) / FLOPS, facts);
}

/** @param values of mlpTangentRowsF32 */
export function tangentRows(values: Values, facts: Facts): Division {
  const sizes = sizesOf(values, facts);
  const widths = { 5: sizes[0], 7: sizes[sizes.length - 1] };
  return byRows("mlpTangentRowsF32", values, widths, (4 * weightsOf(sizes)) / FLOPS, facts);
}

/** @param values of mlpCotangentsF32 */
export function cotangentRows(values: Values, facts: Facts): Division {
  const sizes = sizesOf(values, facts);
  const inner = weightsOf(sizes) - sizes[0] * sizes[1];
  const division = byRows(
    "mlpCotangentsF32",
    values,
    { 5: sizes[sizes.length - 1] },
    (2 * inner) / FLOPS,
    facts,
  );
  const steps = [...division.cut.steps];
  steps[8] = 1; // rows of `cotangents`
  return { ...division, cut: { ...division.cut, steps } };
}

/** @param values of mlpGradientF32, with parts 1 */
export function gradientStrips(
  values: Values,
  facts: Facts,
  threads: number,
): { readonly values: Values; readonly cut: Cut } | undefined {
  const sizes = sizesOf(values, facts);
  const [partAt, partsAt, scratchAt] = [11, 12, 13];
  const rows = values[10];
  const parts = Math.min(threads, Math.floor(Math.max(...sizes) / LEAST_ROWS));
  if (parts < 2 || !isWorthwhile((rows * 2 * weightsOf(sizes)) / FLOPS)) return undefined;
  const scratch = { at: scratchAt, bytes: facts.mlpScratch(values[0], values[1], rows) };
  const steps = values.map((_, at) => (at === partAt ? 1 : 0));
  return { values: values.with(partsAt, parts), cut: { total: parts, multiple: 1, parts, steps, scratch } };
}
