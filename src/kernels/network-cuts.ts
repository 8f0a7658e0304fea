/** Where the passes of a network may be cut: between rows, and gradients between blocks of rows. */
import { type Pointer, SUM_BLOCK } from "./abi.ts";
import { type Division, type Facts, FLOPS, PACKING, TAKING, TILE, type Values } from "./division.ts";

/** i32 widths of the layers, input first. */
type Sizes = Int32Array;

export const sizesOf = (layers: number, at: Pointer, { integers }: Facts): Sizes => integers(at, layers + 1);

/** Of weights and biases. */
export const parametersOf = (sizes: Sizes): number =>
  sizes.subarray(1).reduce((sum, size, l) => sum + (sizes[l] + 1) * size, 0);

/** Nanoseconds of so many products with the weights, for a row. */
export const nanosecondsOf = (sizes: Sizes, products: number): number =>
  (2 * products * parametersOf(sizes)) / FLOPS;

/**
 * A kernel whose arguments begin with layers, sizes and end with first, count, scratch.
 * @param bytes what arguments move by from unit to unit, by place
 */
function divide(
  kernel: Division["kernel"],
  values: Values,
  bytes: Readonly<Record<number, number>>,
  facts: Facts,
  division: Pick<Division, "nanoseconds" | "overhead"> & { readonly multiple: number },
): Division {
  const lengthAt = values.length - 2;
  const steps = values.map((_, at) => (at === lengthAt - 1 ? 1 : (bytes[at] ?? 0)));
  const total = values[lengthAt];
  const { multiple, ...rest } = division;
  const scratch = { at: lengthAt + 1, bytes: facts.mlpScratch(values[0], values[1], total) };
  return { kernel, values, cut: { total, multiple, steps, lengthAt, scratch }, ...rest };
}

/** A pass with so many products with the weights, which every part packs again. */
const byRows = (sizes: Sizes, products: number) => ({
  multiple: TILE,
  nanoseconds: nanosecondsOf(sizes, products),
  overhead: TAKING + PACKING * products * parametersOf(sizes),
});

/** Every block packs the weights anyway. */
const byBlocks = (sizes: Sizes, products: number) => ({
  multiple: 1,
  nanoseconds: SUM_BLOCK * nanosecondsOf(sizes, products),
  overhead: TAKING,
});

/** @param values of mlpForwardRowsF32 */
export function forwardRows(values: Values, facts: Facts): Division {
  const sizes = sizesOf(values[0], values[1], facts);
  const bytes = { 4: 4 * sizes[0], 6: 4 * sizes[sizes.length - 1] };
  return divide("mlpForwardRowsF32", values, bytes, facts, byRows(sizes, 1));
}

/** @param values of mlpTangentRowsF32 */
export function tangentRows(values: Values, facts: Facts): Division {
  const sizes = sizesOf(values[0], values[1], facts);
  const bytes = { 5: 4 * sizes[0], 7: 4 * sizes[sizes.length - 1] };
  return divide("mlpTangentRowsF32", values, bytes, facts, byRows(sizes, 2));
}

/** Bytes of the inputs, outputs and parameters of a block of rows. */
function blockBytes(sizes: Sizes) {
  const row = 4 * SUM_BLOCK;
  return { input: row * sizes[0], output: row * sizes[sizes.length - 1], gradient: 4 * parametersOf(sizes) };
}

/** @param values of mlpBackwardBlocksF32 */
export function backwardBlocks(values: Values, facts: Facts): Division {
  const sizes = sizesOf(values[0], values[1], facts);
  const { input, output, gradient } = blockBytes(sizes);
  const bytes = { 4: input, 6: output, 7: gradient };
  return divide("mlpBackwardBlocksF32", values, bytes, facts, byBlocks(sizes, 2));
}

/** @param values of fisherBlocksF32 */
export function fisherBlocks(values: Values, facts: Facts): Division {
  const sizes = sizesOf(values[0], values[1], facts);
  const { input, output, gradient } = blockBytes(sizes);
  const bytes = { 4: input, 6: output, 10: gradient };
  return divide("fisherBlocksF32", values, bytes, facts, byBlocks(sizes, 4));
}
