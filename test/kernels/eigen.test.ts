/** Equal bits only; test/tensor/symmetric-eigen.test.ts tests what they mean, on twin and kernel. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../src/tensor/random.ts";
import { runBoth } from "../support/kernels.ts";
import { gram, normalMatrix } from "../support/matrices.ts";

function decompose(a: Float64Array, n: number) {
  const buffers = {
    a,
    values: new Float64Array(n),
    rows: new Float64Array(n * n),
    scratch: new Float64Array(3 * n),
  };
  return runBoth(buffers, (kernels, at) =>
    kernels.symmetricEigenF64(at.a, at.values, at.rows, n, at.scratch),
  );
}

const sizes = fc.integer({ min: 0, max: 33 });

test("random matrices of any size, of full rank or not: module and twin agree", () => {
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 33 }), fc.nat(), (n, rank, seed) => {
      const factor = normalMatrix(Random.fromSeed(seed), rank, n);
      assert.is(decompose(gram(factor, rank, n, rank), n).result, 1);
    }),
    { numRuns: 60 },
  );
});

test("integers, full of ties, zeros and blocks: module and twin agree", () => {
  fc.assert(
    fc.property(sizes, fc.nat(), (n, seed) => {
      const random = Random.fromSeed(seed);
      const a = new Float64Array(n * n);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = Math.max(0, random.integer(5) - 3);
      }
      assert.is(decompose(a, n).result, 1);
    }),
    { numRuns: 60 },
  );
});

test("what is not a number does not converge and does not hang", () => {
  assert.is(decompose(new Float64Array(9).fill(Number.NaN), 3).result, 0);
});

test.run();
