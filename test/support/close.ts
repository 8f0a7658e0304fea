/** Assertions on numbers, with the tolerance always stated. */
import * as assert from "uvu/assert";

/** |actual − expected| ≤ tolerance; NaN is never close, equal infinities are. */
export function close(actual: number, expected: number, tolerance: number, what = "value"): void {
  const near = Object.is(actual, expected) || Math.abs(actual - expected) <= tolerance;
  assert.ok(near, `${what}: got ${actual}, expected ${expected} ± ${tolerance}`);
}

/** Every entry close; lengths equal. */
export function allClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what = "entry",
): void {
  assert.is(actual.length, expected.length, `${what}: length`);
  for (let i = 0; i < actual.length; i++) close(actual[i], expected[i], tolerance, `${what} ${i}`);
}

/** Equal bits of f32 arrays, so that −0 ≠ 0; all NaNs count as one value. */
export function sameBits(actual: Float32Array, expected: Float32Array, what = "entry"): void {
  assert.is(actual.length, expected.length, `${what}: length`);
  const a = new Int32Array(actual.slice().buffer);
  const b = new Int32Array(expected.slice().buffer);
  for (let i = 0; i < a.length; i++) {
    if (a[i] === b[i] || (Number.isNaN(actual[i]) && Number.isNaN(expected[i]))) continue;
    assert.unreachable(
      `${what} ${i}: got ${actual[i]} (bits ${a[i]}), expected ${expected[i]} (bits ${b[i]})`,
    );
  }
}
