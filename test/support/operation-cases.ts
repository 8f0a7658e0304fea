/** Random operands for every operation of the tape: shapes with ones and odd sizes, values away from kinks and poles. */
import * as fc from "fast-check";
import type { OperationName, Options } from "../../src/autodiff/rule.ts";
import { Activation, type ActivationName } from "../../src/kernels/abi.ts";
import { type Shape, sizeOf } from "../../src/tensor/shape.ts";
import type { NdArray } from "../../src/tensor/tensor.ts";
import { references } from "./operation-reference.ts";

export interface OperationCase<Name extends OperationName> {
  readonly inputs: readonly NdArray[];
  readonly options: Options<Name>;
}
type Generator<Name extends OperationName> = fc.Arbitrary<OperationCase<Name>>;

const size = fc.constantFrom(1, 2, 3, 5);
const shapes: fc.Arbitrary<Shape> = fc.array(size, { maxLength: 3 });
const activation = fc.constantFrom(...(Object.keys(Activation) as ActivationName[]));
const magnitude = fc.double({ min: 0.3, max: 2, noNaN: true });
const signed = fc.tuple(magnitude, fc.boolean()).map(([value, minus]) => (minus ? -value : value));

/** Values of absolute value 0.3 to 2, so no kink at 0 and no pole is near. */
const arrayOf = (shape: Shape, value = signed): fc.Arbitrary<NdArray> =>
  fc
    .array(value, { minLength: sizeOf(shape), maxLength: sizeOf(shape) })
    .map((values) => ({ shape, values: Float32Array.from(values) }));

/** `count` operands of one shape. */
const entrywise = (count: number, value = signed) =>
  shapes.chain((shape) =>
    fc.record({
      inputs: fc.tuple(...Array.from({ length: count }, () => arrayOf(shape, value))),
      options: fc.constant({}),
    }),
  );

const withActivation = (count: number) =>
  fc.record({ base: entrywise(count), activation }).map(({ base, activation }) => ({
    inputs: base.inputs,
    options: { activation },
  }));

/** Column indices for `rows` rows. */
const indicesFor = (rows: number, picks: number, columns: number) =>
  fc
    .array(fc.integer({ min: 0, max: columns - 1 }), { minLength: rows * picks, maxLength: rows * picks })
    .map((indices) => Int32Array.from(indices));

/** A shape and one that broadcasts to it: some axes 1, some leading axes missing. */
const broadcastPair = fc
  .tuple(shapes, fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }), fc.nat({ max: 3 }))
  .map(([large, ones, missing]): [Shape, Shape] => {
    const kept = large.map((length, axis) => (ones[axis] ? 1 : length));
    return [kept.slice(Math.min(missing, kept.length)), large];
  });

/** What a dense layer's activation sees: it must keep away from the kink. */
const beforeActivation = (inputs: readonly NdArray[]) =>
  references.dense(
    inputs.map(({ shape, values }) => ({ shape, values: Float64Array.from(values) })),
    { activation: "identity" },
  );

/** A matrix and an ε that keeps the curvature of its rows' normalisation about 1. */
const matrix = () =>
  fc
    .tuple(size, size)
    .chain(([rows, columns]) => fc.tuple(arrayOf([rows, columns]), fc.constantFrom(0.25, 1)));

/** A recurrent unit's operands, and so many cotangents of its outputs. */
const recurrent = (cotangents: number) =>
  fc
    .tuple(fc.constantFrom(1, 2, 3), fc.constantFrom(1, 2), fc.constantFrom(1, 3))
    .chain(([steps, sequences, units]) => {
      const rows = steps * sequences;
      const shapes = [[rows, 3 * units], [units, 3 * units], [3 * units], [sequences, units]];
      if (cotangents > 0) shapes.push([rows, units]);
      const starts = fc.array(fc.constantFrom(0, 0, 1), { minLength: rows, maxLength: rows });
      return fc.record({
        inputs: fc.tuple(...shapes.map((shape) => arrayOf(shape))),
        options: fc.record({ starts: starts.map((values) => Uint8Array.from(values)) }),
      });
    });

/** Logits of one to three heads, and other operands. */
const logitsWith = (others: (rows: number, heads: number) => fc.Arbitrary<NdArray>[]) =>
  fc.tuple(size, fc.array(size, { minLength: 1, maxLength: 3 })).chain(([rows, sizes]) =>
    fc.record({
      inputs: fc.tuple(
        arrayOf([rows, sizes.reduce((total, length) => total + length, 0)]),
        ...others(rows, sizes.length),
      ),
      options: fc.constant({ sizes }),
    }),
  );

