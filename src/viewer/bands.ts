/** Which intervals are worth drawing, and how far. */
import type { Interval } from "../statistics/student.ts";

/** Seeds from which on an interval is drawn: with two, Student's reaches 12.7 standard errors each way. */
export const BAND_SEEDS = 3;

/** How far beyond all values an interval is drawn, in terms of their range. */
const ROOM = 0.2;

/** Cuts intervals of few seeds that reach far beyond every value, so that the axis is made for the values. */
export function cutAround(values: readonly number[]): <I extends Interval>(interval: I) => I {
  const lowest = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const highest = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const room = ROOM * (highest - lowest);
  return (interval) => ({
    ...interval,
    low: Math.max(interval.low, lowest - room),
    high: Math.min(interval.high, highest + room),
  });
}
