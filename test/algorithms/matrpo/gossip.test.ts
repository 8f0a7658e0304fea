import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { gossip, gossipRounds } from "../../../src/algorithms/matrpo/gossip.ts";
import type { LinkMessage } from "../../../src/algorithms/matrpo/link.ts";
import { complete, line, ring, star } from "../../../src/algorithms/matrpo/topology.ts";
import { allClose } from "../../support/close.ts";
import { gossipLinks } from "../../support/neighbourhood.ts";

test("everyone ends with the average of all, to a thousandth of the spread", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(ring, line, star, complete),
      fc.array(fc.double({ min: 0, max: 1000, noNaN: true }), { minLength: 1, maxLength: 12 }),
      (shape, values) => {
        const topology = shape(values.length);
        const found = gossip("advantage-scale", values, gossipLinks(topology), gossipRounds(topology));
        const average = values.reduce((sum, value) => sum + value, 0) / values.length;
        const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - average) ** 2, 0));
        allClose(found, new Array(values.length).fill(average), 1.001e-3 * spread + 1e-9);
      },
    ),
    { numRuns: 200 },
  );
});

test("on a ring of three one round is exact: two scalars a link and direction suffice", () => {
  const messages: LinkMessage[] = [];
  assert.is(gossipRounds(ring(3)), 1);
  const found = gossip(
    "advantage-scale",
    [3, 6, 12],
    gossipLinks(ring(3), (m) => messages.push(m)),
    1,
  );
  allClose(found, [7, 7, 7], 1e-12);
  assert.is(messages.length, 6);
});

test("a value that is not finite is refused", () => {
  assert.throws(
    () => gossip("advantage-mean", [1, Number.NaN, 2], gossipLinks(ring(3)), 1),
    /advantage-mean/,
  );
});

test.run();
