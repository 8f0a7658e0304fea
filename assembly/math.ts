/**
 * Vector exp, expm1, log, tanh (f32x4) and sin, cos (f64x2 inside) from IEEE operations only: the same bits in
 * every engine. Range reduction after Cody & Waite 1980, minimax polynomials fitted for these intervals.
 * Each bound is the maximum over all f32 arguments against f64, in units of the last place; NaN gives NaN.
 * Constants are loaded from static memory because V8 builds a v128 literal anew in every turn of a loop.
 */

/** 1.5·2²³: adding it rounds a small number to an integer, which the low bits then hold. */
const MAGIC = memory.data<f32>([12582912]);
const LOG2E = memory.data<f32>([1.44269502]);
/** ln 2 = LN2_HIGH − LN2_EXCESS; the first has 10 bits, so its product with an exponent is exact. */
const LN2_HIGH = memory.data<f32>([0.693359375]);
const LN2_EXCESS = memory.data<f32>([2.121944400546906e-4]);
const ONE = memory.data<f32>([1]);
const HALF = memory.data<f32>([0.5]);
const INFINITE = memory.data<f32>([Infinity]);

const EXP_LOWEST = memory.data<f32>([-105]);
const EXP_HIGHEST = memory.data<f32>([89]);
const EXPM1_LOWEST = memory.data<f32>([-40]);
/** (eʳ − 1 − r)/r² for |r| ≤ ½ ln 2. */
const EXP = memory.data<f32>([
  0.0013946472899988294, 0.008366597816348076, 0.04166628047823906, 0.1666654348373413, 0.5,
]);

const SMALLEST_NORMAL = memory.data<f32>([1.1754943508222875e-38]);
const TWO23 = memory.data<f32>([8388608]);
const TWENTY_THREE = memory.data<i32>([23]);
const FRACTION = memory.data<i32>([0x007fffff]);
const ALL_BUT_SIGN = memory.data<i32>([0x7fffffff]);
/** The bits of √½. */
const SQRT_HALF_BITS = memory.data<i32>([0x3f3504f3]);
/** (ln(1 + f) − f + f²/2)/f³ for √½ ≤ 1 + f ≤ √2. */
const LOG = memory.data<f32>([
  0.06916213035583496, -0.11789127439260483, 0.1187218576669693, -0.12384431064128876, 0.1421879231929779,
  -0.16669249534606934, 0.20002219080924988, -0.24999986588954926, 0.3333331048488617,
]);

const TANH_SMALL = memory.data<f32>([0.55]);
/** (tanh x / x − 1)/x² in powers of x² for |x| ≤ 0.55. */
const TANH = memory.data<f32>([
  -0.006287559401243925, 0.02108173817396164, -0.05385495349764824, 0.13332614302635193, -0.33333319425582886,
]);

/** 1.5·2⁵². */
const MAGIC64 = memory.data<f64>([6755399441055744]);
const TWO_OVER_PI = memory.data<f64>([0.6366197723675814]);
/** π/2 in two parts; the first has 33 bits, so its product with a quadrant below 2²⁰ is exact. */
const HALF_PI_HIGH = memory.data<f64>([1.5707963267341256]);
const HALF_PI_LOW = memory.data<f64>([6.077100506506192e-11]);
const ONE64 = memory.data<f64>([1]);
/** Up to here the two-part reduction is good to 2⁻⁶⁵. */
const REDUCIBLE: f64 = 1048576;
const TWO_PI: f64 = 6.283185307179586;
/** (sin r / r − 1)/r² and (cos r − 1)/r² in powers of r² for |r| ≤ π/4. */
const SIN = memory.data<f64>([
  2.718346692222547e-6, -1.9839339385562815e-4, 8.33332940419114e-3, -0.16666666641848682,
]);
const COS = memory.data<f64>([
  -2.7180491676012994e-7, 2.4799047381975728e-5, -1.388888111496121e-3, 4.166666656292312e-2,
  -0.4999999999955165,
]);

/** A constant in static memory, in all four lanes. */
export function splat32(constant: usize): v128 {
  return v128.load_splat<u32>(constant);
}

function splat64(constant: usize): v128 {
  return v128.load_splat<u64>(constant);
}

/** sum·x + the constant: one step of Horner's rule. */
function horner(sum: v128, x: v128, constant: usize): v128 {
  return f32x4.add(f32x4.mul(sum, x), splat32(constant));
}

