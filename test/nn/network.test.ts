/** Networks with layer normalisation against a plain f64 twin and finite differences; fresh parameters; refusals. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { add, multiply } from "../../src/autodiff/operations.ts";
import { sum } from "../../src/autodiff/shaping.ts";
import { createArena } from "../../src/kernels/arena.ts";
import type { Arena } from "../../src/kernels/memory.ts";
import { initializeNetwork, type NetworkShape, networkLayout } from "../../src/nn/network.ts";
import { gradientOf } from "../../src/nn/network-gradient.ts";
import { unflatten } from "../../src/nn/parameters.ts";
import { Predictor, predict } from "../../src/nn/predictor.ts";
import { Random } from "../../src/tensor/random.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { allClose, close, sameBits } from "../support/close.ts";
import { dot, identity, norm, product, transposed } from "../support/matrices.ts";
import { networkReference } from "../support/network-reference.ts";
import { refuses } from "../support/refuses.ts";

const arena = createArena();
const shapes: fc.Arbitrary<NetworkShape> = fc.record({
  inputSize: fc.integer({ min: 1, max: 7 }),
  hiddenSizes: fc.array(fc.integer({ min: 2, max: 20 }), { maxLength: 3 }),
  activation: fc.constantFrom("identity", "tanh", "selu"),
  inputNorm: fc.boolean(),
  hiddenNorm: fc.boolean(),
  outputSize: fc.integer({ min: 1, max: 5 }),
  extraParameters: fc.integer({ min: 0, max: 2 }),
});
const cases = { shape: shapes, rows: fc.integer({ min: 1, max: 6 }), seed: fc.nat() };

const normals = (random: Random, n: number, scale = 1) =>
  Float32Array.from({ length: n }, () => scale * random.normal());

/** Parameters of all kinds away from their fresh values, and inputs whose rows vary. */
function draw(shape: NetworkShape, rows: number, seed: number) {
  const random = Random.fromSeed(seed);
  const parameters = initializeNetwork(shape, random).map((value) => value + 0.3 * random.normal());
  const input = normals(random, rows * shape.inputSize, 2);
  return { random, parameters, input, weights: normals(random, rows * shape.outputSize) };
}

/** ⟨weights, outputs⟩ + Σ extra² and its gradient. */
function weightedSum(
  where: Arena,
  shape: NetworkShape,
  rows: number,
  { parameters, input, weights }: ReturnType<typeof draw>,
) {
  return where.scope(() => {
    const loss = (output: Tensor, extra: Tensor | undefined) => {
      const total = sum(multiply(output, { shape: output.shape, values: weights }));
      return extra ? add(total, sum(multiply(extra, extra))) : total;
    };
    const at = where.place(parameters);
    const { value, gradient } = gradientOf(where, shape, at, { input, rows }, loss);
    return { value, gradient: where.read(gradient, parameters.length) };
  });
}

test("outputs are those of the f64 twin, with and without normalisation", () => {
  fc.assert(
    fc.property(fc.record(cases), ({ shape, rows, seed }) => {
      const { parameters, input } = draw(shape, rows, seed);
      const expected = networkReference(shape, parameters, input);
      const { output } = predict(arena, shape, parameters, input, rows);
      // Rows of two or three nearly equal values are normalised with a large factor.
      allClose(output, expected, 2e-4 * (1 + norm(Float64Array.from(expected))));
    }),
    { numRuns: 100 },
  );
});

test("the gradient is that of the f64 twin by central differences", () => {
  fc.assert(
    fc.property(fc.record({ ...cases, shape: shapes.filter((s) => s.activation !== "selu") }), (drawn) => {
      const { shape, rows, seed } = drawn;
      const problem = draw(shape, rows, seed);
      const { parameters, input, weights, random } = problem;
      const { value, gradient } = weightedSum(arena, shape, rows, problem);
      const extra = shape.extraParameters ?? 0;
      const exact = (flat: Float64Array) =>
        dot(networkReference(shape, flat, input), weights) +
        flat.subarray(flat.length - extra).reduce((total, x) => total + x * x, 0);
      const point = Float64Array.from(parameters);
      close(value, exact(point), 1e-3 * (1 + norm(Float64Array.from(weights))), "value");
      const direction = normals(random, parameters.length);
      const h = 1e-5;
      const along = (step: number) => exact(point.map((x, i) => x + step * direction[i]));
      const slope = (along(h) - along(-h)) / (2 * h);
      close(dot(gradient, direction), slope, 1e-3 * (1 + norm(Float64Array.from(gradient))), "slope");
    }),
    { numRuns: 100 },
  );
});

test("predictions have the bits that outputs have on a tape, whatever the number of rows", () => {
  const shape: NetworkShape = {
    inputSize: 9,
    hiddenSizes: [33, 20],
    activation: "relu",
    inputNorm: true,
    hiddenNorm: true,
    outputSize: 5,
  };
  const { parameters, input } = draw(shape, 70, 3);
  const trained = arena.scope(() => {
    let output: Float32Array | undefined;
    gradientOf(arena, shape, arena.place(parameters), { input: arena.place(input), rows: 70 }, (tensor) => {
      output = tensor.read();
      return sum(tensor);
    });
    return output as Float32Array;
  });
  sameBits(predict(arena, shape, parameters, input, 70).output, trained);
  const predictor = new Predictor(arena, shape, parameters);
  sameBits(predictor.predict(arena, input.slice(0, 27), 3).output, trained.subarray(0, 15));
});

