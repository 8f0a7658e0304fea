/** Recurrent networks against a plain f64 twin and finite differences; memories, starts, and what passes them. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { grad } from "../../src/autodiff/derivatives.ts";
import { gru } from "../../src/autodiff/gru.ts";
import { multiply } from "../../src/autodiff/operations.ts";
import { slice, sum } from "../../src/autodiff/shaping.ts";
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
const cases = fc.record({
  hiddenSizes: fc.array(fc.integer({ min: 2, max: 9 }), { maxLength: 2 }),
  recurrentSize: fc.integer({ min: 2, max: 9 }),
  hiddenNorm: fc.boolean(),
  inputNorm: fc.boolean(),
  steps: fc.integer({ min: 1, max: 5 }),
  sequences: fc.integer({ min: 1, max: 4 }),
  seed: fc.nat(),
});
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

const normals = (random: Random, n: number, scale = 1) =>
  Float32Array.from({ length: n }, () => scale * random.normal());

function draw({ steps, sequences, seed, ...sizes }: Case) {
  const random = Random.fromSeed(seed);
  const shape: NetworkShape = { inputSize: 4, activation: "tanh", outputSize: 3, ...sizes };
  const rows = steps * sequences;
  return {
    random,
    shape,
    rows,
    parameters: initializeNetwork(shape, random).map((value) => value + 0.3 * random.normal()),
    input: normals(random, rows * shape.inputSize, 2),
    weights: normals(random, rows * shape.outputSize),
    memory: {
      initial: normals(random, sequences * sizes.recurrentSize, 0.5),
      starts: Uint8Array.from({ length: rows }, () => (random.integer(4) === 0 ? 1 : 0)),
    },
  };
}

function weightedSum(
  where: Arena,
  { shape, rows, parameters, input, memory, weights }: ReturnType<typeof draw>,
) {
  return where.scope(() => {
    const loss = (output: Tensor) => sum(multiply(output, { shape: output.shape, values: weights }));
    const at = where.place(parameters);
    const { value, gradient } = gradientOf(where, shape, at, { input, rows, memory }, loss);
    return { value, gradient: where.read(gradient, parameters.length) };
  });
}

test("outputs and gradient are those of the f64 twin, with clears in the middle", () => {
  fc.assert(
    fc.property(cases, (drawn) => {
      const problem = draw(drawn);
      const { shape, rows, parameters, input, weights, memory, random } = problem;
      const expected = networkReference(shape, parameters, input, memory);
      const { output } = predict(arena, shape, parameters, input, rows, memory);
      // Rows of two nearly equal values are normalised with a large factor.
      allClose(output, expected, 5e-4 * (1 + norm(Float64Array.from(expected))), "output");
      const { value, gradient } = weightedSum(arena, problem);
      const exact = (flat: Float64Array) => dot(networkReference(shape, flat, input, memory), weights);
      const point = Float64Array.from(parameters);
      const size = 1 + norm(Float64Array.from(weights)) + norm(Float64Array.from(gradient));
      close(value, exact(point), 1e-3 * size, "value");
      const direction = normals(random, parameters.length);
      const along = (step: number) => exact(point.map((x, i) => x + step * direction[i]));
      close(dot(gradient, direction), (along(1e-5) - along(-1e-5)) / 2e-5, 1e-3 * size, "slope");
    }),
    { numRuns: 60 },
  );
});

test("step by step with the memory handed on, outputs have the bits of the whole sequence", () => {
  fc.assert(
    fc.property(cases, (drawn) => {
      const { shape, rows, parameters, input, memory } = draw(drawn);
      const whole = predict(arena, shape, parameters, input, rows, memory);
      const predictor = new Predictor(arena, shape, parameters);
      const count = drawn.sequences;
      let initial: Float32Array = memory.initial;
      for (let first = 0; first < rows; first += count) {
        const observations = input.slice(first * shape.inputSize, (first + count) * shape.inputSize);
        const starts = memory.starts.slice(first, first + count);
        const step = predictor.predict(arena, observations, count, { initial, starts });
        sameBits(step.output, whole.output.subarray(3 * first, 3 * (first + count)), "output");
        initial = step.memory as Float32Array;
      }
      sameBits(initial, whole.memory as Float32Array, "memory");
      const tape = arena.scope(() => {
        let output: Float32Array | undefined;
        gradientOf(arena, shape, arena.place(parameters), { input, rows, memory }, (y) => {
          output = y.read();
          return sum(y);
        });
        return output as Float32Array;
      });
      sameBits(tape, whole.output, "on a tape");
    }),
    { numRuns: 40 },
  );
});

test("no gradient and no influence pass a start, in its own sequence only", () => {
  const random = Random.fromSeed(4);
  const [size, sequences, steps] = [3, 2, 4];
  const rows = sequences * steps;
  const values = (...shape: number[]) => ({
    shape,
    values: normals(
      random,
      shape.reduce((a, b) => a * b),
    ),
  });
  const fixed = { weight: values(size, 3 * size), bias: values(3 * size) };
  // The first sequence begins anew at step 2.
  const starts = Uint8Array.from({ length: rows }, (_, row) => (row === 4 ? 1 : 0));
  const last = ({ gates, initial }: { gates: Tensor; initial: Tensor }) =>
    sum(slice(gru({ gates, initial, starts, ...fixed }), rows - sequences, rows));
  const slopes = grad(last)({ gates: values(rows, 3 * size), initial: values(sequences, size) });
  for (let row = 0; row < rows; row++) {
    const some = slopes.gates.values
      .subarray(row * 3 * size, (row + 1) * 3 * size)
      .some((slope) => slope !== 0);
    assert.is(some, row % 2 === 1 || row >= 4, `row ${row}`);
  }
  const [cleared, kept] = [slopes.initial.values.subarray(0, size), slopes.initial.values.subarray(size)];
  assert.ok(cleared.every((slope) => slope === 0) && kept.every((slope) => slope !== 0));
});

test("gradients have the same bits on both kinds of kernels and on three threads", () => {
  const drawn = { hiddenSizes: [20], recurrentSize: 24, hiddenNorm: true, inputNorm: true, seed: 5 };
  const problem = draw({ ...drawn, steps: 6, sequences: 100 });
  const { value, gradient } = weightedSum(arena, problem);
  for (const other of [createArena({ kernels: "reference" }), createArena({ threads: 3 })]) {
    const again = weightedSum(other, problem);
    assert.is(again.value, value);
    sameBits(again.gradient, gradient);
  }
});

test("the unit's tensors have names, orthogonal weights of gain 1, zero biases", () => {
  const shape: NetworkShape = {
    inputSize: 5,
    hiddenSizes: [6],
    recurrentSize: 4,
    activation: "relu",
    inputNorm: false,
    hiddenNorm: true,
    outputSize: 2,
  };
  const layout = networkLayout(shape);
  const tensors = unflatten(layout, initializeNetwork(shape, Random.fromSeed(1)));
  assert.equal(
    Object.entries(tensors).map(([name, { shape: sizes }]) => [name, ...sizes]),
    [
      ["layers.0.weight", 5, 6],
      ["layers.0.bias", 6],
      ["recurrent.norm.gain", 6],
      ["recurrent.norm.bias", 6],
      ["recurrent.weight", 6, 12],
      ["recurrent.bias", 12],
      ["recurrent.memory.weight", 4, 12],
      ["recurrent.memory.bias", 12],
      ["output.norm.gain", 4],
      ["output.norm.bias", 4],
      ["output.weight", 4, 2],
      ["output.bias", 2],
    ],
  );
  for (const [name, rows] of [
    ["recurrent.weight", 6],
    ["recurrent.memory.weight", 4],
  ] as const) {
    const w = tensors[name].values;
    allClose(product(w, transposed(w, rows, 12), rows, 12, rows), identity(rows), 1e-6, name);
  }
  assert.ok(tensors["recurrent.bias"].values.every((value) => value === 0));
});

test("memories that do not fit are refused with what to give", () => {
  const { shape, rows, parameters, input, memory } = draw({
    hiddenSizes: [],
    recurrentSize: 3,
    hiddenNorm: false,
    inputNorm: false,
    steps: 3,
    sequences: 2,
    seed: 1,
  });
  const at = (wrong?: typeof memory) => predict(arena, shape, parameters, input, rows, wrong);
  refuses(() => at(), "recurrent", "initial");
  refuses(() => at({ ...memory, starts: new Uint8Array(5) }), "5 starts", "6 rows");
  refuses(() => at({ ...memory, initial: new Float32Array(12) }), "12 values", "6 rows");
  refuses(() => networkLayout({ ...shape, recurrentSize: 0 }), "recurrent unit");
});

test.run();
