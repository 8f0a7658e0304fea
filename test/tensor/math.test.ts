import { createHash } from "node:crypto";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { cos, exp, expm1, log, log1p, sin, softplus, tanh } from "../../src/tensor/math.ts";
import { Random } from "../../src/tensor/random.ts";
import { exactValues } from "../support/exact-values.ts";
import { withinUlps } from "../support/ulp.ts";

const math = { exp, expm1, log, log1p, tanh, sin, cos, softplus };
type Name = keyof typeof math;

/** Largest error against the exact value, as the file comment of math.ts states. */
const LIMITS: Record<Name, number> = {
  exp: 1,
  expm1: 1,
  log: 1,
  log1p: 1,
  tanh: 2,
  sin: 1,
  cos: 1,
  softplus: 2,
};

/** Intervals swept against the engine's own function, whose error comes on top: 1 ulp, 2 for tanh. */
const SWEEPS: readonly (readonly [Exclude<Name, "softplus">, number, number])[] = [
  ["exp", -746, 710],
  ["exp", -1, 1],
  ["expm1", -40, 710],
  ["expm1", -1.1, 1.1],
  ["log", 0, 3],
  ["log", 0, 1e300],
  ["log1p", -1, 1],
  ["log1p", -1e-3, 1e-3],
  ["tanh", -1, 1],
  ["tanh", -20, 20],
  ["sin", -10, 10],
  ["sin", -1e6, 1e6],
  ["sin", -1e12, 1e12],
  ["cos", -10, 10],
  ["cos", -1e6, 1e6],
  ["cos", -1e18, 1e18],
];

test("values rounded from 3,000 bits are met", () => {
  for (const name of Object.keys(LIMITS) as Name[]) {
    for (const [x, exact] of exactValues[name])
      withinUlps(math[name](x), exact, LIMITS[name], `${name}(${x})`);
  }
});

test("the engine's functions are met on dense sweeps", () => {
  const random = Random.fromSeed("sweeps");
  for (const [name, low, high] of SWEEPS) {
    const limit = LIMITS[name] + (name === "tanh" ? 2 : 1);
    for (let i = 0; i < 10_000; i++) {
      const x = random.uniform(low, high);
      withinUlps(math[name](x), Math[name](x), limit, `${name}(${x})`);
    }
  }
});

test("results near zero keep their relative accuracy over 300 orders of magnitude", () => {
  for (let exponent = -300; exponent <= -1; exponent++) {
    for (const x of [1.37 * 10 ** exponent, -2.71 * 10 ** exponent]) {
      for (const name of ["expm1", "log1p", "tanh", "sin"] as const) {
        withinUlps(math[name](x), Math[name](x), LIMITS[name] + 2, `${name}(${x})`);
      }
    }
  }
});

test("special values follow IEEE 754", () => {
  const cases: readonly (readonly [number, number])[] = [
    [exp(0), 1],
    [exp(-0), 1],
    [exp(Infinity), Infinity],
    [exp(-Infinity), 0],
    [exp(710), Infinity],
    [exp(-746), 0],
    [expm1(-0), -0],
    [expm1(Infinity), Infinity],
    [expm1(-Infinity), -1],
    [log(1), 0],
    [log(0), -Infinity],
    [log(-0), -Infinity],
    [log(-1), NaN],
    [log(Infinity), Infinity],
    [log1p(-0), -0],
    [log1p(-1), -Infinity],
    [log1p(-1.5), NaN],
    [log1p(Infinity), Infinity],
    [tanh(-0), -0],
    [tanh(Infinity), 1],
    [tanh(-Infinity), -1],
    [sin(-0), -0],
    [sin(Infinity), NaN],
    [cos(0), 1],
    [cos(-Infinity), NaN],
    [softplus(-Infinity), 0],
    [softplus(Infinity), Infinity],
    [softplus(-746), 0],
  ];
  for (const [i, [actual, expected]] of cases.entries()) {
    assert.ok(Object.is(actual, expected), `case ${i}: got ${actual}, expected ${expected}`);
  }
  for (const name of Object.keys(LIMITS) as Name[]) assert.ok(Number.isNaN(math[name](Number.NaN)), name);
});

test("symmetries hold to the bit", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
      assert.ok(Object.is(math.sin(-x), -math.sin(x)), `sin(${x})`);
      assert.ok(Object.is(math.cos(-x), math.cos(x)), `cos(${x})`);
      assert.ok(Object.is(math.tanh(-x), -math.tanh(x)), `tanh(${x})`);
    }),
    { numRuns: 300 },
  );
});

test("every double gets a number in the right range", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
      assert.ok(math.exp(x) >= 0, `exp(${x})`);
      assert.ok(math.expm1(x) >= -1, `expm1(${x})`);
      assert.ok(Math.abs(math.tanh(x)) <= 1, `tanh(${x})`);
      assert.ok(Math.abs(math.sin(x)) <= 1, `sin(${x})`);
      assert.ok(Math.abs(math.cos(x)) <= 1, `cos(${x})`);
      assert.ok(math.softplus(x) >= Math.max(x, 0), `softplus(${x})`);
    }),
    { numRuns: 1000 },
  );
});

test("the bits of 8,000 values are what they were", () => {
  const random = Random.fromSeed("golden");
  const values = new Float64Array(8000);
  for (const [row, name] of (Object.keys(LIMITS) as Name[]).entries()) {
    const range = name.startsWith("log") ? [0, 1000] : [-40, 40];
    for (let i = 0; i < 1000; i++) values[row * 1000 + i] = math[name](random.uniform(range[0], range[1]));
  }
  const hash = createHash("sha256").update(new Uint8Array(values.buffer)).digest("hex");
  assert.is(hash, "aa9ab6fb01f6bb3ed0055fb340375c05433b6e74ad7a408a4d54ee219fa92921");
});

test.run();
