/** Who is there, and when somebody leaves for good: against the definitions, on random histories. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Batch } from "../../src/rollouts/batch.ts";
import { departures, presentRows } from "../../src/rollouts/presence.ts";

const flags = (length: number) => fc.array(fc.constantFrom(0, 1), { minLength: length, maxLength: length });

test("an agent has left after a row when it is not there again before the trace is cut", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }).chain((rows) => fc.tuple(flags(rows), flags(rows), flags(rows))),
      ([alive, cutAfter, after]) => {
        const rows = alive.length;
        const cuts = [...cutAfter.keys()].filter((row) => cutAfter[row] === 1 || row === rows - 1);
        const cutAlive = cuts.map((row) => after[row]);
        const found = departures({ rows, cuts: Int32Array.from(cuts) } as Batch, {
          alive: Uint8Array.from(alive),
          cutAlive: Uint8Array.from(cutAlive),
        });
        for (let row = 0; row < rows; row++) {
          const index = cuts.findIndex((cut) => cut >= row);
          const later = [...alive.slice(row + 1, cuts[index] + 1), cutAlive[index]];
          assert.is(found[row], later.includes(1) ? 0 : 1, `row ${row}`);
        }
      },
    ),
    { numRuns: 200 },
  );
});

test("rows in which an agent is there are kept in order, with all their values", () => {
  const values = Float32Array.of(1, 2, 3, 4, 5, 6);
  assert.equal(presentRows(values, Uint8Array.of(1, 0, 1), 2), Float32Array.of(1, 2, 5, 6));
  assert.equal(presentRows(Int32Array.of(7, 8), Uint8Array.of(0, 1)), Int32Array.of(8));
  assert.is(presentRows(values, Uint8Array.of(1, 1, 1), 2), values, "nothing is copied");
});

test.run();
