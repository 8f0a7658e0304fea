import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { cutActions } from "../../src/environments/cut-actions.ts";

const number = fc.float({ noNaN: true });
const interval = fc
  .tuple(number, number)
  .map(([a, b]) => (a < b ? { low: a, high: b } : { low: b, high: a }));

test("an action within its bounds stays, one beyond them becomes the nearest bound, in any part of any row", () => {
  fc.assert(
    fc.property(
      fc.array(interval, { minLength: 1, maxLength: 4 }),
      fc.array(number, { maxLength: 9 }),
      fc.nat(3),
      (intervals, drawn, first) => {
        const low = Float32Array.from(intervals, (bound) => bound.low);
        const high = Float32Array.from(intervals, (bound) => bound.high);
        const cut = Float32Array.from(drawn);
        cutActions({ low, high }, cut, first);
        for (const [i, value] of drawn.entries()) {
          const bound = intervals[(first + i) % intervals.length];
          const [, middle] = [bound.low, value, bound.high].sort((a, b) => a - b);
          assert.ok(cut[i] === middle, `${value} in [${bound.low}, ${bound.high}] became ${cut[i]}`);
        }
      },
    ),
  );
});

test("choices stay as they are, and a number that is none stays to be found", () => {
  const choices = Int32Array.of(7, -1);
  cutActions({}, choices);
  assert.equal([...choices], [7, -1]);
  const none = [Number.NaN];
  cutActions({ low: Float32Array.of(0), high: Float32Array.of(1) }, none);
  assert.ok(Number.isNaN(none[0]));
});

test.run();
