/**
 * Log-softmax head by head, and derivatives with respect to the logits: the score J and its transpose,
 * J t = t[action] − Σ p t and Jᵀu = u(1[action] − p), and the KL's metric diag p − ppᵀ. A row of `width` values holds
 * `heads` segments of the i32 sizes at `sizes`; a row is a lane, so every sum runs over its segment in order, in f32.
 */
import { expV, logV, splat32 } from "./math";
import { gather, gatherRows, headBytes, laneOffset, rowBytes, scatter, scatterRows } from "./rows";

const ONE = memory.data<f32>([1]);
const ONE_I32 = memory.data<i32>([1]);

/** log p = (x − max x) − ln Σ exp(x − max x); |error| ≤ (size + 4)·2⁻²⁴·(1 + |log p|). All −∞ gives NaN. */
export function headsLogSoftmaxF32(
  logits: usize,
  logProbs: usize,
  rows: i32,
  heads: i32,
  sizes: usize,
): void {
  const stride = rowBytes(heads, sizes);
  for (let left = rows; left > 0; left -= 4) {
    const s1 = laneOffset(1, left, stride);
    const s2 = laneOffset(2, left, stride);
    const s3 = laneOffset(3, left, stride);
    let start: usize = 0;
    for (let h = 0; h < heads; h++) {
      const bytes = headBytes(sizes, h);
      logSoftmax4(logits + start, logProbs + start, bytes, s1, s2, s3);
      start += bytes;
    }
    logits += stride * 4;
    logProbs += stride * 4;
  }
}

function logSoftmax4(x: usize, out: usize, bytes: usize, s1: usize, s2: usize, s3: usize): void {
  let highest = f32x4.splat(-Infinity);
  for (let c: usize = 0; c < bytes; c += 4) highest = f32x4.pmax(highest, gather(x + c, s1, s2, s3));
  let sum = f32x4.splat(0);
  for (let c: usize = 0; c < bytes; c += 4) {
    sum = f32x4.add(sum, expV(f32x4.sub(gather(x + c, s1, s2, s3), highest)));
  }
  const logSum = logV(sum);
  for (let c: usize = 0; c < bytes; c += 4) {
    const shifted = f32x4.sub(gather(x + c, s1, s2, s3), highest);
    scatter(out + c, s1, s2, s3, f32x4.sub(shifted, logSum));
  }
}

/** An action outside its head gives NaN. */
export function headsScoreF32(
  probs: usize,
  tangent: usize,
  actions: usize,
  out: usize,
  rows: i32,
  heads: i32,
  sizes: usize,
): void {
  const stride = rowBytes(heads, sizes);
  const narrow = (<usize>heads) << 2;
  for (let left = rows; left > 0; left -= 4) {
    let start: usize = 0;
    for (let h = 0; h < heads; h++) {
      const bytes = headBytes(sizes, h);
      const at = (<usize>h) << 2;
      const action = gatherRows(actions + at, left, narrow);
      scatterRows(
        out + at,
        left,
        narrow,
        score4(probs + start, tangent + start, action, bytes, left, stride),
      );
      start += bytes;
    }
    probs += stride * 4;
    tangent += stride * 4;
    actions += narrow * 4;
    out += narrow * 4;
  }
}

function score4(probs: usize, tangent: usize, action: v128, bytes: usize, left: i32, stride: usize): v128 {
  const s1 = laneOffset(1, left, stride);
  const s2 = laneOffset(2, left, stride);
  const s3 = laneOffset(3, left, stride);
  let index = i32x4.splat(0);
  let chosen = f32x4.splat(NaN);
  let mean = f32x4.splat(0);
  for (let c: usize = 0; c < bytes; c += 4) {
    const t = gather(tangent + c, s1, s2, s3);
    mean = f32x4.add(mean, f32x4.mul(gather(probs + c, s1, s2, s3), t));
    chosen = v128.bitselect(t, chosen, i32x4.eq(index, action));
    index = i32x4.add(index, splat32(ONE_I32));
  }
  return f32x4.sub(chosen, mean);
}

export function headsScoreTransposeF32(
  probs: usize,
  actions: usize,
  u: usize,
  out: usize,
  rows: i32,
  heads: i32,
  sizes: usize,
): void {
  const stride = rowBytes(heads, sizes);
  const narrow = (<usize>heads) << 2;
  for (let left = rows; left > 0; left -= 4) {
    let start: usize = 0;
    for (let h = 0; h < heads; h++) {
      const bytes = headBytes(sizes, h);
      const action = gatherRows(actions + ((<usize>h) << 2), left, narrow);
      const weight = gatherRows(u + ((<usize>h) << 2), left, narrow);
      scoreTranspose4(probs + start, action, weight, out + start, bytes, left, stride);
      start += bytes;
    }
    probs += stride * 4;
    out += stride * 4;
    actions += narrow * 4;
    u += narrow * 4;
  }
}

function scoreTranspose4(
  probs: usize,
  action: v128,
  weight: v128,
  out: usize,
  bytes: usize,
  left: i32,
  stride: usize,
): void {
  const s1 = laneOffset(1, left, stride);
  const s2 = laneOffset(2, left, stride);
  const s3 = laneOffset(3, left, stride);
  let index = i32x4.splat(0);
  for (let c: usize = 0; c < bytes; c += 4) {
    const chosen = v128.and(splat32(ONE), i32x4.eq(index, action));
    const p = gather(probs + c, s1, s2, s3);
    scatter(out + c, s1, s2, s3, f32x4.mul(weight, f32x4.sub(chosen, p)));
    index = i32x4.add(index, splat32(ONE_I32));
  }
}

/** weight·p(t − Σ p t): the sum first, so out may alias t. */
export function headsMetricF32(
  probs: usize,
  tangent: usize,
  out: usize,
  weight: f32,
  rows: i32,
  heads: i32,
  sizes: usize,
): void {
  const stride = rowBytes(heads, sizes);
  const factor = f32x4.splat(weight);
  for (let left = rows; left > 0; left -= 4) {
    let start: usize = 0;
    for (let h = 0; h < heads; h++) {
      const bytes = headBytes(sizes, h);
      metric4(probs + start, tangent + start, out + start, factor, bytes, left, stride);
      start += bytes;
    }
    probs += stride * 4;
    tangent += stride * 4;
    out += stride * 4;
  }
}

function metric4(
  probs: usize,
  tangent: usize,
  out: usize,
  factor: v128,
  bytes: usize,
  left: i32,
  stride: usize,
): void {
  const s1 = laneOffset(1, left, stride);
  const s2 = laneOffset(2, left, stride);
  const s3 = laneOffset(3, left, stride);
  let mean = f32x4.splat(0);
  for (let c: usize = 0; c < bytes; c += 4) {
    mean = f32x4.add(mean, f32x4.mul(gather(probs + c, s1, s2, s3), gather(tangent + c, s1, s2, s3)));
  }
  for (let c: usize = 0; c < bytes; c += 4) {
    const centred = f32x4.sub(gather(tangent + c, s1, s2, s3), mean);
    const p = f32x4.mul(factor, gather(probs + c, s1, s2, s3));
    scatter(out + c, s1, s2, s3, f32x4.mul(p, centred));
  }
}
