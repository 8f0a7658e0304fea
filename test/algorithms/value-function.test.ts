/** The value fit against Adam and finite differences in f64, and what it promises about failures, resuming and order. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { fitTogether, type ValueFitOptions, ValueFunction } from "../../src/algorithms/value-function.ts";
import { createArena } from "../../src/kernels/arena.ts";
import type { MlpShape } from "../../src/nn/mlp.ts";
import { Random } from "../../src/tensor/random.ts";
import { NonFiniteError } from "../../src/validation/errors.ts";
import { allClose, sameBits } from "../support/close.ts";
import { normalMatrix } from "../support/matrices.ts";
import { forwardReference } from "../support/mlp-reference.ts";

const arena = createArena();
const RATE = 0.01;
const shape: MlpShape = { sizes: [3, 4, 1], activation: "tanh" };
const whole: ValueFitOptions = { valueEpochs: 1, valueBatchSize: 64, valueDropRemainder: false };

interface Data {
  readonly observations: Float32Array;
  readonly returns: Float32Array;
}

/** A target that a small network can learn: R = o₀ − o₁/2 + tanh(2 o₂). */
function data(rows: number, seed = 1): Data {
  const observations = Float32Array.from(normalMatrix(Random.fromSeed(seed), rows, 3));
  const returns = Float32Array.from({ length: rows }, (_, row) => {
    const [a, b, c] = observations.subarray(3 * row, 3 * row + 3);
    return a - b / 2 + Math.tanh(2 * c);
  });
  return { observations, returns };
}

const make = (seed = 1, sizes = shape.sizes) =>
  new ValueFunction({ ...shape, sizes }, RATE, Random.fromSeed(seed).derive("value"));

const fit = (
  value: ValueFunction,
  { observations, returns }: Data,
  options = whole,
  random = Random.fromSeed(9),
) => fitTogether(arena, [{ name: "agent", value, observations, returns, options, random }]);

const squares = (value: ValueFunction, { observations, returns }: Data) => {
  const errors = value.predict(arena, observations, returns.length).map((v, row) => v - returns[row]);
  return errors.reduce((sum, error) => sum + error * error, 0) / errors.length;
};

test("the fit lowers the mean square error of a learnable target to a twentieth", () => {
  const value = make(1, [3, 16, 1]);
  const batch = data(256);
  const before = squares(value, batch);
  fit(value, batch, { ...whole, valueEpochs: 30, valueBatchSize: 32 });
  assert.ok(squares(value, batch) < before / 20, `${before} became ${squares(value, batch)}`);
  const fresh = data(256, 2);
  assert.ok(squares(value, fresh) < before / 10, `${squares(value, fresh)} on other observations`);
});

/** Gradient of the mean of (V − R)² over these rows, by central differences in f64. */
function slope(theta: Float64Array, { observations, returns }: Data, rows: readonly number[]): Float64Array {
  const input = rows.flatMap((row) => [...observations.subarray(3 * row, 3 * row + 3)]);
  const loss = (k: number, change: number) => {
    const moved = theta.map((value, i) => (i === k ? value + change : value));
    const values = forwardReference(shape, moved, input, rows.length);
    return values.reduce((sum, v, i) => sum + (v - returns[rows[i]]) ** 2, 0) / rows.length;
  };
  return theta.map((_, k) => (loss(k, 1e-5) - loss(k, -1e-5)) / 2e-5);
}

/** Everything in f64: shuffle, cut into minibatches, step. */
function referenceFit(start: Float32Array, batch: Data, options: ValueFitOptions, random: Random) {
  const theta = Float64Array.from(start);
  const [m, v] = [new Float64Array(theta.length), new Float64Array(theta.length)];
  const order = [...batch.returns.keys()];
  const size = Math.min(options.valueBatchSize, order.length);
  let step = 0;
  for (let epoch = 0; epoch < options.valueEpochs; epoch++) {
    random.shuffle(order);
    for (let first = 0; first < order.length; first += size) {
      const rows = order.slice(first, first + size);
      if (rows.length < size && options.valueDropRemainder) continue;
      step++;
      for (const [k, g] of slope(theta, batch, rows).entries()) {
        m[k] = 0.9 * m[k] + 0.1 * g;
        v[k] = 0.999 * v[k] + 0.001 * g * g;
        theta[k] -= (RATE * (m[k] / (1 - 0.9 ** step))) / (Math.sqrt(v[k] / (1 - 0.999 ** step)) + 1e-8);
      }
    }
  }
  return { theta, m, v, step };
}

