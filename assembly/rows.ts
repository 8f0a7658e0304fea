/**
 * Rows of `width` values that hold `heads` segments of the i32 sizes at `sizes`, four rows at a time, a row a lane.
 * When fewer than four remain the last row fills the other lanes: they write the same values again.
 */

/** Bytes of head h in a row. */
export function headBytes(sizes: usize, head: i32): usize {
  return (<usize>load<i32>(sizes + ((<usize>head) << 2))) << 2;
}

/** Bytes of a row. */
export function rowBytes(heads: i32, sizes: usize): usize {
  let bytes: usize = 0;
  for (let h = 0; h < heads; h++) bytes += headBytes(sizes, h);
  return bytes;
}

/** From the first row to the row of a lane when `left` rows remain. */
export function laneOffset(lane: i32, left: i32, stride: usize): usize {
  return <usize>min(lane, left - 1) * stride;
}

/** The values at p and at three offsets from it. */
export function gather(p: usize, s1: usize, s2: usize, s3: usize): v128 {
  const two = v128.load_lane<u32>(p + s1, v128.load_zero<u32>(p), 1);
  return v128.load_lane<u32>(p + s3, v128.load_lane<u32>(p + s2, two, 2), 3);
}

export function scatter(p: usize, s1: usize, s2: usize, s3: usize, value: v128): void {
  v128.store_lane<u32>(p, value, 0);
  v128.store_lane<u32>(p + s1, value, 1);
  v128.store_lane<u32>(p + s2, value, 2);
  v128.store_lane<u32>(p + s3, value, 3);
}

/** One value of each of four rows that are `stride` bytes apart. */
export function gatherRows(p: usize, left: i32, stride: usize): v128 {
  return gather(p, laneOffset(1, left, stride), laneOffset(2, left, stride), laneOffset(3, left, stride));
}

export function scatterRows(p: usize, left: i32, stride: usize, value: v128): void {
  scatter(p, laneOffset(1, left, stride), laneOffset(2, left, stride), laneOffset(3, left, stride), value);
}
