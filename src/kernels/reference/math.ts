/**
 * Twins of assembly/math.ts, one value at a time: every operation rounded to f32 (sin and cos: f64) where the vector
 * code rounds, so that both give the same bits. Bounds and sources are stated there.
 */

const f = Math.fround;

const MAGIC = 12582912;
const LOG2E = f(1.44269502);
const LN2_HIGH = 0.693359375;
const LN2_EXCESS = f(2.121944400546906e-4);
const EXP = Float32Array.of(
  0.0013946472899988294,
  0.008366597816348076,
  0.04166628047823906,
  0.1666654348373413,
  0.5,
);
const LOG = Float32Array.of(
  0.06916213035583496,
  -0.11789127439260483,
  0.1187218576669693,
  -0.12384431064128876,
  0.1421879231929779,
  -0.16669249534606934,
  0.20002219080924988,
  -0.24999986588954926,
  0.3333331048488617,
);
const TANH = Float32Array.of(
  -0.006287559401243925,
  0.02108173817396164,
  -0.05385495349764824,
  0.13332614302635193,
  -0.33333319425582886,
);
const TANH_SMALL = f(0.55);
const SMALLEST_NORMAL = 2 ** -126;
const SQRT_HALF_BITS = 0x3f3504f3;

const MAGIC64 = 6755399441055744;
const TWO_OVER_PI = 0.6366197723675814;
const HALF_PI_HIGH = 1.5707963267341256;
const HALF_PI_LOW = 6.077100506506192e-11;
const REDUCIBLE = 2 ** 20;
const TWO_PI = 2 * Math.PI;
const SIN = Float64Array.of(
  2.718346692222547e-6,
  -1.9839339385562815e-4,
  8.33332940419114e-3,
  -0.16666666641848682,
);
const COS = Float64Array.of(
  -2.7180491676012994e-7,
  2.4799047381975728e-5,
  -1.388888111496121e-3,
  4.166666656292312e-2,
  -0.4999999999955165,
);

const value = new Float32Array(1);
const bits = new Int32Array(value.buffer);

function bitsOf(x: number): number {
  value[0] = x;
  return bits[0];
}

function fromBits(pattern: number): number {
  bits[0] = pattern;
  return value[0];
}

function powerOfTwo(k: number): number {
  return fromBits((k + 127) << 23);
}

/** Horner's rule over all coefficients, in f32. */
function polynomial(coefficients: Float32Array, x: number): number {
  let sum = coefficients[0];
  for (let i = 1; i < coefficients.length; i++) sum = f(f(sum * x) + coefficients[i]);
  return sum;
}

function polynomial64(coefficients: Float64Array, x: number): number {
  let sum = coefficients[0];
  for (let i = 1; i < coefficients.length; i++) sum = sum * x + coefficients[i];
  return sum;
}

/** round(x / ln 2). */
function exponentOf(x: number): number {
  return f(f(f(x * LOG2E) + MAGIC) - MAGIC);
}

/** eʳ − 1 for the remainder r = x − n ln 2. */
function expm1Remainder(x: number, n: number): number {
  const high = f(x - f(n * LN2_HIGH));
  const low = f(n * LN2_EXCESS);
  const r = f(high + low);
  const square = f(r * r);
  const upper = f(f(f(f(EXP[0] * r) + EXP[1]) * r) + EXP[2]);
  const p = f(f(upper * square) + f(f(EXP[3] * r) + EXP[4]));
  return f(high + f(low + f(square * p)));
}

/** eˣ of an f32. */
export function exp32(x: number): number {
  const clamped = Number.isNaN(x) ? x : Math.min(Math.max(x, -105), 89);
  const n = exponentOf(clamped);
  const half = n >> 1;
  const partly = f(f(1 + expm1Remainder(clamped, n)) * powerOfTwo(half));
  return f(partly * powerOfTwo((n | 0) - half));
}

/** eˣ − 1 of an f32 ≤ 0. */
export function expm132(x: number): number {
  const clamped = Math.max(x, -40);
  const n = exponentOf(clamped);
  const power = powerOfTwo(n | 0);
  return f(f(power * expm1Remainder(clamped, n)) + f(power - 1));
}

/** ln of an f32. */
export function log32(x: number): number {
  if (x < 0) return Number.NaN;
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (!(x < Number.POSITIVE_INFINITY)) return x;
  const subnormal = x < SMALLEST_NORMAL;
  const pattern = bitsOf(subnormal ? x * 2 ** 23 : x) - SQRT_HALF_BITS;
  const e = (pattern >> 23) - (subnormal ? 23 : 0);
  const fraction = f(fromBits((pattern & 0x007fffff) + SQRT_HALF_BITS) - 1);
  const square = f(fraction * fraction);
  const tail = f(f(fraction * square) * polynomial(LOG, fraction));
  const low = f(f(tail - f(e * LN2_EXCESS)) - f(0.5 * square));
  return f(f(fraction + low) + f(e * LN2_HIGH));
}

/** tanh of an f32. */
export function tanh32(x: number): number {
  const size = Math.abs(x);
  if (size < TANH_SMALL) {
    const square = f(size * size);
    const small = f(size + f(size * f(square * polynomial(TANH, square))));
    return x < 0 || Object.is(x, -0) ? -small : small;
  }
  const decay = exp32(-f(size + size));
  const large = f(1 - f(f(decay + decay) / f(1 + decay)));
  return x < 0 ? -large : large;
}

/** sin of an f32. */
export function sin32(x: number): number {
  return f(sine64(x, 0));
}

/** cos of an f32. */
export function cos32(x: number): number {
  return f(sine64(x, 1));
}

/** sin(x + quarter·π/2). */
function sine64(x: number, quarter: number): number {
  const wrapped = Math.abs(x) > REDUCIBLE ? x % TWO_PI : x;
  const n = wrapped * TWO_OVER_PI + MAGIC64 - MAGIC64;
  const r = wrapped - n * HALF_PI_HIGH - n * HALF_PI_LOW;
  const square = r * r;
  const quadrant = n + quarter;
  const odd = (quadrant & 1) === 1;
  const size = odd ? 1 + square * polynomial64(COS, square) : r * (1 + square * polynomial64(SIN, square));
  return (quadrant & 2) === 2 ? -size : size;
}
