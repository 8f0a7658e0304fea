/** Factors and solves against their defining equations. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { lu, luSolve } from "../../src/tensor/lu.ts";
import { Random } from "../../src/tensor/random.ts";
import { allClose } from "../support/close.ts";
import { normalMatrix, product } from "../support/matrices.ts";
import { refuses } from "../support/refuses.ts";

test("a matrix whose first pivot is 0 is factored with its rows exchanged", () => {
  const { factors, order } = lu(Float64Array.of(0, 2, 1, 4, 2, 2, 2, 3, 5), 3);
  assert.equal([...order], [1, 0, 2]);
  assert.equal([...factors], [4, 2, 2, 0, 2, 1, 0.5, 1, 3]);
});

test("the solve inverts the product; multipliers are at most 1", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 15 }), fc.nat(), (n, seed) => {
      const random = Random.fromSeed(seed);
      const a = normalMatrix(random, n, n);
      for (let i = 0; i < n; i++) a[i * n + i] += 3; // keeps the condition small
      const x = normalMatrix(random, n, 1);
      const factored = lu(a, n);
      allClose(luSolve(factored, product(a, x, n, n, 1)), x, 1e-9, "x; the condition may reach 1e5");
      for (let i = 0; i < n; i++)
        for (let j = 0; j < i; j++) assert.ok(Math.abs(factored.factors[i * n + j]) <= 1);
    }),
    { numRuns: 60 },
  );
});

test("singular matrices and entries that are not finite are refused", () => {
  refuses(() => lu(Float64Array.of(1, 2, 2, 4), 2), "column 1", "singular");
  refuses(() => lu(Float64Array.of(0), 1), "column 0");
  refuses(() => lu(Float64Array.of(1, 0, Number.NaN, 1), 2), "column 0", "NaN");
  refuses(() => lu(Float64Array.of(Number.POSITIVE_INFINITY), 1), "Infinity");
});

test.run();
