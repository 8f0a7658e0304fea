/**
 * Scalar functions in f64 that give the same bits in every engine: only + − × ÷ and exact scaling by 2ᵏ.
 * Method: reduce the argument to a short interval with a two-part constant (Cody & Waite 1980), sum a Taylor
 * or atanh series there, add the leading terms last so that theirs is the only large rounding (Tang 1989).
 * Errors against exact values: all ≤ 1 ulp, expm1 ≤ 1.1, tanh and softplus ≤ 2 ulp.
 */
export { cos, sin } from "./trigonometry.ts";

/** ln 2 = LN2_HIGH + LN2_LOW; the high part ends in 21 zero bits, so k·LN2_HIGH is exact for |k| < 2²⁰. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

const float = new Float64Array(1);
/** The two halves of `float`, low word first: every platform with WebAssembly is little-endian. */
const words = new Int32Array(float.buffer);

/** 2ᵏ for −1022 ≤ k ≤ 1023. */
function powerOfTwo(k: number): number {
  words[0] = 0;
  words[1] = (k + 1023) << 20;
  return float[0];
}

/** y·2ᵏ for |k| ≤ 1100, in two exact halves so that overflow and the subnormals round once. */
function scale(y: number, k: number): number {
  const half = k >> 1;
  return y * powerOfTwo(half) * powerOfTwo(k - half);
}

/** eʳ − 1 − r on |r| ≤ ½ ln 2, to r¹³/13! (below 2⁻⁵⁷); summed in pairs, which processors do side by side. */
function expTail(r: number): number {
  const z = r * r;
  const w = z * z;
  const low = 1 / 2 + (1 / 6) * r + z * (1 / 24 + (1 / 120) * r);
  const middle = 1 / 720 + (1 / 5040) * r + z * (1 / 40320 + (1 / 362880) * r);
  const high = 1 / 3628800 + (1 / 39916800) * r + z * (1 / 479001600 + (1 / 6227020800) * r);
  return z * (low + w * (middle + w * high));
}

/** eˣ; 0 below −745.14, Infinity above 709.79. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.79) return Number.POSITIVE_INFINITY;
  if (x < -745.2) return 0;
  const k = Math.floor(x * Math.LOG2E + 0.5);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const lost = high - r - low;
  const value = 1 + (r + (expTail(r) + lost));
  return k > -1022 && k < 1024 ? value * powerOfTwo(k) : scale(value, k);
}

/** eˣ − 1, accurate near 0. */
export function expm1(x: number): number {
  if (Number.isNaN(x) || x === 0) return x;
  if (x > 709.79) return Number.POSITIVE_INFINITY;
  if (x < -40) return -1;
  const k = Math.floor(x * Math.LOG2E + 0.5);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const lost = high - r - low;
  const tail = expTail(r) + (lost + lost * r);
  if (k === 0) return r + tail;
  if (k > 56) return scale(1 + (r + tail), k) - 1;
  const shift = 1 - powerOfTwo(-k); // 2ᵏ(eʳ − 1) + (2ᵏ − 1) = 2ᵏ((eʳ − 1) + shift), added largest first
  const sum = shift + r;
  const rest = Math.abs(shift) > Math.abs(r) ? shift - sum + r : r - sum + shift;
  return scale(sum + (rest + tail), k);
}

/** ln x; NaN below 0, −Infinity at 0. */
export function log(x: number): number {
  if (Number.isNaN(x) || x < 0) return Number.NaN;
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (x === Number.POSITIVE_INFINITY) return x;
  return logSum(x, 0);
}

/** ln(1 + x), accurate near 0. */
export function log1p(x: number): number {
  if (Number.isNaN(x) || x < -1) return Number.NaN;
  if (x === -1) return Number.NEGATIVE_INFINITY;
  if (x === Number.POSITIVE_INFINITY || Math.abs(x) < 1e-16) return x;
  const sum = 1 + x;
  const lost = x < 1 ? x - (sum - 1) : 1 - (sum - x);
  return logSum(sum, lost / sum);
}

/**
 * ln x + correction for finite x > 0. With x = 2ᵏ(1 + f), √½ ≤ 1 + f < √2 and s = f/(2 + f):
 * ln(1 + f) = 2 atanh s = f − f²/2 + s(f²/2 + R), R = 2s²/3 + 2s⁴/5 + … (to s²²: below 2⁻⁵⁸).
 */
function logSum(x: number, correction: number): number {
  float[0] = x;
  let k = -1023;
  if (words[1] < 0x00100000) {
    float[0] = x * 18014398509481984; // 2⁵⁴ makes a subnormal normal
    k -= 54;
  }
  k += words[1] >> 20;
  words[1] = (words[1] & 0x000fffff) | 0x3fe00000;
  let m = float[0]; // in [½, 1)
  k += 1;
  if (m < Math.SQRT1_2) {
    m *= 2;
    k -= 1;
  }
  const f = m - 1;
  const s = f / (2 + f);
  const half = 0.5 * f * f;
  const rest = s * (half + atanhTail(s * s)) + (k * LN2_LOW + correction);
  return k * LN2_HIGH - (half - rest - f);
}

/** 2z/3 + 2z²/5 + 2z³/7 + … for z = s² ≤ 0.0295. */
function atanhTail(z: number): number {
  let sum = 2 / 23;
  sum = sum * z + 2 / 21;
  sum = sum * z + 2 / 19;
  sum = sum * z + 2 / 17;
  sum = sum * z + 2 / 15;
  sum = sum * z + 2 / 13;
  sum = sum * z + 2 / 11;
  sum = sum * z + 2 / 9;
  sum = sum * z + 2 / 7;
  sum = sum * z + 2 / 5;
  sum = sum * z + 2 / 3;
  return sum * z;
}

/** tanh x = 1 − 2/(e²ˣ + 1), and Lambert's continued fraction x/(1 + x²/(3 + x²/(5 + …))) near 0. */
export function tanh(x: number): number {
  if (x === 0) return x;
  const size = Math.abs(x);
  if (size < 0.55) {
    const z = x * x;
    const d = 3 + z / (5 + z / (7 + z / (9 + z / (11 + z / (13 + z / 15)))));
    return x - (x * z) / (d + z); // = x/(1 + z/d), with the leading term last
  }
  if (size < 22) {
    const value = 1 - 2 / (exp(2 * size) + 1);
    return x < 0 ? -value : value;
  }
  return Math.sign(x);
}

/** ln(1 + eˣ) = max(x, 0) + ln(1 + e^(−|x|)): no overflow, exactly 0 below −745.14. */
export function softplus(x: number): number {
  if (x < -37) return exp(x); // ln(1 + y) is y below 10⁻¹⁶
  return Math.max(x, 0) + log1p(exp(-Math.abs(x)));
}
