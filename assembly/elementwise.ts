/**
 * out[i] = f(x[i], …) for n values; out may alias any input. The tail runs through the same vector code, so the bits
 * of a value do not depend on where it stands.
 */
import { loadLanes, storeLanes } from "./lanes";
import { cosV, expm1V, expV, logV, sinV, splat32, tanhV } from "./math";

/** λ and λα of SELU (Klambauer et al. 2017). */
const SELU_SCALE = memory.data<f32>([1.0507009873554805]);
const SELU_LIMIT = memory.data<f32>([1.7580993408473766]);
const ONE = memory.data<f32>([1]);

/** Bytes of the n & ~3 values that fill whole vectors. */
function whole(n: i32): usize {
  return (<usize>(n & ~3)) << 2;
}

/** exp ≤ 0.94 ulp. */
export function expF32(x: usize, out: usize, n: i32): void {
  const end = whole(n);
  for (let i: usize = 0; i < end; i += 16) v128.store(out + i, expV(v128.load(x + i)));
  storeLanes(out + end, expV(loadLanes(x + end, n & 3)), n & 3);
}

/** ln ≤ 0.83 ulp. */
export function logF32(x: usize, out: usize, n: i32): void {
  const end = whole(n);
  for (let i: usize = 0; i < end; i += 16) v128.store(out + i, logV(v128.load(x + i)));
  storeLanes(out + end, logV(loadLanes(x + end, n & 3)), n & 3);
}

/** tanh ≤ 1.6 ulp. */
export function tanhF32(x: usize, out: usize, n: i32): void {
  const end = whole(n);
  for (let i: usize = 0; i < end; i += 16) v128.store(out + i, tanhV(v128.load(x + i)));
  storeLanes(out + end, tanhV(loadLanes(x + end, n & 3)), n & 3);
}

/** sin ≤ 0.51 ulp for |x| ≤ 2²⁰. */
export function sinF32(x: usize, out: usize, n: i32): void {
  const end = whole(n);
  for (let i: usize = 0; i < end; i += 16) v128.store(out + i, sinV(v128.load(x + i)));
  storeLanes(out + end, sinV(loadLanes(x + end, n & 3)), n & 3);
}

/** cos ≤ 0.51 ulp for |x| ≤ 2²⁰. */
export function cosF32(x: usize, out: usize, n: i32): void {
  const end = whole(n);
  for (let i: usize = 0; i < end; i += 16) v128.store(out + i, cosV(v128.load(x + i)));
  storeLanes(out + end, cosV(loadLanes(x + end, n & 3)), n & 3);
}

function reluV(x: v128): v128 {
  return f32x4.pmax(x, f32x4.splat(0));
}

/** λx above 0, else λα(eˣ − 1): ≤ 2 ulp everywhere. */
function seluV(x: v128): v128 {
  const below = f32x4.mul(splat32(SELU_LIMIT), expm1V(x));
  return v128.bitselect(f32x4.mul(splat32(SELU_SCALE), x), below, f32x4.gt(x, f32x4.splat(0)));
}

function reluF32(x: usize, out: usize, n: i32): void {
  const end = whole(n);
  for (let i: usize = 0; i < end; i += 16) v128.store(out + i, reluV(v128.load(x + i)));
  storeLanes(out + end, reluV(loadLanes(x + end, n & 3)), n & 3);
}

function seluF32(x: usize, out: usize, n: i32): void {
  for (let left = n; left > 0; left -= 4) {
    const value = seluV(left < 4 ? loadLanes(x, left) : v128.load(x));
    if (left < 4) storeLanes(out, value, left);
    else v128.store(out, value);
    x += 16;
    out += 16;
  }
}

/** The numbers are those of `Activation` in abi.ts. */
export function activateF32(activation: i32, x: usize, out: usize, n: i32): void {
  if (activation === 1) reluF32(x, out, n);
  else if (activation === 2) tanhF32(x, out, n);
  else if (activation === 3) seluF32(x, out, n);
  else memory.copy(out, x, (<usize>n) << 2);
}

/** [y > 0] g. */
function reluSlopeV(y: v128, g: v128): v128 {
  return v128.and(f32x4.gt(y, f32x4.splat(0)), g);
}

/** (1 − y)(1 + y) g. */
function tanhSlopeV(y: v128, g: v128): v128 {
  const one = splat32(ONE);
  return f32x4.mul(g, f32x4.mul(f32x4.sub(one, y), f32x4.add(one, y)));
}

/** λ g above 0, (y + λα) g below. */
function seluSlopeV(y: v128, g: v128): v128 {
  const below = f32x4.add(y, splat32(SELU_LIMIT));
  return f32x4.mul(g, v128.bitselect(splat32(SELU_SCALE), below, f32x4.gt(y, f32x4.splat(0))));
}

