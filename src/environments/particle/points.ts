/** Points of the plane between plain JSON [x, y] lists and flat f64 arrays. */
import * as v from "valibot";

export type Point = readonly [number, number];

const finite = v.pipe(v.number(), v.finite());
/** A finite point. */
export const point = v.strictTuple([finite, finite]);

/** A list of exactly `count` finite points. */
export function pointsSchema(count: number) {
  return v.pipe(v.array(point), v.length(count));
}

/** `count` points from index `start` of [x, y, x, y, …]. */
export function readPoints(from: Float64Array, start: number, count: number): Point[] {
  return Array.from({ length: count }, (_, i) => [from[start + 2 * i], from[start + 2 * i + 1]]);
}

export function writePoints(points: readonly Point[], to: Float64Array, start: number): void {
  for (const [i, [x, y]] of points.entries()) {
    to[start + 2 * i] = x;
    to[start + 2 * i + 1] = y;
  }
}
