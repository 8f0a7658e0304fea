import * as fc from "fast-check";
import { test } from "uvu";
import { Random } from "../../src/tensor/random.ts";
import { allClose, close, sameBits } from "../support/close.ts";
import { runBoth } from "../support/kernels.ts";

const EPSILON = 1e-5;
const cases = fc.record({
  rows: fc.integer({ min: 0, max: 5 }),
  columns: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 10, max: 70 })),
  mean: fc.constantFrom(0, 1, -100),
  scale: fc.constantFrom(1e-4, 1, 1e3),
  shift: fc.integer({ min: 0, max: 3 }),
  seed: fc.nat(),
});
const runs = { numRuns: 80 };

function normals(random: Random, length: number, mean = 0, scale = 1): Float32Array {
  return Float32Array.from({ length }, () => mean + scale * random.normal());
}

function normalize(x: Float32Array, rows: number, columns: number, shift = 0) {
  const buffers = { x, out: new Float32Array(x.length).fill(9), scales: new Float32Array(rows).fill(9) };
  const { after } = runBoth(
    buffers,
    (kernels, at) => kernels.layerNormF32(at.x, at.out, at.scales, rows, columns, EPSILON),
    shift,
  );
  sameBits(after.x, x, "x is only read");
  const inPlace = runBoth(
    { x, scales: buffers.scales },
    (kernels, at) => kernels.layerNormF32(at.x, at.x, at.scales, rows, columns, EPSILON),
    shift,
  );
  sameBits(inPlace.after.x, after.out, "in place");
  return after;
}

/** One row in f64. */
function reference(x: ArrayLike<number>) {
  const n = x.length;
  const values = Array.from(x);
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n;
  const scale = 1 / Math.sqrt(variance + EPSILON);
  return { y: values.map((value) => (value - mean) * scale), scale };
}

test("rows get mean 0 and variance 1 within the stated bound", () => {
  fc.assert(
    fc.property(cases, ({ rows, columns, mean, scale, shift, seed }) => {
      const x = normals(Random.fromSeed(seed), rows * columns, mean, scale);
      const { out, scales } = normalize(x, rows, columns, shift);
      for (let row = 0; row < rows && columns > 0; row++) {
        const values = x.subarray(row * columns, (row + 1) * columns);
        const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        const expected = reference(values);
        const bound = (columns / 16 + 16) * 2 ** -24 * largest * expected.scale;
        allClose(out.subarray(row * columns, (row + 1) * columns), expected.y, bound + 1e-6, "y");
        close(scales[row], expected.scale, (1e-5 + bound) * expected.scale, "scale");
      }
    }),
    runs,
  );
});

test("the derivative is that of the f64 reference, and symmetric", () => {
  fc.assert(
    fc.property(cases, ({ rows, columns, shift, seed }) => {
      const random = Random.fromSeed(seed);
      const [x, g, u] = [0, 1, 2].map(() => normals(random, rows * columns));
      const { out: y, scales } = normalize(x, rows, columns);
      const times = (direction: Float32Array) => {
        const buffers = { y, scales, g: direction, out: new Float32Array(g.length).fill(9) };
        const { out } = runBoth(
          buffers,
          (kernels, at) => kernels.layerNormGradientF32(at.y, at.scales, at.g, at.out, rows, columns),
          shift,
        ).after;
        const inPlace = runBoth({ y, scales, g: direction }, (kernels, at) =>
          kernels.layerNormGradientF32(at.y, at.scales, at.g, at.g, rows, columns),
        );
        sameBits(inPlace.after.g, out, "in place");
        return out;
      };
      const [jg, ju] = [times(g), times(u)];
      for (let row = 0; row < rows && columns > 1; row++) {
        const [from, to] = [row * columns, (row + 1) * columns];
        const values = Float64Array.from(x.subarray(from, to));
        const at = (step: number) => reference(values.map((v, i) => v + step * g[from + i])).y;
        // Differences of a row whose values are close together err by s³h².
        const [h, tolerance] = [1e-4, 1e-4 * scales[row] ** 3];
        const [ahead, behind] = [at(h), at(-h)];
        const expected = ahead.map((value, i) => (value - behind[i]) / (2 * h));
        allClose(jg.subarray(from, to), expected, tolerance + 1e-5 * (1 + scales[row]), "J g");
      }
      const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i], 0);
      const size = scales.reduce((most, value) => Math.max(most, value), 1);
      close(dot(jg, u), dot(g, ju), 1e-5 * size * (1 + g.length), "⟨J g, u⟩ = ⟨g, J u⟩");
    }),
    runs,
  );
});

test("a row of one value becomes 0, and one that is not finite spoils only itself", () => {
  sameBits(normalize(Float32Array.of(3, -7), 2, 1).out, new Float32Array(2));
  const x = normals(Random.fromSeed(1), 3 * 20);
  const healthy = normalize(x, 3, 20).out;
  x[25] = Number.POSITIVE_INFINITY;
  healthy.fill(Number.NaN, 20, 40);
  const spoilt = normalize(x, 3, 20).out;
  for (const part of [
    [0, 20],
    [40, 60],
  ] as const)
    sameBits(spoilt.subarray(...part), healthy.subarray(...part));
  sameBits(spoilt.subarray(25, 26), healthy.subarray(25, 26));
});

test.run();
