import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  type GossipLink,
  gossip,
  gossipRounds,
  metropolisWeight,
} from "../../../src/algorithms/matrpo/gossip.ts";
import { connect, type LinkMessage } from "../../../src/algorithms/matrpo/link.ts";
import { complete, line, ring, star, type Topology } from "../../../src/algorithms/matrpo/topology.ts";
import { allClose } from "../../support/close.ts";

function neighbourhood(topology: Topology, record?: (message: LinkMessage) => void): GossipLink[][] {
  const links: GossipLink[][] = Array.from({ length: topology.agents }, () => []);
  for (const [i, j] of topology.links) {
    const weight = metropolisWeight(topology, i, j);
    const [first, second] = connect(i, j, record);
    links[i].push({ link: first, weight });
    links[j].push({ link: second, weight });
  }
  return links;
}

test("everyone ends with the average of all, to a thousandth of the spread", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(ring, line, star, complete),
      fc.array(fc.double({ min: 0, max: 1000, noNaN: true }), { minLength: 1, maxLength: 12 }),
      (shape, values) => {
        const topology = shape(values.length);
        const found = gossip("advantage-scale", values, neighbourhood(topology), gossipRounds(topology));
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
    neighbourhood(ring(3), (m) => messages.push(m)),
    1,
  );
  allClose(found, [7, 7, 7], 1e-12);
  assert.is(messages.length, 6);
});

test("a value that is not finite is refused", () => {
  assert.throws(
    () => gossip("advantage-mean", [1, Number.NaN, 2], neighbourhood(ring(3)), 1),
    /advantage-mean/,
  );
});

test.run();
