/** Factors, solves and inverses against their defining equations. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  cholesky,
  choleskyInverse,
  choleskySolve,
  NotPositiveDefiniteError,
  solveLower,
  solveLowerTransposed,
} from "../../src/tensor/cholesky.ts";
import { Random } from "../../src/tensor/random.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";
import { allClose } from "../support/close.ts";
import { gram, identity, normalMatrix, product, transposed } from "../support/matrices.ts";

/** A well-conditioned positive definite matrix. */
function definite(random: Random, n: number): Float64Array {
  const shift = identity(n);
  return gram(normalMatrix(random, n + 3, n), n + 3, n, n + 3).map((value, i) => value + 0.1 * shift[i]);
}

const sized = (body: (n: number, random: Random) => void) =>
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 15 }), fc.nat(), (n, seed) => body(n, Random.fromSeed(seed))),
    { numRuns: 60 },
  );

test("a 3×3 matrix with integer factor is factored exactly", () => {
  const a = Float64Array.of(4, 12, -16, 12, 37, -43, -16, -43, 98);
  assert.equal([...cholesky(a, 3)], [2, 0, 0, 6, 1, 0, -8, 5, 3]);
});

test("L·Lᵀ gives the matrix back and only the lower triangle is read", () => {
  sized((n, random) => {
    const a = definite(random, n);
    const lowerOnly = a.map((value, at) => (at % n > Math.floor(at / n) ? Number.NaN : value));
    const l = cholesky(lowerOnly, n);
    allClose(product(l, transposed(l, n, n), n, n, n), a, 1e-13);
  });
});

test("the solves invert the products, for one and several columns", () => {
  sized((n, random) => {
    const a = definite(random, n);
    const l = cholesky(a, n);
    for (const columns of [1, 3]) {
      const x = normalMatrix(random, n, columns);
      allClose(solveLower(l, n, product(l, x, n, n, columns), columns), x, 1e-11, "L");
      const upper = product(transposed(l, n, n), x, n, n, columns);
      allClose(solveLowerTransposed(l, n, upper, columns), x, 1e-11, "Lᵀ");
      allClose(choleskySolve(l, n, product(a, x, n, n, columns), columns), x, 1e-11, "A");
    }
  });
});

test("the inverse is exactly symmetric and A·A⁻¹ = I", () => {
  sized((n, random) => {
    const a = definite(random, n);
    const inverse = choleskyInverse(cholesky(a, n), n);
    assert.equal(transposed(inverse, n, n), inverse);
    allClose(product(a, inverse, n, n, n), identity(n), 1e-11);
  });
});

test("a matrix that is not positive definite is refused with its pivot", () => {
  const refusal = (a: readonly number[], n: number) => {
    try {
      cholesky(Float64Array.from(a), n);
    } catch (error) {
      assert.instance(error, NotPositiveDefiniteError);
      assert.instance(error, InvalidInputError);
      return (error as NotPositiveDefiniteError).pivot;
    }
    assert.unreachable("no error");
  };
  assert.is(refusal([1, 1, 1, 1], 2), 1);
  assert.is(refusal([-1], 1), 0);
  assert.is(refusal([1, 0, 0, 0, 2, 0, 0, 3, 4], 3), 2);
  assert.is(refusal([1, 0, 0, Number.NaN], 2), 1);
  assert.is(refusal([Number.POSITIVE_INFINITY], 1), 0);
});

test.run();