function reluGradient(y: usize, g: usize, out: usize, n: i32): void {
  const end = whole(n);
  for (let i: usize = 0; i < end; i += 16) {
    v128.store(out + i, reluSlopeV(v128.load(y + i), v128.load(g + i)));
  }
  storeLanes(out + end, reluSlopeV(loadLanes(y + end, n & 3), loadLanes(g + end, n & 3)), n & 3);
}

function tanhGradient(y: usize, g: usize, out: usize, n: i32): void {
  const end = whole(n);
  for (let i: usize = 0; i < end; i += 16) {
    v128.store(out + i, tanhSlopeV(v128.load(y + i), v128.load(g + i)));
  }
  storeLanes(out + end, tanhSlopeV(loadLanes(y + end, n & 3), loadLanes(g + end, n & 3)), n & 3);
}

function seluGradient(y: usize, g: usize, out: usize, n: i32): void {
  const end = whole(n);
  for (let i: usize = 0; i < end; i += 16) {
    v128.store(out + i, seluSlopeV(v128.load(y + i), v128.load(g + i)));
  }
  storeLanes(out + end, seluSlopeV(loadLanes(y + end, n & 3), loadLanes(g + end, n & 3)), n & 3);
}

/** activation′ ⊙ g from the outputs y of the activation. */
export function activationGradientF32(activation: i32, y: usize, g: usize, out: usize, n: i32): void {
  if (activation === 1) reluGradient(y, g, out, n);
  else if (activation === 2) tanhGradient(y, g, out, n);
  else if (activation === 3) seluGradient(y, g, out, n);
  else memory.copy(out, g, (<usize>n) << 2);
}

export function addF32(x: usize, y: usize, out: usize, n: i32): void {
  const end = whole(n);
  for (let i: usize = 0; i < end; i += 16) v128.store(out + i, f32x4.add(v128.load(x + i), v128.load(y + i)));
  storeLanes(out + end, f32x4.add(loadLanes(x + end, n & 3), loadLanes(y + end, n & 3)), n & 3);
}

export function subtractF32(x: usize, y: usize, out: usize, n: i32): void {
  const end = whole(n);
  for (let i: usize = 0; i < end; i += 16) v128.store(out + i, f32x4.sub(v128.load(x + i), v128.load(y + i)));
  storeLanes(out + end, f32x4.sub(loadLanes(x + end, n & 3), loadLanes(y + end, n & 3)), n & 3);
}

export function multiplyF32(x: usize, y: usize, out: usize, n: i32): void {
  const end = whole(n);
  for (let i: usize = 0; i < end; i += 16) v128.store(out + i, f32x4.mul(v128.load(x + i), v128.load(y + i)));
  storeLanes(out + end, f32x4.mul(loadLanes(x + end, n & 3), loadLanes(y + end, n & 3)), n & 3);
}

export function divideF32(x: usize, y: usize, out: usize, n: i32): void {
  const end = whole(n);
  for (let i: usize = 0; i < end; i += 16) v128.store(out + i, f32x4.div(v128.load(x + i), v128.load(y + i)));
  storeLanes(out + end, f32x4.div(loadLanes(x + end, n & 3), loadLanes(y + end, n & 3)), n & 3);
}

export function scaleF32(alpha: f32, x: usize, out: usize, n: i32): void {
  const end = whole(n);
  const factor = f32x4.splat(alpha);
  for (let i: usize = 0; i < end; i += 16) v128.store(out + i, f32x4.mul(factor, v128.load(x + i)));
  storeLanes(out + end, f32x4.mul(factor, loadLanes(x + end, n & 3)), n & 3);
}

/** y += alpha·x, the product rounded before it is added. */
export function axpyF32(alpha: f32, x: usize, y: usize, n: i32): void {
  const end = whole(n);
  const factor = f32x4.splat(alpha);
  for (let i: usize = 0; i < end; i += 16) {
    v128.store(y + i, f32x4.add(v128.load(y + i), f32x4.mul(factor, v128.load(x + i))));
  }
  storeLanes(
    y + end,
    f32x4.add(loadLanes(y + end, n & 3), f32x4.mul(factor, loadLanes(x + end, n & 3))),
    n & 3,
  );
}

export function fillF32(value: f32, out: usize, n: i32): void {
  const end = whole(n);
  const vector = f32x4.splat(value);
  for (let i: usize = 0; i < end; i += 16) v128.store(out + i, vector);
  storeLanes(out + end, vector, n & 3);
}