export const generators: { readonly [Name in OperationName]: Generator<Name> } = {
  add: entrywise(2),
  subtract: entrywise(2),
  multiply: entrywise(2),
  divide: entrywise(2),
  scale: fc.record({ base: entrywise(1), factor: signed }).map(({ base, factor }) => ({
    inputs: base.inputs,
    options: { factor: Math.fround(factor) },
  })),
  exp: entrywise(1),
  log: entrywise(1, magnitude),
  sqrt: entrywise(1, magnitude),
  sin: entrywise(1),
  cos: entrywise(1),
  activate: withActivation(1),
  activationGradient: withActivation(2),
  // x has odd, y even multiples of 1/4: never close to each other.
  greater: entrywise(2).map(({ inputs, options }) => ({
    inputs: inputs.map(({ shape, values }, i) => ({
      shape,
      values: values.map((value) => Math.floor(4 * value) / 2 + i / 4),
    })),
    options,
  })),
  where: entrywise(3).map(({ inputs: [mask, x, y], options }) => ({
    inputs: [{ shape: mask.shape, values: mask.values.map((value) => Math.max(0, value)) }, x, y],
    options,
  })),
  stopGradient: entrywise(1),
  matmul: fc
    .tuple(size, size, size, fc.constantFrom("neither" as const, "first" as const, "second" as const))
    .chain(([m, k, n, transposed]) =>
      fc.record({
        inputs: fc.tuple(
          arrayOf(transposed === "first" ? [k, m] : [m, k]),
          arrayOf(transposed === "second" ? [n, k] : [k, n]),
        ),
        options: fc.constant({ transposed }),
      }),
    ),
  dense: fc
    .tuple(size, size, size, activation)
    .chain(([m, k, n, activation]) =>
      fc.record({
        inputs: fc.tuple(arrayOf([m, k]), arrayOf([k, n]), arrayOf([n])),
        options: fc.constant({ activation }),
      }),
    )
    .filter(({ inputs }) => beforeActivation(inputs).every((value) => Math.abs(value) > 0.02)),
  broadcast: broadcastPair.chain(([small, shape]) =>
    fc.record({ inputs: fc.tuple(arrayOf(small)), options: fc.constant({ shape }) }),
  ),
  sumTo: broadcastPair.chain(([shape, large]) =>
    fc.record({ inputs: fc.tuple(arrayOf(large)), options: fc.constant({ shape }) }),
  ),
  reshape: shapes.chain((shape) =>
    fc.record({
      inputs: fc.tuple(arrayOf(shape)),
      options: fc.constantFrom({ shape: [sizeOf(shape)] }, { shape: [1, ...shape] }),
    }),
  ),
  slice: fc.tuple(size, shapes, fc.nat(), fc.nat()).chain(([rows, rest, a, b]) => {
    const start = a % (rows + 1);
    const options = { start, end: start + (b % (rows - start + 1)) };
    return fc.record({ inputs: fc.tuple(arrayOf([rows, ...rest.slice(1)])), options: fc.constant(options) });
  }),
  pad: fc.tuple(size, shapes, fc.nat({ max: 3 }), fc.nat({ max: 3 })).chain(([rows, rest, start, after]) =>
    fc.record({
      inputs: fc.tuple(arrayOf([rows, ...rest.slice(1)])),
      options: fc.constant({ start, rows: start + rows + after }),
    }),
  ),
  gather: fc.tuple(size, size, size).chain(([rows, columns, picks]) =>
    fc.record({
      inputs: fc.tuple(arrayOf([rows, columns])),
      options: fc.record({ indices: indicesFor(rows, picks, columns), picks: fc.constant(picks) }),
    }),
  ),
  scatter: fc.tuple(size, size, size).chain(([rows, picks, columns]) =>
    fc.record({
      inputs: fc.tuple(arrayOf([rows, picks])),
      options: fc.record({ indices: indicesFor(rows, picks, columns), columns: fc.constant(columns) }),
    }),
  ),
  gru: recurrent(0),
  gruGradient: recurrent(1),
  layerNorm: matrix().map(([x, epsilon]) => ({ inputs: [x], options: { epsilon } })),
  layerNormScale: matrix().map(([x, epsilon]) => ({ inputs: [x], options: { epsilon } })),
  layerNormGradient: fc.tuple(size, size).chain(([rows, columns]) =>
    fc.record({
      inputs: fc.tuple(arrayOf([rows, columns]), arrayOf([rows, 1]), arrayOf([rows, columns])),
      options: fc.constant({}),
    }),
  ),
  softmaxEntropy: logitsWith(() => []),
  softmaxEntropyGradient: logitsWith((rows, heads) => [arrayOf([rows, heads])]),
  logSoftmax: logitsWith(() => []),
};