function agreesWithReference(rows: number, options: ValueFitOptions, seed: number): void {
  const value = make(seed);
  const batch = data(rows, seed);
  const expected = referenceFit(value.save().parameters, batch, options, Random.fromSeed(9));
  fit(value, batch, options);
  const { parameters, adam } = value.save();
  assert.is(adam.step, expected.step);
  allClose(adam.m, expected.m, 1e-5, "first moment"); // of gradients of size 1
  allClose(adam.v, expected.v, 1e-6, "second moment");
  allClose(parameters, expected.theta, 1e-3 * RATE * expected.step, "parameter");
}

test("one epoch with one minibatch is one step of Adam on the gradient of the mean square error", () => {
  for (let seed = 0; seed < 10; seed++) agreesWithReference(7, whole, seed);
});

test("minibatches of any size, with a smaller or dropped last one, follow the f64 reference", () => {
  agreesWithReference(8, { valueEpochs: 2, valueBatchSize: 3, valueDropRemainder: false }, 3);
  agreesWithReference(8, { valueEpochs: 2, valueBatchSize: 3, valueDropRemainder: true }, 4);
  agreesWithReference(6, { valueEpochs: 1, valueBatchSize: 1, valueDropRemainder: true }, 5);
});

test("steps are counted: whole minibatches, and the remainder unless it is dropped", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 25 }),
      fc.integer({ min: 0, max: 3 }),
      fc.boolean(),
      (rows, valueBatchSize, valueEpochs, valueDropRemainder) => {
        const value = make();
        fit(value, data(rows), { valueEpochs, valueBatchSize, valueDropRemainder });
        const minibatches = rows / Math.min(rows, valueBatchSize);
        const counted = valueDropRemainder ? Math.floor(minibatches) : Math.ceil(minibatches);
        assert.is(value.save().adam.step, valueEpochs * counted);
      },
    ),
    { numRuns: 60 },
  );
});

test("a number that is not finite stops the fit; parameters and optimiser stay, and learning goes on", () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 1e21]) {
    const [value, twin] = [make(), make()];
    for (const each of [value, twin]) fit(each, data(40), { ...whole, valueBatchSize: 8 });
    const before = value.save();
    const spoilt = data(40, 2);
    spoilt.returns[31] = bad;
    const used = arena.used;
    assert.throws(
      () => fit(value, spoilt, { ...whole, valueBatchSize: 8 }),
      (error: unknown) => error instanceof NonFiniteError && /value/.test(error.message),
    );
    assert.is(arena.used, used);
    assert.equal(value.save(), before);
    for (const each of [value, twin]) fit(each, data(40, 3));
    assert.equal(value.save(), twin.save());
  }
});

test("saved, loaded into another value function and continued: the same bits", () => {
  const options = { valueEpochs: 2, valueBatchSize: 8, valueDropRemainder: false };
  const [straight, resumed] = [make(1), make(2)];
  fit(straight, data(30), options);
  resumed.load(structuredClone(straight.save()));
  for (const value of [straight, resumed]) fit(value, data(30, 2), options);
  sameBits(resumed.save().parameters, straight.save().parameters);
  assert.equal(resumed.save(), straight.save());
  const parameters = straight.save().parameters.slice();
  straight.save().parameters.fill(0);
  sameBits(straight.save().parameters, parameters, "what is saved is a copy: parameter");
});

test("the order of rows comes from the stream that is given, one shuffle an epoch, and from nowhere else", () => {
  const options = { valueEpochs: 3, valueBatchSize: 8, valueDropRemainder: false };
  const [first, again, other] = [make(), make(), make()];
  const [stream, twin] = [Random.fromSeed(5), Random.fromSeed(5)];
  const { random } = Math;
  Math.random = () => {
    throw new Error("Math.random was asked");
  };
  try {
    fit(first, data(30), options, stream);
  } finally {
    Math.random = random;
  }
  const order = [...data(30).returns.keys()];
  for (let epoch = 0; epoch < 3; epoch++) twin.shuffle(order);
  assert.equal(stream.saveState(), twin.saveState());
  fit(again, data(30), options, Random.fromSeed(5));
  fit(other, data(30), options, Random.fromSeed(6));
  sameBits(again.save().parameters, first.save().parameters);
  assert.not.equal(other.save().parameters, first.save().parameters);
});

test.run();
