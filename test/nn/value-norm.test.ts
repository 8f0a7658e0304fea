/** Statistics of value targets against golden values and plain averages; PopArt keeps de-normalised outputs. */
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createArena } from "../../src/kernels/arena.ts";
import { initializeNetwork, type NetworkShape } from "../../src/nn/network.ts";
import { updatePreserving } from "../../src/nn/pop-art.ts";
import { predict } from "../../src/nn/predictor.ts";
import { ValueNorm } from "../../src/nn/value-norm.ts";
import { Random } from "../../src/tensor/random.ts";
import { allClose, close } from "../support/close.ts";
import { refuses } from "../support/refuses.ts";

const golden = JSON.parse(readFileSync(new URL("../golden/a2po.json", import.meta.url), "utf8"));
const targets = fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), { minLength: 1, maxLength: 20 });

test("mean and variance are those of an independent program after each of two updates", () => {
  const norm = new ValueNorm();
  for (const [i, batch] of [
    [1, 2, 3],
    [4, 0, -1],
  ].entries()) {
    norm.update(batch);
    const [mean, variance] = golden.valuenorm[i];
    close(norm.scale.mean, mean, 1e-10, "mean");
    close(norm.scale.deviation ** 2, variance, 1e-10, "variance");
  }
});

test("statistics of batches of one size are nearly the plain averages", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(targets, targets), { minLength: 1, maxLength: 5 }), (pairs) => {
      const norm = new ValueNorm();
      const batches = pairs.map(([a]) => Array.from({ length: 20 }, (_, i) => a[i % a.length]));
      for (const batch of batches) norm.update(batch);
      const all = batches.flat();
      const mean = all.reduce((sum, x) => sum + x / all.length, 0);
      const variance = all.reduce((sum, x) => sum + (x - mean) ** 2 / all.length, 0);
      // Weights differ by 1e-5 a batch, and the difference of the squares loses digits.
      close(norm.scale.mean, mean, 1e-4 * 1000, "mean");
      close(norm.scale.deviation ** 2, Math.max(variance, 0.01), 1e-4 * 1e6, "variance");
    }),
    { numRuns: 60 },
  );
});

test("normalize and denormalize undo each other, and no variance is below 0.01", () => {
  const norm = new ValueNorm();
  close(norm.scale.deviation, 0.1, 1e-12, "before any target");
  norm.update([]);
  assert.equal(norm.save(), { mean: 0, meanSquare: 0, weight: 0 });
  norm.update([7, 7]);
  close(norm.scale.deviation, 0.1, 1e-9, "of equal targets");
  const values = Float32Array.of(-3, 0, 12);
  allClose(norm.denormalize(norm.normalize(values)), values, 1e-5);
  allClose(norm.normalize(Float32Array.of(7.1)), [1], 1e-5);
});

test("values of a network stay what they were to 1e-6 when PopArt's statistics move", () => {
  const shape: NetworkShape = {
    inputSize: 3,
    hiddenSizes: [16],
    activation: "relu",
    inputNorm: true,
    hiddenNorm: true,
    outputSize: 1,
  };
  const arena = createArena();
  fc.assert(
    fc.property(fc.array(targets, { minLength: 1, maxLength: 4 }), fc.nat(), (batches, seed) => {
      const random = Random.fromSeed(seed);
      const norm = new ValueNorm();
      norm.update([100, -100, 3]);
      const parameters = initializeNetwork(shape, random);
      const input = Float32Array.from({ length: 15 }, () => random.normal());
      const values = () => norm.denormalize(predict(arena, shape, parameters, input, 5).output);
      const before = values();
      for (const batch of batches) updatePreserving(norm, batch, shape, parameters);
      const { mean, deviation } = norm.scale;
      const size = Math.abs(mean) + 100 + deviation;
      allClose(values(), before, 1e-6 * size * batches.length, "value");
    }),
    { numRuns: 60 },
  );
});

test("a loaded state goes on with the same numbers, and a wrong one is refused", () => {
  const [norm, other] = [new ValueNorm(), new ValueNorm()];
  norm.update([1, 5]);
  other.load(JSON.parse(JSON.stringify(norm.save())));
  for (const each of [norm, other]) each.update([2, -4, 0.5]);
  assert.equal(other.save(), norm.save());
  const saved = norm.save();
  assert.throws(() => norm.update([1, Number.NaN]), /not finite/);
  assert.is(norm.save(), saved);
  refuses(() => norm.load({ mean: Number.NaN, meanSquare: 1, weight: 0.5 }), "save()");
  refuses(() => norm.load({ mean: 0, meanSquare: 1, weight: 2 }), "weight from 0 to 1");
});

test.run();
