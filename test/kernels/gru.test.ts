import * as fc from "fast-check";
import { test } from "uvu";
import { Random } from "../../src/tensor/random.ts";
import { allClose, close, sameBits } from "../support/close.ts";
import { runBoth } from "../support/kernels.ts";
import { dot } from "../support/matrices.ts";

const cases = fc.record({
  rows: fc.integer({ min: 0, max: 4 }),
  size: fc.integer({ min: 1, max: 11 }),
  scale: fc.constantFrom<number>(1, 30),
  shift: fc.integer({ min: 0, max: 3 }),
  seed: fc.nat(),
});
const runs = { numRuns: 80 };
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

function draw({ rows, size, scale, seed }: Case) {
  const random = Random.fromSeed(seed);
  const normals = (width: number, factor = 1) =>
    Float32Array.from({ length: rows * width * size }, () => factor * random.normal());
  return { a: normals(3, scale), c: normals(3, scale), h: normals(1), g: normals(1), normals };
}

function gatesOf({ rows, size, shift }: Case, { a, c, h }: ReturnType<typeof draw>) {
  const buffers = { a, c, h, gates: new Float32Array(rows * 4 * size).fill(9), out: h.slice().fill(9) };
  const { after } = runBoth(
    buffers,
    (kernels, at) => kernels.gruGatesF32(at.a, at.c, at.h, at.gates, at.out, rows, size),
    shift,
  );
  sameBits(after.a, a, "a is only read");
  return after;
}

/** The equations in f64. */
function reference(
  rows: number,
  size: number,
  a: ArrayLike<number>,
  c: ArrayLike<number>,
  h: ArrayLike<number>,
) {
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  return Array.from({ length: rows * size }, (_, i) => {
    const at = 3 * Math.floor(i / size) * size + (i % size);
    const r = sigmoid(a[at] + c[at]);
    const z = sigmoid(a[at + size] + c[at + size]);
    const n = Math.tanh(a[at + 2 * size] + r * c[at + 2 * size]);
    return (1 - z) * n + z * h[i];
  });
}

test("the unit follows its equations", () => {
  fc.assert(
    fc.property(cases, (drawn) => {
      const { rows, size, scale } = drawn;
      const arrays = draw(drawn);
      const { out } = gatesOf(drawn, arrays);
      const expected = reference(rows, size, arrays.a, arrays.c, arrays.h);
      allClose(out, expected, 2e-6 * scale, "h");
      const { a, c, h } = arrays;
      const { after } = runBoth({ a, c, h, gates: new Float32Array(rows * 4 * size) }, (k, at) =>
        k.gruGatesF32(at.a, at.c, at.h, at.gates, at.h, rows, size),
      );
      sameBits(after.h, out, "in place");
    }),
    runs,
  );
});

test("cotangents are those of the f64 equations by central differences", () => {
  fc.assert(
    fc.property(cases, (whole) => {
      const drawn = { ...whole, scale: 1 };
      const { rows, size, shift } = drawn;
      const { a, c, h, g, normals } = draw(drawn);
      const { gates } = gatesOf(drawn, { a, c, h, g, normals });
      const wide = () => new Float32Array(rows * 3 * size).fill(9);
      const { after } = runBoth(
        { gates, h, g, da: wide(), dc: wide(), dh: g.slice().fill(9) },
        (kernels, at) => kernels.gruGradientF32(at.gates, at.h, at.g, at.da, at.dc, at.dh, rows, size),
        shift,
      );
      const directions = [normals(3), normals(3), normals(1)];
      const at = (step: number) => {
        const [a1, c1, h1] = [a, c, h].map((x, k) =>
          Float64Array.from(x, (v, i) => v + step * directions[k][i]),
        );
        return dot(reference(rows, size, a1, c1, h1), g);
      };
      const slope = (at(1e-5) - at(-1e-5)) / 2e-5;
      const actual = [after.da, after.dc, after.dh].reduce((sum, x, k) => sum + dot(x, directions[k]), 0);
      close(actual, slope, 1e-5 * (1 + rows * size), "slope");
      const inPlace = runBoth({ gates, h, g, da: wide(), dc: wide() }, (kernels, p) =>
        kernels.gruGradientF32(p.gates, p.h, p.g, p.da, p.dc, p.g, rows, size),
      );
      sameBits(inPlace.after.g, after.dh, "in place");
    }),
    runs,
  );
});

test.run();
