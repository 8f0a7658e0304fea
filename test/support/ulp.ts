/** Distances between doubles counted in representable steps. */
import * as assert from "uvu/assert";

const float = new Float64Array(1);
const bits = new BigInt64Array(float.buffer);

/** Position of x on the line of all doubles; −0 and 0 coincide. */
function position(x: number): bigint {
  float[0] = x;
  return bits[0] < 0n ? -(bits[0] & 0x7fffffffffffffffn) : bits[0];
}

/** Steps between a and b; 0 for two NaNs, Infinity for one. */
export function ulps(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b))
    return Number.isNaN(a) && Number.isNaN(b) ? 0 : Number.POSITIVE_INFINITY;
  const distance = position(a) - position(b);
  return Number(distance < 0n ? -distance : distance);
}

/** At most `limit` steps apart. */
export function withinUlps(actual: number, expected: number, limit: number, what: string): void {
  const distance = ulps(actual, expected);
  assert.ok(
    distance <= limit,
    `${what}: got ${actual}, expected ${expected}, ${distance} ulp apart, allowed ${limit}`,
  );
}
