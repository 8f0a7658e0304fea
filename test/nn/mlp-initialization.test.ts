/** Gains, blocks and biases of fresh networks. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { initializeMlp, type MlpShape, mlpLayout } from "../../src/nn/mlp.ts";
import { unflatten } from "../../src/nn/parameters.ts";
import { Random } from "../../src/tensor/random.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";
import { allClose, sameBits } from "../support/close.ts";
import { identity, product, transposed } from "../support/matrices.ts";

const shape: MlpShape = { sizes: [14, 32, 32, 9], activation: "selu" };
const fresh = (options = {}) =>
  unflatten(mlpLayout(shape), initializeMlp(shape, Random.fromSeed(1), options));

/** Columns [first, first + count) of W[rows,columns]. */
function block(w: Float32Array, rows: number, columns: number, first: number, count: number): Float64Array {
  return Float64Array.from(
    { length: rows * count },
    (_, i) => w[Math.floor(i / count) * columns + first + (i % count)],
  );
}

const scaled = (n: number, factor: number) => identity(n).map((value) => value * factor);

test("hidden layers are orthogonal with gain √2 and all biases are 0", () => {
  const tensors = fresh();
  const wide = tensors["layers.0.weight"].values;
  allClose(product(wide, transposed(wide, 14, 32), 14, 32, 14), scaled(14, 2), 1e-6);
  const square = tensors["layers.1.weight"].values;
  allClose(product(transposed(square, 32, 32), square, 32, 32, 32), scaled(32, 2), 1e-6);
  for (const [name, { values }] of Object.entries(tensors)) {
    if (name.endsWith("bias"))
      assert.ok(
        values.every((value) => value === 0),
        name,
      );
  }
});

test("a value network's output layer has gain 1", () => {
  const w = fresh()["layers.2.weight"].values;
  allClose(product(transposed(w, 32, 9), w, 9, 32, 9), scaled(9, 1), 1e-6);
});

test("every head is an orthogonal block of its own with gain 0.001, not orthogonal to the next", () => {
  const w = fresh({ heads: [5, 4] })["layers.2.weight"].values;
  const first = block(w, 32, 9, 0, 5);
  const second = block(w, 32, 9, 5, 4);
  allClose(product(transposed(first, 32, 5), first, 5, 32, 5), scaled(5, 1e-6), 1e-12);
  allClose(product(transposed(second, 32, 4), second, 4, 32, 4), scaled(4, 1e-6), 1e-12);
  const cross = product(transposed(first, 32, 5), second, 5, 32, 4);
  assert.ok(cross.some((value) => Math.abs(value) > 1e-8));
});

test("gains can be chosen", () => {
  const tensors = fresh({ hiddenGain: 3, outputGain: 0.5, heads: [9] });
  const square = tensors["layers.1.weight"].values;
  allClose(product(transposed(square, 32, 32), square, 32, 32, 32), scaled(32, 9), 5e-6);
  const w = tensors["layers.2.weight"].values;
  allClose(product(transposed(w, 32, 9), w, 9, 32, 9), scaled(9, 0.25), 1e-6);
});

test("the same stream gives the same bits", () => {
  sameBits(initializeMlp(shape, Random.fromSeed(4)), initializeMlp(shape, Random.fromSeed(4)));
  assert.not.equal(initializeMlp(shape, Random.fromSeed(4)), initializeMlp(shape, Random.fromSeed(5)));
});

test("heads that do not add up to the output are refused", () => {
  assert.throws(
    () => fresh({ heads: [5, 5] }),
    (error: unknown) => error instanceof InvalidInputError && /\[5,5\].*output size 9/.test(error.message),
  );
});

test.run();
