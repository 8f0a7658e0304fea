/** Student's quantile against integration, closed forms and exact values; the interval against simulation. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { studentInterval, studentQuantile } from "../../src/statistics/student.ts";
import { Random } from "../../src/tensor/random.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";
import { close } from "../support/close.ts";
import { rejects } from "../support/rejects.ts";

/** ∫₀ᵗ (1 + x²/ν)^(−(ν+1)/2) dx by Simpson's rule with x = √ν tan θ: an integral of cos^(ν−1) θ. */
function mass(angle: number, freedom: number): number {
  const steps = 20_000;
  const f = (i: number): number => Math.cos((angle * i) / steps) ** (freedom - 1);
  let sum = f(0) + f(steps);
  for (let i = 1; i < steps; i++) sum += (i % 2 === 1 ? 4 : 2) * f(i);
  return (sum * angle) / steps / 3;
}

test("between −t and t lies the mass that was asked for, by numerical integration", () => {
  for (const freedom of [1, 2, 3, 4, 5, 9, 30, 31, 120])
    for (const level of [0.5, 0.9, 0.95, 0.99, 0.999]) {
      const angle = Math.atan(studentQuantile(freedom, level) / Math.sqrt(freedom));
      const share = mass(angle, freedom) / mass(Math.PI / 2, freedom);
      close(share, level, 1e-12, `P(|T| < t), ν = ${freedom}`);
    }
});

test("the quantiles of one and two degrees of freedom have closed forms", () => {
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 0.99, noNaN: true }), (level) => {
      const one = Math.tan((Math.PI * level) / 2);
      const two = level * Math.sqrt(2 / (1 - level * level));
      close(studentQuantile(1, level), one, 1e-12 * Math.max(1, one));
      close(studentQuantile(2, level), two, 1e-12 * Math.max(1, two));
    }),
  );
});

test("the quantiles are those of mpmath 1.3, to 15 digits", () => {
  const exact: readonly (readonly [freedom: number, level: number, t: number])[] = [
    [1, 0.95, 12.7062047361747],
    [4, 0.95, 2.77644510519779],
    [9, 0.95, 2.2621571627982],
    [120, 0.95, 1.97993040508244],
    [9999, 0.95, 1.96020126362136],
    [4, 0.999, 8.61030158137928],
    [7, 0.9, 1.89457860509001],
  ];
  for (const [freedom, level, t] of exact) close(studentQuantile(freedom, level), t, 1e-12 * t);
});

test("the interval of 1, 2, 3, 4, 5 is 3 ± 2.7764·√(2.5/5)", () => {
  const { estimate, low, high } = studentInterval([1, 2, 3, 4, 5]);
  assert.is(estimate, 3);
  close(high - 3, 2.77644510519779 * Math.sqrt(0.5), 1e-12);
  close(3 - low, high - 3, 1e-12);
});

test("one value and equal values have no width", () => {
  assert.equal(studentInterval([3]), { estimate: 3, low: 3, high: 3 });
  assert.equal(studentInterval([-7, -7, -7]), { estimate: -7, low: -7, high: -7 });
});

test("95 of 100 intervals hold the true mean", () => {
  const random = Random.fromSeed(1);
  let held = 0;
  for (let trial = 0; trial < 4000; trial++) {
    const { low, high } = studentInterval(Array.from({ length: 5 }, () => random.normal()));
    if (low <= 0 && 0 <= high) held++;
  }
  close(held / 4000, 0.95, 0.0138, "coverage (4 standard errors)");
});

test("the interval moves and stretches with the values, and grows with the level", () => {
  const value = fc.double({ min: -1000, max: 1000, noNaN: true });
  fc.assert(
    fc.property(fc.array(value, { minLength: 2, maxLength: 9 }), value, (values, shift) => {
      const before = studentInterval(values);
      const after = studentInterval(values.map((x) => -2 * x + shift));
      close(after.estimate, -2 * before.estimate + shift, 1e-9);
      close(after.low, -2 * before.high + shift, 1e-9);
      close(after.high, -2 * before.low + shift, 1e-9);
      assert.ok(studentInterval(values, 0.99).low <= before.low);
    }),
  );
});

test("what is no sample, level or degree of freedom is refused by name", async () => {
  await rejects(() => studentInterval([]), InvalidInputError, /values of an interval: got none/);
  await rejects(() => studentInterval([1, Number.NaN]), InvalidInputError, /number 2 is NaN/);
  await rejects(() => studentInterval([1, 2], 95), InvalidInputError, /level: got 95.*for instance 0\.95/);
  await rejects(() => studentQuantile(0, 0.95), InvalidInputError, /degrees of freedom: got 0/);
});

test.run();
