/** The last 0 to 3 values of a vector loop: only those lanes touch memory. */

/** Lanes 0 … count − 1 from memory, the others +0; 0 ≤ count ≤ 3. */
export function loadLanes(pointer: usize, count: i32): v128 {
  if (count === 1) return v128.load_zero<f32>(pointer);
  if (count === 2) return v128.load_zero<f64>(pointer);
  if (count === 3) return v128.load_lane<f32>(pointer + 8, v128.load_zero<f64>(pointer), 2);
  return f32x4.splat(0);
}

/** Writes lanes 0 … count − 1; 0 ≤ count ≤ 3. */
export function storeLanes(pointer: usize, value: v128, count: i32): void {
  if (count === 1) v128.store_lane<f32>(pointer, value, 0);
  if (count >= 2) v128.store_lane<f64>(pointer, value, 0);
  if (count === 3) v128.store_lane<f32>(pointer + 8, value, 2);
}

/** Up to four values; the lanes beyond are +0. */
export function loadUpTo(pointer: usize, count: i32): v128 {
  return count < 4 ? loadLanes(pointer, count) : v128.load(pointer);
}

/** Writes up to four values. */
export function storeUpTo(pointer: usize, value: v128, count: i32): void {
  if (count < 4) storeLanes(pointer, value, count);
  else v128.store(pointer, value);
}
