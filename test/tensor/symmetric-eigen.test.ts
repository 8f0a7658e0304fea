/** Eigenvalues with closed forms, and the defining equations on random, degenerate and extreme matrices. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../src/tensor/random.ts";
import { symmetricEigen, symmetricEigens } from "../../src/tensor/symmetric-eigen.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";
import { allClose, close } from "../support/close.ts";
import { referenceArena, wasmArena } from "../support/kernels.ts";
import { gram, identity, minus, norm, normalMatrix, product, transposed } from "../support/matrices.ts";
import { teamArena } from "../support/team.ts";

const EPSILON = 2 ** -52;

/** ‖AV − VΛ‖ ≤ 8nε‖A‖, ‖VᵀV − I‖ ≤ 8nε and λ ascending, with the same bits in an arena. */
function check(a: Float64Array, n: number): void {
  const { values, vectors } = symmetricEigen(a, n);
  assert.equal(symmetricEigen(a, n, wasmArena), { values, vectors }, "in an arena");
  const scaled = vectors.map((value, i) => value * values[i % n]);
  const tolerance = 8 * Math.max(1, n) * EPSILON;
  close(norm(minus(product(a, vectors, n, n, n), scaled)), 0, tolerance * norm(a), "‖AV − VΛ‖");
  const overlap = product(transposed(vectors, n, n), vectors, n, n, n);
  close(norm(minus(overlap, identity(n))), 0, tolerance, "‖VᵀV − I‖");
  for (let k = 1; k < n; k++) assert.ok(values[k - 1] <= values[k], `values ${k - 1} and ${k} ascend`);
}

function symmetric(entries: (i: number, j: number) => number, n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, at) => {
    const i = Math.floor(at / n);
    const j = at % n;
    return i >= j ? entries(i, j) : entries(j, i);
  });
}

test("a 2×2 matrix has its closed-form eigenvalues and vectors", () => {
  const { values, vectors } = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2);
  allClose(values, [1, 3], 1e-15);
  close(Math.abs(vectors[0]), Math.SQRT1_2, 1e-15);
  close(vectors[0], -vectors[2], 1e-15);
  close(vectors[1], vectors[3], 1e-15);
});

test("the second-difference matrix of 60 points has 2 − 2 cos(kπ/61)", () => {
  const n = 60;
  const a = symmetric((i, j) => (i === j ? 2 : i - j === 1 ? -1 : 0), n);
  const expected = Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)));
  allClose(symmetricEigen(a, n).values, expected, 1e-14);
});

test("random matrices of every size to 24 satisfy AV = VΛ with orthonormal V", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 24 }), fc.nat(), (n, seed) => {
      const entries = normalMatrix(Random.fromSeed(seed), n, n);
      check(
        symmetric((i, j) => entries[i * n + j], n),
        n,
      );
    }),
    { numRuns: 100 },
  );
});

test("sparse integer matrices, full of ties and zeros, satisfy it too", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1, max: 1 }), { minLength: 49, maxLength: 49 }), (entries) => {
      check(
        symmetric((i, j) => entries[i * 7 + j], 7),
        7,
      );
    }),
    { numRuns: 200 },
  );
});

test("entries of any size next to each other satisfy it too", () => {
  const entry = fc.double({ min: -1e100, max: 1e100, noNaN: true });
  fc.assert(
    fc.property(fc.array(entry, { minLength: 36, maxLength: 36 }), (entries) => {
      check(
        symmetric((i, j) => entries[i * 6 + j], 6),
        6,
      );
    }),
    { numRuns: 300 },
  );
});

test("a singular Gram matrix of 129 features and 40 rows has 89 zeros up to rounding", () => {
  const a = gram(normalMatrix(Random.fromSeed(1), 40, 129), 40, 129, 40);
  check(a, 129);
  const { values } = symmetricEigen(a, 129);
  for (let k = 0; k < 89; k++) close(values[k], 0, 1e-13, `value ${k}`);
  assert.ok(values[89] > 1e-2);
});

test("diagonal and zero matrices come back exactly, sorted", () => {
  const { values, vectors } = symmetricEigen(Float64Array.of(3, 0, 0, 0, -1, 0, 0, 0, 2), 3);
  assert.equal([...values], [-1, 2, 3]);
  assert.equal([...vectors], [0, 0, 1, 1, 0, 0, 0, 1, 0]);
  assert.equal([...symmetricEigen(new Float64Array(9), 3).values], [0, 0, 0]);
});

test("scaling by a power of two scales the values exactly, to the ends of the range", () => {
  const entries = normalMatrix(Random.fromSeed(2), 9, 9);
  const a = symmetric((i, j) => entries[i * 9 + j], 9);
  const plain = symmetricEigen(a, 9);
  for (const factor of [2 ** 1018, 2 ** -900]) {
    const scaled = symmetricEigen(
      a.map((value) => value * factor),
      9,
    );
    assert.equal(
      scaled.values,
      plain.values.map((value) => value * factor),
    );
    assert.equal(scaled.vectors, plain.vectors);
  }
});

test("blocks of very different size converge", () => {
  for (const small of [1e-20, 1e-160, 1e-300]) {
    check(
      symmetric((i, j) => (i < 4 ? 1 / (1 + i + j) : j >= 4 ? small / (1 + i + j) : 0), 8),
      8,
    );
    check(
      symmetric((i, j) => (i < 4 ? small / (1 + i + j) : j >= 4 ? 1 / (1 + i + j) : 0), 8),
      8,
    );
  }
});

test("the argument is left alone, and an entry that is not finite is named", () => {
  const a = Float64Array.of(1, 2, 2, 5);
  symmetricEigen(a, 2);
  assert.equal([...a], [1, 2, 2, 5]);
  assert.throws(
    () => symmetricEigen(Float64Array.of(1, 2, Number.NaN, 5), 2),
    (error: unknown) => error instanceof InvalidInputError && error.message.includes("[1, 0] is NaN"),
  );
});

test("several matrices at once give the bits of one at a time, on WASM, twins and teams", () => {
  const random = Random.fromSeed(5);
  const matrices = [4, 0, 9, 1, 17, 6, 2].map((n) => ({ a: symmetric(() => random.normal(), n), n }));
  const expected = matrices.map(({ a, n }) => symmetricEigen(a, n));
  for (const arena of [wasmArena, referenceArena, teamArena(2, () => 5), teamArena(3, () => 9)]) {
    assert.equal(symmetricEigens(matrices, arena), expected);
    assert.equal(symmetricEigens([], arena), []);
  }
});

test("one matrix of several that is not finite is named", () => {
  const good = { a: Float64Array.of(1), n: 1 };
  const bad = { a: Float64Array.of(1, Number.NaN, Number.NaN, 1), n: 2 };
  assert.throws(() => symmetricEigens([good, bad], wasmArena), /entry \[0, 1\] is NaN/);
});

test.run();
