/** Fits in one kernel call against the loop over minibatches that they stand for, alone and together, on every arena. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ActivationName } from "../../src/kernels/abi.ts";
import type { Arena } from "../../src/kernels/memory.ts";
import { initializeMlp, Mlp } from "../../src/nn/mlp.ts";
import { Adam, type AdamState } from "../../src/optim/adam.ts";
import { fitLeastSquares, type LeastSquares } from "../../src/optim/least-squares.ts";
import { Random } from "../../src/tensor/random.ts";
import { sameBits } from "../support/close.ts";
import { referenceArena, wasmArena } from "../support/kernels.ts";
import { teamArena } from "../support/team.ts";

const arenas = [wasmArena, referenceArena, teamArena(2, () => 9), teamArena(3, () => 9)];
const ADAM = { learningRate: 0.01, beta1: 0.8, epsilon: 1e-6 };

interface Result {
  readonly parameters: Float32Array;
  readonly adam: AdamState;
}

/** Step by step: forward, errors 2(y − target)/rows, backward, Adam. */
function loop(fit: LeastSquares): Result {
  const { shape, input, targets, order, batchSize, dropRemainder } = fit;
  const adam = new Adam(fit.parameters.length, ADAM);
  const width = shape.sizes[0];
  const rows = targets.length;
  return wasmArena.scope(() => {
    const network = new Mlp(wasmArena, shape, fit.parameters, Math.min(batchSize, rows));
    const activations = network.allocateActivations();
    const gradient = wasmArena.allocateF32(fit.parameters.length);
    adam.bind(wasmArena);
    for (let first = 0; first < order.length; first += rows) {
      for (let at = 0; at < rows; at += batchSize) {
        const chosen = order.subarray(first + at, first + Math.min(rows, at + batchSize));
        if (dropRemainder && chosen.length < Math.min(batchSize, rows)) continue;
        const gathered = [...chosen].flatMap((row) => [...input.subarray(row * width, (row + 1) * width)]);
        const x = wasmArena.place(Float32Array.from(gathered));
        network.forward(x, chosen.length, activations);
        const outputs = wasmArena.read(activations.output, chosen.length);
        const errors = outputs.map((y, i) => (2 * (y - targets[chosen[i]])) / chosen.length);
        network.backward(wasmArena.place(errors), x, chosen.length, activations, gradient);
        adam.step(network.parameters, gradient);
      }
    }
    adam.store();
    return { parameters: wasmArena.read(network.parameters, fit.parameters.length), adam: adam.save() };
  });
}

function together(arena: Arena, fits: readonly LeastSquares[]): Result[] {
  const withAdam = fits.map((fit) => ({ ...fit, adam: new Adam(fit.parameters.length, ADAM) }));
  return arena.scope(() =>
    fitLeastSquares(arena, withAdam).map(({ parameters }, i) => {
      const { adam } = withAdam[i];
      adam.store();
      return { parameters: arena.read(parameters, adam.size), adam: adam.save() };
    }),
  );
}

const activations: readonly ActivationName[] = ["identity", "relu", "tanh", "selu"];
const problem = fc
  .record({
    seed: fc.nat(),
    hidden: fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 3 }),
    width: fc.integer({ min: 1, max: 9 }),
    activation: fc.constantFrom(...activations),
    rows: fc.integer({ min: 1, max: 40 }),
    batchSize: fc.integer({ min: 1, max: 50 }),
    epochs: fc.integer({ min: 0, max: 3 }),
    dropRemainder: fc.boolean(),
  })
  .map(({ seed, hidden, width, activation, rows, epochs, ...rest }): LeastSquares => {
    const random = Random.fromSeed(seed);
    const shape = { sizes: [width, ...hidden, 1], activation };
    const normals = (n: number) => Float32Array.from({ length: n }, () => random.normal());
    const order = Int32Array.from({ length: epochs * rows }, () => random.integer(rows));
    const parameters = initializeMlp(shape, random);
    return { shape, parameters, input: normals(rows * width), targets: normals(rows), order, ...rest };
  });

test("the bits of the loop, for several fits at once, on WASM, twins and teams", () => {
  fc.assert(
    fc.property(fc.array(problem, { minLength: 1, maxLength: 5 }), (fits) => {
      const expected = fits.map(loop);
      for (const arena of arenas) {
        for (const [i, { parameters, adam }] of together(arena, fits).entries()) {
          sameBits(parameters, expected[i].parameters, "parameters");
          sameBits(adam.m, expected[i].adam.m, "first moments");
          sameBits(adam.v, expected[i].adam.v, "second moments");
          const { step, beta1Power, beta2Power } = expected[i].adam;
          assert.equal([adam.step, adam.beta1Power, adam.beta2Power], [step, beta1Power, beta2Power]);
        }
      }
    }),
    { numRuns: 40 },
  );
});

test("a fit goes on where Adam is, and nothing counts before it is stored", () => {
  const random = Random.fromSeed(3);
  const shape = { sizes: [2, 3, 1], activation: "tanh" } as const;
  const normals = (n: number) => Float32Array.from({ length: n }, () => random.normal());
  const data = { shape, input: normals(20), targets: normals(10), batchSize: 4, dropRemainder: false };
  const order = Int32Array.from({ length: 20 }, (_, i) => i % 10);
  const parameters = initializeMlp(shape, random);
  const [whole] = together(wasmArena, [{ ...data, parameters, order }]);

  const adam = new Adam(parameters.length, ADAM);
  let half = parameters;
  for (let epoch = 0; epoch < 2; epoch++) {
    const fit = { ...data, parameters: half, order: order.subarray(0, 10), adam };
    wasmArena.scope(() => void fitLeastSquares(wasmArena, [fit]));
    assert.is(adam.save().step, 3 * epoch);
    half = wasmArena.scope(() => {
      const [fitted] = fitLeastSquares(wasmArena, [fit]);
      adam.store();
      return wasmArena.read(fitted.parameters, parameters.length);
    });
  }
  sameBits(half, whole.parameters);
  assert.equal(adam.save().step, whole.adam.step);
});

test.run();
