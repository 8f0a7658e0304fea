/** out[count,width] = rows of X, by their i32 numbers. */
import { loadLanes, storeLanes } from "./lanes";

export function gatherRowsF32(x: usize, order: usize, out: usize, count: i32, width: i32): void {
  const bytes = (<usize>width) << 2;
  const whole = (<usize>(width & ~3)) << 2;
  const rest = width & 3;
  for (let i = 0; i < count; i++, order += 4, out += bytes) {
    const row = x + <usize>load<i32>(order) * bytes;
    for (let at: usize = 0; at < whole; at += 16) v128.store(out + at, v128.load(row + at));
    storeLanes(out + whole, loadLanes(row + whole, rest), rest);
  }
}
