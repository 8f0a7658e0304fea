/**
 * Closed-form updates of the consensus over one link (Li & He 2020, eq. 19 in the two-array form): the mean of both
 * ends and their common dual. ½(a + b) is symmetric and sign·(a − b) has the same bits at both ends, so they agree.
 */
import { loadLanes, storeLanes } from "./lanes";

const HALF = memory.data<f32>([0.5]);

function meanV(own: v128, other: v128): v128 {
  return f32x4.mul(v128.load_splat<u32>(HALF), f32x4.add(own, other));
}

function dualV(dual: v128, own: v128, other: v128, step: v128): v128 {
  return f32x4.add(dual, f32x4.mul(step, f32x4.sub(own, other)));
}

/** mean = ½(own + other); dual += (sign·penalty/2)·(own − other). mean may alias own or other. */
export function linkUpdateF32(
  own: usize,
  other: usize,
  mean: usize,
  dual: usize,
  sign: f64,
  penalty: f64,
  n: i32,
): void {
  const step = f32x4.splat(<f32>(sign * penalty * 0.5));
  const end = (<usize>(n & ~3)) << 2;
  for (let i: usize = 0; i < end; i += 16) {
    const a = v128.load(own + i);
    const b = v128.load(other + i);
    v128.store(dual + i, dualV(v128.load(dual + i), a, b, step));
    v128.store(mean + i, meanV(a, b));
  }
  const a = loadLanes(own + end, n & 3);
  const b = loadLanes(other + end, n & 3);
  storeLanes(dual + end, dualV(loadLanes(dual + end, n & 3), a, b, step), n & 3);
  storeLanes(mean + end, meanV(a, b), n & 3);
}

function targetV(target: v128, mean: v128, dual: v128, penalty: v128, sign: v128): v128 {
  return f32x4.add(target, f32x4.sub(f32x4.mul(penalty, mean), f32x4.mul(sign, dual)));
}

/** target += penalty·mean − sign·dual. */
export function linkTargetF32(
  target: usize,
  mean: usize,
  dual: usize,
  sign: f32,
  penalty: f32,
  n: i32,
): void {
  const s = f32x4.splat(sign);
  const p = f32x4.splat(penalty);
  const end = (<usize>(n & ~3)) << 2;
  for (let i: usize = 0; i < end; i += 16) {
    const value = targetV(v128.load(target + i), v128.load(mean + i), v128.load(dual + i), p, s);
    v128.store(target + i, value);
  }
  const tail = targetV(
    loadLanes(target + end, n & 3),
    loadLanes(mean + end, n & 3),
    loadLanes(dual + end, n & 3),
    p,
    s,
  );
  storeLanes(target + end, tail, n & 3);
}
