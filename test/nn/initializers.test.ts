/** Orthogonality in both shapes, and the Haar distribution through its first moments. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { orthogonal } from "../../src/nn/initializers.ts";
import { Random } from "../../src/tensor/random.ts";
import { allClose, close, sameBits } from "../support/close.ts";
import { identity, product, transposed } from "../support/matrices.ts";

test("WᵀW = gain²·I when tall, WWᵀ = gain²·I when wide, to f32 rounding", () => {
  const size = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(size, size, fc.constantFrom(Math.SQRT2, 1, 0.001), fc.nat(), (rows, columns, gain, seed) => {
      const w = orthogonal(Random.fromSeed(seed), rows, columns, gain);
      const turned = transposed(w, rows, columns);
      const small = Math.min(rows, columns);
      const overlap =
        rows >= columns
          ? product(turned, w, columns, rows, columns)
          : product(w, turned, rows, columns, rows);
      const expected = identity(small).map((value) => value * gain * gain);
      allClose(overlap, expected, 2e-7 * gain * gain);
    }),
    { numRuns: 60 },
  );
});

test("the square 128×128 case keeps its last, barely independent vector orthogonal", () => {
  const w = orthogonal(Random.fromSeed(3), 128, 128, 1);
  allClose(product(transposed(w, 128, 128), w, 128, 128, 128), identity(128), 2e-7);
});

test("the same stream gives the same bits, another stream another matrix", () => {
  const first = orthogonal(Random.fromSeed(7), 5, 9, 1);
  sameBits(orthogonal(Random.fromSeed(7), 5, 9, 1), first);
  assert.not.equal(orthogonal(Random.fromSeed(8), 5, 9, 1), first);
});

test("3×3 matrices have the Haar moments: E w = 0, E w² = 1/3, E w⁴ = 1/5, mean determinant 0", () => {
  const draws = 4000;
  const random = Random.fromSeed(11);
  const mean = new Float64Array(9);
  const square = new Float64Array(9);
  const fourth = new Float64Array(9);
  let determinant = 0;
  for (let draw = 0; draw < draws; draw++) {
    const w = orthogonal(random, 3, 3, 1);
    for (let i = 0; i < 9; i++) {
      mean[i] += w[i] / draws;
      square[i] += (w[i] * w[i]) / draws;
      fourth[i] += (w[i] * w[i] * w[i] * w[i]) / draws;
    }
    const [a, b, c, d, e, f, g, h, k] = w;
    determinant += (a * (e * k - f * h) - b * (d * k - f * g) + c * (d * h - e * g)) / draws;
  }
  // four standard errors: √(1/3 / n), √((1/5 − 1/9) / n), √((1/9 − 1/25) / n), √(1 / n)
  allClose(mean, new Float64Array(9), 4 * Math.sqrt(1 / 3 / draws), "mean");
  allClose(square, new Float64Array(9).fill(1 / 3), 4 * Math.sqrt((1 / 5 - 1 / 9) / draws), "square");
  allClose(fourth, new Float64Array(9).fill(1 / 5), 4 * Math.sqrt((1 / 9 - 1 / 25) / draws), "fourth power");
  close(determinant, 0, 4 / Math.sqrt(draws), "determinant");
});

test.run();