function horner64(sum: v128, x: v128, constant: usize): v128 {
  return f64x2.add(f64x2.mul(sum, x), splat64(constant));
}

/** MAGIC + round(x / ln 2). */
function exponentOf(x: v128): v128 {
  return f32x4.add(f32x4.mul(x, splat32(LOG2E)), splat32(MAGIC));
}

/** eʳ − 1 for the remainder r = x − exponent·ln 2; the two parts of r are added last, smallest first. */
function expm1Remainder(x: v128, exponent: v128): v128 {
  const n = f32x4.sub(exponent, splat32(MAGIC));
  const high = f32x4.sub(x, f32x4.mul(n, splat32(LN2_HIGH)));
  const low = f32x4.mul(n, splat32(LN2_EXCESS));
  const r = f32x4.add(high, low);
  const square = f32x4.mul(r, r);
  const upper = horner(horner(splat32(EXP), r, EXP + 4), r, EXP + 8);
  const p = f32x4.add(f32x4.mul(upper, square), horner(splat32(EXP + 12), r, EXP + 16));
  return f32x4.add(high, f32x4.add(low, f32x4.mul(square, p)));
}

/** 2ᵏ for k in the low bits of each lane; the bits of a MAGIC sum above them are shifted out. */
function powerOfTwo(k: v128): v128 {
  return i32x4.add(i32x4.shl(k, 23), splat32(ONE));
}

/** eˣ ≤ 0.94 ulp, subnormal results included: 2ᵏ is applied in two exact halves, so that only one product rounds. */
export function expV(x: v128): v128 {
  const clamped = f32x4.pmax(f32x4.pmin(x, splat32(EXP_HIGHEST)), splat32(EXP_LOWEST));
  const exponent = exponentOf(clamped);
  const half = i32x4.shr_u(exponent, 1);
  const value = f32x4.add(splat32(ONE), expm1Remainder(clamped, exponent));
  const partly = f32x4.mul(value, powerOfTwo(half));
  return f32x4.mul(partly, powerOfTwo(i32x4.sub(exponent, half)));
}

/** eˣ − 1 ≤ 1.17 ulp for x ≤ 0: 2ᵏ(eʳ − 1) + (2ᵏ − 1). */
export function expm1V(x: v128): v128 {
  const clamped = f32x4.pmax(x, splat32(EXPM1_LOWEST));
  const exponent = exponentOf(clamped);
  const power = powerOfTwo(exponent);
  const scaled = f32x4.mul(power, expm1Remainder(clamped, exponent));
  return f32x4.add(scaled, f32x4.sub(power, splat32(ONE)));
}

/** ln x = ln(1 + f) + e ln 2 with x = 2ᵉ(1 + f), ≤ 0.83 ulp; ln 0 = −∞, NaN below 0. */
export function logV(x: v128): v128 {
  const subnormal = f32x4.lt(x, splat32(SMALLEST_NORMAL));
  const normal = v128.bitselect(f32x4.mul(x, splat32(TWO23)), x, subnormal);
  const bits = i32x4.sub(normal, splat32(SQRT_HALF_BITS));
  const shift = v128.and(subnormal, splat32(TWENTY_THREE));
  const e = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_s(bits, 23), shift));
  const significand = i32x4.add(v128.and(bits, splat32(FRACTION)), splat32(SQRT_HALF_BITS));
  const f = f32x4.sub(significand, splat32(ONE));
  const square = f32x4.mul(f, f);
  let low = f32x4.mul(f32x4.mul(f, square), logTail(f));
  low = f32x4.sub(low, f32x4.mul(e, splat32(LN2_EXCESS)));
  low = f32x4.sub(low, f32x4.mul(splat32(HALF), square));
  const value = f32x4.add(f32x4.add(f, low), f32x4.mul(e, splat32(LN2_HIGH)));
  return logSpecial(x, value);
}

function logTail(f: v128): v128 {
  let p = horner(splat32(LOG), f, LOG + 4);
  p = horner(p, f, LOG + 8);
  p = horner(p, f, LOG + 12);
  p = horner(p, f, LOG + 16);
  p = horner(p, f, LOG + 20);
  p = horner(p, f, LOG + 24);
  p = horner(p, f, LOG + 28);
  return horner(p, f, LOG + 32);
}

