/**
 * sin and cos in f64, the same bits in every engine, ≤ 1 ulp for every finite argument; NaN for ±Infinity.
 * Method: x = k·π/2 + r with |r| ≤ π/4, π/2 in four parts (Cody & Waite 1980) up to 2²⁰ and in big integers
 * beyond (Payne & Hanek 1983); then the Taylor series of r, with what r lost by rounding as a tail.
 */

/** π/2 in three parts of 33 bits, so that k·part is exact for |k| < 2²⁰, and the rest. */
const PI_HALF_1 = 1.5707963267341256;
const PI_HALF_2 = 6.077100506303966e-11;
const PI_HALF_3 = 2.0222662487111665e-21;
const PI_HALF_4 = 8.4784276603689e-32;
const TWO_OVER_PI = 0.6366197723675814;
const LARGE = 1048576;

/** The last reduction: r = remainder + tail. */
let remainder = 0;
let tail = 0;
/** Rounding error of the last `difference`. */
let lost = 0;

/** sin x. */
export function sin(x: number): number {
  if (x - x !== 0) return Number.NaN;
  if (x === 0) return x;
  const quadrant = reduce(x);
  const value = quadrant & 1 ? cosine() : sine();
  return quadrant & 2 ? -value : value;
}

/** cos x. */
export function cos(x: number): number {
  if (x - x !== 0) return Number.NaN;
  const quadrant = reduce(x);
  const value = quadrant & 1 ? sine() : cosine();
  return (quadrant + 1) & 2 ? -value : value;
}

/** sin r = r − r³/6 + …, to r¹⁷/17!; the tail contributes tail·(1 − r²/2). */
function sine(): number {
  const z = remainder * remainder;
  let sum = 1 / 355687428096000;
  sum = sum * z - 1 / 1307674368000;
  sum = sum * z + 1 / 6227020800;
  sum = sum * z - 1 / 39916800;
  sum = sum * z + 1 / 362880;
  sum = sum * z - 1 / 5040;
  sum = sum * z + 1 / 120;
  sum = sum * z - 1 / 6;
  return remainder + (sum * z * remainder + (tail - 0.5 * z * tail));
}

/** cos r = 1 − r²/2 + …, to r¹⁸/18!; the tail contributes −r·tail, and 1 − r²/2 keeps its rounding error. */
function cosine(): number {
  const z = remainder * remainder;
  let sum = -1 / 6402373705728000;
  sum = sum * z + 1 / 20922789888000;
  sum = sum * z - 1 / 87178291200;
  sum = sum * z + 1 / 479001600;
  sum = sum * z - 1 / 3628800;
  sum = sum * z + 1 / 40320;
  sum = sum * z - 1 / 720;
  sum = sum * z + 1 / 24;
  const half = 0.5 * z;
  const leading = 1 - half;
  return leading + (1 - leading - half + (sum * z * z - remainder * tail));
}

/** Sets remainder and tail; returns k mod 4. */
function reduce(x: number): number {
  if (Math.abs(x) > LARGE) return reduceLarge(x);
  const k = Math.floor(x * TWO_OVER_PI + 0.5);
  if (k === 0) {
    remainder = x;
    tail = 0;
    return 0;
  }
  const first = x - k * PI_HALF_1; // exact: the operands are within a factor of 2
  const second = difference(first, k * PI_HALF_2);
  let rest = lost;
  const third = difference(second, k * PI_HALF_3);
  rest += lost - k * PI_HALF_4;
  remainder = third + rest;
  tail = third - remainder + rest;
  return k & 3;
}

/** a − b; `lost` receives the rounding error, exactly (Knuth's two-sum). */
function difference(a: number, b: number): number {
  const result = a - b;
  const virtual = result - a;
  lost = a - (result - virtual) - (b + virtual);
  return result;
}

/** Fixed point with so many fraction bits leaves over 200 correct bits of r for the largest double. */
const BITS = 1300n;
const KEPT = 200n;
const KEPT_SCALE = 1.6069380442589903e60; // 2²⁰⁰
let piHalf = 0n;

function reduceLarge(x: number): number {
  if (piHalf === 0n) piHalf = 2n * (4n * inverseArctangent(5n) - inverseArctangent(239n)); // Machin 1706
  const fractional = Math.abs(x) < 9007199254740992;
  const scaled = fractional ? BigInt(x * 4294967296) << (BITS - 32n) : BigInt(x) << BITS;
  const quarters = (2n * scaled) / piHalf; // towards zero
  const k = (quarters + (quarters < 0n ? -1n : 1n)) / 2n;
  const r = (scaled - k * piHalf) >> (BITS - KEPT);
  remainder = Number(r);
  tail = Number(r - BigInt(remainder)) / KEPT_SCALE;
  remainder /= KEPT_SCALE;
  return Number(BigInt.asUintN(2, k));
}

/** arctan(1/n) in fixed point, by its alternating series. */
function inverseArctangent(n: bigint): bigint {
  let power = (1n << BITS) / n;
  let sum = 0n;
  for (let i = 1n; power !== 0n; i += 2n) {
    sum += i % 4n === 1n ? power / i : -(power / i);
    power /= n * n;
  }
  return sum;
}