test("gradients have the same bits on both kinds of kernels and on three threads", () => {
  const shape: NetworkShape = {
    inputSize: 6,
    hiddenSizes: [40, 24],
    activation: "tanh",
    inputNorm: true,
    hiddenNorm: true,
    outputSize: 3,
    extraParameters: 2,
  };
  const problem = draw(shape, 700, 4);
  const { value, gradient } = weightedSum(arena, shape, 700, problem);
  for (const other of [createArena({ kernels: "reference" }), createArena({ threads: 3 })]) {
    const again = weightedSum(other, shape, 700, problem);
    assert.is(again.value, value);
    sameBits(again.gradient, gradient);
  }
});

test("gradients and predictions leave nothing in the arena but the gradient", () => {
  const shape: NetworkShape = {
    inputSize: 4,
    hiddenSizes: [8],
    activation: "relu",
    inputNorm: true,
    hiddenNorm: true,
    outputSize: 2,
  };
  const problem = draw(shape, 5, 5);
  arena.scope(() => {
    const at = arena.place(problem.parameters);
    const before = arena.used;
    gradientOf(arena, shape, at, { input: problem.input, rows: 5 }, (y) => sum(y));
    const after = arena.used;
    assert.ok(after - before < 4 * problem.parameters.length + 64);
    predict(arena, shape, problem.parameters, problem.input, 5);
    assert.is(arena.used, after);
  });
});

test("names, order and sizes: a normalisation belongs to the layer that reads it", () => {
  const shape: NetworkShape = {
    inputSize: 3,
    hiddenSizes: [4],
    activation: "relu",
    inputNorm: true,
    hiddenNorm: true,
    outputSize: 2,
    extraParameters: 1,
  };
  const { entries, size } = networkLayout(shape, "policy/");
  assert.equal(
    entries.map(({ name, shape: sizes }) => [name, ...sizes]),
    [
      ["policy/layers.0.norm.gain", 3],
      ["policy/layers.0.norm.bias", 3],
      ["policy/layers.0.weight", 3, 4],
      ["policy/layers.0.bias", 4],
      ["policy/output.norm.gain", 4],
      ["policy/output.norm.bias", 4],
      ["policy/output.weight", 4, 2],
      ["policy/output.bias", 2],
      ["policy/extra", 1],
    ],
  );
  assert.is(size, 41);
  assert.is(networkLayout({ ...shape, inputNorm: false, hiddenNorm: false, extraParameters: 0 }).size, 26);
});

test("fresh weights are orthogonal with the usual gains, layers differ, gains are 1, all else is 0", () => {
  const shape: NetworkShape = {
    inputSize: 8,
    hiddenSizes: [8, 8],
    activation: "relu",
    inputNorm: true,
    hiddenNorm: true,
    outputSize: 5,
    extraParameters: 2,
  };
  const options = { outputGain: 0.01, heads: [3, 2], extra: Float32Array.of(-1, 2) };
  const tensors = unflatten(networkLayout(shape), initializeNetwork(shape, Random.fromSeed(1), options));
  const [first, second] = [0, 1].map((l) => tensors[`layers.${l}.weight`].values);
  for (const w of [first, second]) {
    allClose(
      product(transposed(w, 8, 8), w, 8, 8, 8),
      identity(8).map((x) => 2 * x),
      1e-5,
    );
  }
  assert.ok(first.some((value, i) => value !== second[i]));
  const last = tensors["output.weight"].values;
  const head = Float64Array.from({ length: 24 }, (_, i) => last[5 * Math.floor(i / 3) + (i % 3)]);
  allClose(
    product(transposed(head, 8, 3), head, 3, 8, 3),
    identity(3).map((x) => 1e-4 * x),
    1e-9,
  );
  for (const [name, { values }] of Object.entries(tensors)) {
    if (name.endsWith("weight")) continue;
    if (name === "extra") {
      assert.equal(values, options.extra);
      continue;
    }
    const expected = name.endsWith("gain") ? 1 : 0;
    assert.ok(
      values.every((value) => value === expected),
      name,
    );
  }
});

test("what does not fit is refused with the numbers", () => {
  const shape: NetworkShape = {
    inputSize: 2,
    hiddenSizes: [3],
    activation: "relu",
    inputNorm: false,
    hiddenNorm: false,
    outputSize: 2,
  };
  const parameters = initializeNetwork(shape, Random.fromSeed(1));
  refuses(() => networkLayout({ ...shape, hiddenSizes: [0] }), "[2,0,2]");
  refuses(() => networkLayout({ ...shape, extraParameters: -1 }), "-1");
  refuses(() => initializeNetwork(shape, Random.fromSeed(1), { heads: [3] }), "[3]", "output size 2");
  refuses(() => initializeNetwork(shape, Random.fromSeed(1), { extra: new Float32Array(1) }), "extra");
  refuses(() => predict(arena, shape, parameters.slice(1), new Float32Array(4), 2), "17 parameters");
  refuses(() => predict(arena, shape, parameters, new Float32Array(3), 2), "2 rows of 2");
  arena.scope(() => {
    const at = arena.place(parameters);
    const input = new Float32Array(4);
    refuses(() => gradientOf(arena, shape, at, { input, rows: 2 }, (output) => output), "scalar");
    refuses(() => gradientOf(arena, shape, at, { input, rows: 3 }, (output) => sum(output)), "3 rows");
  });
});

test.run();