/** The value, or x when it is +∞ or NaN, −∞ when it is 0, all bits set (NaN) when it is negative. */
function logSpecial(x: v128, value: v128): v128 {
  const zero = f32x4.splat(0);
  const infinite = splat32(INFINITE);
  const finite = v128.bitselect(value, x, f32x4.lt(x, infinite));
  const positive = v128.bitselect(f32x4.neg(infinite), finite, f32x4.eq(x, zero));
  return v128.or(positive, f32x4.lt(x, zero));
}

/** tanh x ≤ 1.6 ulp: x + x³P(x²) near 0, else 1 − 2e⁻²ˣ/(1 + e⁻²ˣ), with the sign of x. */
export function tanhV(x: v128): v128 {
  const one = splat32(ONE);
  const size = f32x4.abs(x);
  const decay = expV(f32x4.neg(f32x4.add(size, size)));
  const large = f32x4.sub(one, f32x4.div(f32x4.add(decay, decay), f32x4.add(one, decay)));
  const square = f32x4.mul(size, size);
  let p = horner(splat32(TANH), square, TANH + 4);
  p = horner(p, square, TANH + 8);
  p = horner(p, square, TANH + 12);
  p = horner(p, square, TANH + 16);
  const small = f32x4.add(size, f32x4.mul(size, f32x4.mul(square, p)));
  const value = v128.bitselect(small, large, f32x4.lt(size, splat32(TANH_SMALL)));
  return v128.bitselect(value, x, splat32(ALL_BUT_SIGN));
}

/** sin x ≤ 0.51 ulp for |x| ≤ 2²⁰; beyond, sin of an x changed by at most 2⁻⁵³ of itself. sin ±∞ = NaN. */
export function sinV(x: v128): v128 {
  return sineV(x, 0);
}

/** cos x, with the bounds of sin. */
export function cosV(x: v128): v128 {
  return sineV(x, 1);
}

/** sin(x + quarter·π/2). */
function sineV(x: v128, quarter: i64): v128 {
  const low = f32x4.demote_f64x2_zero(sine64(f64x2.promote_low_f32x4(x), quarter));
  const upper = v128.shuffle<u64>(x, x, 1, 1);
  const high = f32x4.demote_f64x2_zero(sine64(f64x2.promote_low_f32x4(upper), quarter));
  return v128.shuffle<u64>(low, high, 0, 2);
}

function sine64(x: v128, quarter: i64): v128 {
  const large = f64x2.gt(f64x2.abs(x), f64x2.splat(REDUCIBLE));
  if (v128.any_true(large)) x = v128.bitselect(wrap(x), x, large);
  const sum = horner64(x, splat64(TWO_OVER_PI), MAGIC64);
  const n = f64x2.sub(sum, splat64(MAGIC64));
  const high = f64x2.sub(x, f64x2.mul(n, splat64(HALF_PI_HIGH)));
  const r = f64x2.sub(high, f64x2.mul(n, splat64(HALF_PI_LOW)));
  const square = f64x2.mul(r, r);
  const one = splat64(ONE64);
  const sine = f64x2.mul(r, f64x2.add(one, f64x2.mul(square, sineTail(square))));
  const cosine = f64x2.add(one, f64x2.mul(square, cosineTail(square)));
  const quadrant = i64x2.add(sum, i64x2.splat(quarter));
  const odd = i64x2.shr_s(i64x2.shl(quadrant, 63), 63);
  const sign = i64x2.shl(i64x2.shr_u(quadrant, 1), 63);
  return v128.xor(v128.bitselect(cosine, sine, odd), sign);
}

function sineTail(square: v128): v128 {
  let p = horner64(splat64(SIN), square, SIN + 8);
  p = horner64(p, square, SIN + 16);
  return horner64(p, square, SIN + 24);
}

function cosineTail(square: v128): v128 {
  let p = horner64(splat64(COS), square, COS + 8);
  p = horner64(p, square, COS + 16);
  p = horner64(p, square, COS + 24);
  return horner64(p, square, COS + 32);
}

/** The exact remainders of division by the f64 nearest to 2π. */
function wrap(x: v128): v128 {
  const first = f64x2.extract_lane(x, 0) % TWO_PI;
  return f64x2.replace_lane(f64x2.splat(first), 1, f64x2.extract_lane(x, 1) % TWO_PI);
}
