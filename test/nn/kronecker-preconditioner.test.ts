/** K-FAC's inverse against the dense one in f64, every layer at its place, and second moments against their definition. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createArena } from "../../src/kernels/arena.ts";
import {
  type KroneckerFactors,
  KroneckerPreconditioner,
  secondMoment,
} from "../../src/nn/kronecker-preconditioner.ts";
import { Random } from "../../src/tensor/random.ts";
import { allClose, close, sameBits } from "../support/close.ts";
import { solve } from "../support/dense.ts";
import { gram, norm, normalMatrix } from "../support/matrices.ts";

const arena = createArena();
const normals = (random: Random, n: number) => Float32Array.from(normalMatrix(random, n, 1));

/** Positive semidefinite [n,n], singular when rank < n. */
const semidefinite = (random: Random, n: number, rank: number) =>
  gram(normalMatrix(random, rank, n), rank, n, rank);

function apply(
  sizes: readonly number[],
  factors: readonly KroneckerFactors[],
  damping: number,
  vector: Float32Array,
): Float32Array {
  return arena.scope(() => {
    const preconditioner = new KroneckerPreconditioner(arena, sizes, factors, damping);
    const at = arena.place(vector);
    const out = arena.allocateF32(vector.length);
    preconditioner.apply(at, out);
    sameBits(arena.read(at, vector.length), vector, "the vector given");
    return arena.read(out, vector.length);
  });
}

/** (A ⊗ S + εI)⁻¹ r for a layer's block r[rows,columns], entry by entry of the definition. */
function denseInverse({ inputs, outputs }: KroneckerFactors, damping: number, r: Float32Array): number[] {
  const rows = Math.sqrt(inputs.length);
  const columns = Math.sqrt(outputs.length);
  const matrix = Array.from(r, (_, p) =>
    Array.from(r, (_, q) => {
      const a = inputs[Math.floor(p / columns) * rows + Math.floor(q / columns)];
      const s = outputs[(p % columns) * columns + (q % columns)];
      return a * s + (p === q ? damping : 0);
    }),
  );
  return solve(matrix, Array.from(r));
}

test("every layer's block is multiplied by the dense inverse of A ⊗ S + εI, at its offset", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 4 }),
      fc.constantFrom(0.01, 0.1, 3),
      fc.integer({ min: 1, max: 7 }),
      fc.nat(),
      (sizes, damping, rank, seed) => {
        const random = Random.fromSeed(seed);
        const factors = sizes.slice(1).map((size, layer) => ({
          inputs: semidefinite(random, sizes[layer] + 1, rank),
          outputs: semidefinite(random, size, rank),
        }));
        const size = factors.reduce((sum, { inputs, outputs }) => sum + order(inputs) * order(outputs), 0);
        const vector = normals(random, size);
        const found = apply(sizes, factors, damping, vector);
        let offset = 0;
        for (const [layer, factor] of factors.entries()) {
          const length = order(factor.inputs) * order(factor.outputs);
          const block = vector.slice(offset, offset + length);
          const expected = denseInverse(factor, damping, block);
          // f32 eigenvectors: a few units of 2⁻²⁴ of the largest gain, 1/ε.
          const tolerance = (1e-6 * norm(block)) / damping;
          allClose(found.subarray(offset, offset + length), expected, tolerance, `layer ${layer}, entry`);
          offset += length;
        }
      },
    ),
    { numRuns: 100 },
  );
});

/** Order of a square matrix stored flat. */
function order(matrix: Float64Array): number {
  return Math.sqrt(matrix.length);
}

test("without damping, or nearly, it is the pseudo-inverse: what no sample moves stays 0", () => {
  const width = fc.integer({ min: 2, max: 5 });
  fc.assert(
    fc.property(width, width, fc.constantFrom(0, 1e-9, 1e-7), fc.nat(), (n, m, damping, seed) => {
      const random = Random.fromSeed(seed);
      const [inputs, outputs] = [semidefinite(random, n, 1), semidefinite(random, m, 1)];
      const vector = normals(random, n * m);
      const found = apply([n - 1, m], [{ inputs, outputs }], damping, vector);
      // Of rank one, A = a aᵀ and S = s sᵀ: (A ⊗ S)⁺ r = (a ⊗ s) (a ⊗ s)ᵀr / ‖a ⊗ s‖⁴.
      const [a, s] = [root(inputs, n), root(outputs, m)];
      const joint = a.flatMap((left) => s.map((right) => left * right));
      const square = joint.reduce((sum, value) => sum + value * value, 0);
      const along = joint.reduce((sum, value, i) => sum + value * vector[i], 0) / square ** 2;
      const tolerance = ((2e-5 + damping / square) * norm(vector)) / square; // f32 eigenvectors
      allClose(
        found,
        joint.map((value) => along * value),
        tolerance,
      );
    }),
    { numRuns: 100 },
  );
});

/** a of the matrix a aᵀ. */
function root(matrix: Float64Array, n: number): number[] {
  let row = 0;
  for (let i = 1; i < n; i++) if (matrix[i * n + i] > matrix[row * n + row]) row = i;
  const length = Math.sqrt(matrix[row * n + row]);
  return Array.from({ length: n }, (_, i) => matrix[row * n + i] / length);
}

test("with nothing known it divides by the damping", () => {
  const factor = { inputs: new Float64Array(9), outputs: new Float64Array(4) };
  const vector = normals(Random.fromSeed(1), 6);
  const expected = vector.map((value) => value / 0.25);
  allClose(apply([2, 2], [factor], 0.25, vector), expected, 1e-6);
});

test("eigenvalues that rounding made negative count as zero", () => {
  const factor = { inputs: Float64Array.of(-0.4, 0, 0, 2), outputs: Float64Array.of(1) };
  const found = apply([1, 1], [factor], 0.5, Float32Array.of(3, 5));
  allClose(found, [3 / 0.5, 5 / 2.5], 1e-5); // not 3 / (−0.4 + 0.5)
});

test("second moments are XᵀX / samples, with a column of ones when asked", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 9 }),
      fc.boolean(),
      fc.nat(),
      (samples, width, ones, seed) => {
        const x = normals(Random.fromSeed(seed), samples * width);
        const n = ones ? width + 1 : width;
        const entry = (row: number, k: number) => (k < width ? x[row * width + k] : 1);
        const before = arena.used;
        const found = arena.scope(() => secondMoment(arena, arena.place(x), samples, width, ones));
        assert.is(arena.used, before);
        assert.is(found.length, n * n);
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) {
            let sum = 0;
            for (let row = 0; row < samples; row++) sum += entry(row, i) * entry(row, j);
            close(found[i * n + j], sum / samples, 5e-6, `entry ${i}, ${j}`);
          }
        }
      },
    ),
    { numRuns: 100 },
  );
});

test.run();
