/**
 * Adam (Kingma & Ba 2015): m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g²,
 * parameters −= (learningRate/correction1)·m / (√(v/correction2) + ε). Scalars are rounded to f32 once.
 */
import { loadLanes, storeLanes } from "./lanes";

function firstMoment(m: v128, g: v128, beta: v128, rest: v128): v128 {
  return f32x4.add(f32x4.mul(beta, m), f32x4.mul(rest, g));
}

function secondMoment(v: v128, g: v128, beta: v128, rest: v128): v128 {
  return f32x4.add(f32x4.mul(beta, v), f32x4.mul(rest, f32x4.mul(g, g)));
}

function move(parameters: v128, m: v128, v: v128, rate: v128, scale: v128, epsilon: v128): v128 {
  const root = f32x4.add(f32x4.sqrt(f32x4.mul(v, scale)), epsilon);
  return f32x4.sub(parameters, f32x4.div(f32x4.mul(rate, m), root));
}

/** Updates parameters, m and v in place. */
export function adamF32(
  parameters: usize,
  gradient: usize,
  m: usize,
  v: usize,
  n: i32,
  learningRate: f64,
  beta1: f64,
  beta2: f64,
  epsilon: f64,
  correction1: f64,
  correction2: f64,
): void {
  const b1 = f32x4.splat(<f32>beta1);
  const r1 = f32x4.splat(<f32>(1 - beta1));
  const b2 = f32x4.splat(<f32>beta2);
  const r2 = f32x4.splat(<f32>(1 - beta2));
  const rate = f32x4.splat(<f32>(learningRate / correction1));
  const scale = f32x4.splat(<f32>(1 / correction2));
  const floor = f32x4.splat(<f32>epsilon);
  const end = (<usize>(n & ~3)) << 2;
  for (let i: usize = 0; i < end; i += 16) {
    const g = v128.load(gradient + i);
    const first = firstMoment(v128.load(m + i), g, b1, r1);
    const second = secondMoment(v128.load(v + i), g, b2, r2);
    v128.store(m + i, first);
    v128.store(v + i, second);
    v128.store(parameters + i, move(v128.load(parameters + i), first, second, rate, scale, floor));
  }
  const left = n & 3;
  const g = loadLanes(gradient + end, left);
  const first = firstMoment(loadLanes(m + end, left), g, b1, r1);
  const second = secondMoment(loadLanes(v + end, left), g, b2, r2);
  storeLanes(m + end, first, left);
  storeLanes(v + end, second, left);
  storeLanes(
    parameters + end,
    move(loadLanes(parameters + end, left), first, second, rate, scale, floor),
    left,
  );
}
