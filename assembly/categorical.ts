/**
 * Categorical distributions side by side, from log-probabilities: a row holds `heads` segments of the i32 sizes at
 * `sizes`. A row is a lane, so every sum runs over its segment in order, in f32. NaN spreads over its segment only.
 */
import { expm1V, expV, splat32 } from "./math";
import { gather, gatherRows, headBytes, laneOffset, rowBytes, scatterRows } from "./rows";

const ONE = memory.data<i32>([1]);
/** From here on e⁻ᵃ − 1 = −1, and 128 − (1 + 128) is exact. */
const LARGE = memory.data<f32>([128]);

/** An action outside its head gives NaN. */
export function headsGatherF32(
  logProbs: usize,
  actions: usize,
  out: usize,
  rows: i32,
  heads: i32,
  sizes: usize,
): void {
  for (let row = 0; row < rows; row++) {
    for (let h = 0; h < heads; h++) {
      const bytes = headBytes(sizes, h);
      const action = <usize>load<u32>(actions); // compared before it is shifted, which drops its upper bits
      store<f32>(out, action < bytes >>> 2 ? load<f32>(logProbs + (action << 2)) : NaN);
      logProbs += bytes;
      actions += 4;
      out += 4;
    }
  }
}

/** −Σ p log p. */
export function headsEntropyF32(logProbs: usize, out: usize, rows: i32, heads: i32, sizes: usize): void {
  const stride = rowBytes(heads, sizes);
  const narrow = (<usize>heads) << 2;
  for (let left = rows; left > 0; left -= 4) {
    let start: usize = 0;
    for (let h = 0; h < heads; h++) {
      const bytes = headBytes(sizes, h);
      scatterRows(out + ((<usize>h) << 2), left, narrow, entropy4(logProbs + start, bytes, left, stride));
      start += bytes;
    }
    logProbs += stride * 4;
    out += narrow * 4;
  }
}

function entropy4(logProbs: usize, bytes: usize, left: i32, stride: usize): v128 {
  const s1 = laneOffset(1, left, stride);
  const s2 = laneOffset(2, left, stride);
  const s3 = laneOffset(3, left, stride);
  let entropy = f32x4.splat(0);
  for (let c: usize = 0; c < bytes; c += 4) {
    const logP = gather(logProbs + c, s1, s2, s3);
    const p = expV(logP);
    entropy = f32x4.sub(entropy, v128.and(f32x4.mul(p, logP), f32x4.ne(p, f32x4.splat(0))));
  }
  return entropy;
}

/**
 * KL(p‖q) = Σ p(log p − log q) in the form Σ (p(log p − log q) − p + q), whose terms are not negative and in which
 * rounded normalisations cancel to first order: KL ≥ −1e-12, and small values keep their digits.
 */
export function headsKlF32(
  oldLogProbs: usize,
  newLogProbs: usize,
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
      const kl = kl4(oldLogProbs + start, newLogProbs + start, bytes, left, stride);
      scatterRows(out + ((<usize>h) << 2), left, narrow, kl);
      start += bytes;
    }
    oldLogProbs += stride * 4;
    newLogProbs += stride * 4;
    out += narrow * 4;
  }
}

function kl4(oldLogProbs: usize, newLogProbs: usize, bytes: usize, left: i32, stride: usize): v128 {
  const s1 = laneOffset(1, left, stride);
  const s2 = laneOffset(2, left, stride);
  const s3 = laneOffset(3, left, stride);
  let kl = f32x4.splat(0);
  for (let c: usize = 0; c < bytes; c += 4) {
    kl = f32x4.add(kl, klTerm(gather(oldLogProbs + c, s1, s2, s3), gather(newLogProbs + c, s1, s2, s3)));
  }
  return kl;
}

/**
 * p(log p − log q) − p + q with a = |log q − log p| and m = e⁻ᵃ − 1: p(m + a) when q ≤ p, else −q(m + a + ma).
 * 0 when both are 0.
 */
function klTerm(logP: v128, logQ: v128): v128 {
  const change = f32x4.sub(logQ, logP);
  const size = f32x4.abs(change);
  const m = expm1V(f32x4.neg(size));
  const bounded = f32x4.pmin(size, splat32(LARGE));
  const above = f32x4.neg(f32x4.add(f32x4.add(m, bounded), f32x4.mul(m, bounded)));
  const factor = v128.bitselect(above, f32x4.add(m, size), f32x4.gt(change, f32x4.splat(0)));
  const larger = expV(f32x4.pmax(logP, logQ));
  return v128.and(f32x4.mul(larger, factor), f32x4.ne(larger, f32x4.splat(0)));
}

/**
 * The first action whose cumulative probability exceeds u; when rounding leaves none, the last of positive probability.
 * −1 for NaN or when nothing has positive probability.
 */
export function headsSampleF32(
  logProbs: usize,
  uniforms: usize,
  actions: usize,
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
      const u = gatherRows(uniforms + ((<usize>h) << 2), left, narrow);
      scatterRows(
        actions + ((<usize>h) << 2),
        left,
        narrow,
        sample4(logProbs + start, u, bytes, left, stride),
      );
      start += bytes;
    }
    logProbs += stride * 4;
    uniforms += narrow * 4;
    actions += narrow * 4;
  }
}

function sample4(logProbs: usize, u: v128, bytes: usize, left: i32, stride: usize): v128 {
  const s1 = laneOffset(1, left, stride);
  const s2 = laneOffset(2, left, stride);
  const s3 = laneOffset(3, left, stride);
  const zero = f32x4.splat(0);
  let index = zero;
  let action = i32x4.splat(-1);
  let last = action;
  let cumulative = zero;
  for (let c: usize = 0; c < bytes; c += 4) {
    const p = expV(gather(logProbs + c, s1, s2, s3));
    cumulative = f32x4.add(cumulative, p);
    last = v128.bitselect(index, last, f32x4.gt(p, zero));
    const first = v128.and(f32x4.lt(u, cumulative), i32x4.lt_s(action, zero));
    action = v128.bitselect(index, action, first);
    index = i32x4.add(index, splat32(ONE));
  }
  const found = v128.bitselect(last, action, i32x4.lt_s(action, zero));
  return v128.or(found, f32x4.ne(f32x4.sub(cumulative, u), f32x4.sub(cumulative, u)));
}
