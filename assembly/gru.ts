/**
 * Gates of a gated recurrent unit (Cho et al. 2014) in PyTorch's form, a row at a time:
 *   r = σ(aᵣ + cᵣ), z = σ(a_z + c_z), n = tanh(aₙ + r cₙ), out = n + z(h − n),
 * where a[rows,3·size] comes from the input, c[rows,3·size] and h[rows,size] from the memory; and their derivative.
 */
import { loadUpTo, storeLanes } from "./lanes";
import { expV, splat32, tanhV } from "./math";

const ONE = memory.data<f32>([1]);

function storeUpTo(out: usize, value: v128, count: i32): void {
  if (count < 4) storeLanes(out, value, count);
  else v128.store(out, value);
}

/** 1/(1 + e⁻ˣ). */
function sigmoidV(x: v128): v128 {
  const one = splat32(ONE);
  return f32x4.div(one, f32x4.add(one, expV(f32x4.neg(x))));
}

/** gates[rows,4·size] = r, z, n, cₙ. */
export function gruGatesF32(
  a: usize,
  c: usize,
  h: usize,
  gates: usize,
  out: usize,
  rows: i32,
  size: i32,
): void {
  const step = (<usize>size) << 2;
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < size; j += 4) {
      const left = size - j;
      const at = (<usize>j) << 2;
      const fromA = a + at;
      const fromC = c + at;
      const to = gates + at;
      const r = sigmoidV(f32x4.add(loadUpTo(fromA, left), loadUpTo(fromC, left)));
      const z = sigmoidV(f32x4.add(loadUpTo(fromA + step, left), loadUpTo(fromC + step, left)));
      const candidate = loadUpTo(fromC + 2 * step, left);
      const n = tanhV(f32x4.add(loadUpTo(fromA + 2 * step, left), f32x4.mul(r, candidate)));
      storeUpTo(to, r, left);
      storeUpTo(to + step, z, left);
      storeUpTo(to + 2 * step, n, left);
      storeUpTo(to + 3 * step, candidate, left);
      const change = f32x4.mul(z, f32x4.sub(loadUpTo(h + at, left), n));
      storeUpTo(out + at, f32x4.add(n, change), left);
    }
    a += 3 * step;
    c += 3 * step;
    gates += 4 * step;
    h += step;
    out += step;
  }
}

/** g·y(1 − y): σ′ from y = σ(x). */
function sigmoidSlope(y: v128, g: v128): v128 {
  return f32x4.mul(g, f32x4.mul(y, f32x4.sub(splat32(ONE), y)));
}

/** Cotangents of a, c and (by the last sum alone) h for the cotangent g of out; dh may alias g. */
export function gruGradientF32(
  gates: usize,
  h: usize,
  g: usize,
  da: usize,
  dc: usize,
  dh: usize,
  rows: i32,
  size: i32,
): void {
  const one = splat32(ONE);
  const step = (<usize>size) << 2;
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < size; j += 4) {
      const left = size - j;
      const at = (<usize>j) << 2;
      const from = gates + at;
      const r = loadUpTo(from, left);
      const z = loadUpTo(from + step, left);
      const n = loadUpTo(from + 2 * step, left);
      const slope = loadUpTo(g + at, left);
      const tanhSlope = f32x4.mul(f32x4.sub(one, n), f32x4.add(one, n));
      const dn = f32x4.mul(f32x4.mul(slope, f32x4.sub(one, z)), tanhSlope);
      const dr = sigmoidSlope(r, f32x4.mul(dn, loadUpTo(from + 3 * step, left)));
      const dz = sigmoidSlope(z, f32x4.mul(slope, f32x4.sub(loadUpTo(h + at, left), n)));
      storeUpTo(da + at, dr, left);
      storeUpTo(da + at + step, dz, left);
      storeUpTo(da + at + 2 * step, dn, left);
      storeUpTo(dc + at, dr, left);
      storeUpTo(dc + at + step, dz, left);
      storeUpTo(dc + at + 2 * step, f32x4.mul(dn, r), left);
      storeUpTo(dh + at, f32x4.mul(slope, z), left);
    }
    gates += 4 * step;
    da += 3 * step;
    dc += 3 * step;
    h += step;
    g += step;
    dh += step;
  }
}
