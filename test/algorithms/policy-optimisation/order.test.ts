import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { orderAgents } from "../../../src/algorithms/policy-optimisation/order.ts";
import { Random } from "../../../src/tensor/random.ts";

const golden = JSON.parse(readFileSync(new URL("../../golden/a2po.json", import.meta.url), "utf8"));

/** A stream whose integers are these. */
function scripted(picks: readonly number[]): Random {
  const rest = [...picks];
  return { integer: () => rest.shift() } as unknown as Random;
}

const scoreLists = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 7 });

test("golden semi-greedy order", () => {
  const { scores, picks, order } = golden.semi_greedy;
  const options = { rule: "semi-greedy", firstPick: "greedy" } as const;
  assert.equal(orderAgents(options, scores, scripted(picks)), order);
});

test("an order has every agent once", () => {
  fc.assert(
    fc.property(
      scoreLists,
      fc.constantFrom("fixed", "random", "greedy", "semi-greedy"),
      fc.constantFrom("greedy", "random"),
      fc.nat(1000),
      (scores, rule, firstPick, seed) => {
        const order = orderAgents(
          { rule, firstPick } as Parameters<typeof orderAgents>[0],
          scores,
          Random.fromSeed(seed),
        );
        assert.equal(
          order.toSorted((a, b) => a - b),
          [...scores.keys()],
        );
      },
    ),
    { numRuns: 200 },
  );
});

test("every other pick of semi-greedy has the largest score that is left", () => {
  fc.assert(
    fc.property(scoreLists, fc.boolean(), fc.nat(1000), (scores, greedyFirst, seed) => {
      const firstPick = greedyFirst ? "greedy" : "random";
      const order = orderAgents({ rule: "semi-greedy", firstPick }, scores, Random.fromSeed(seed));
      for (let position = greedyFirst ? 0 : 1; position < order.length; position += 2) {
        const left = order.slice(position).map((agent) => scores[agent]);
        assert.is(left[0], Math.max(...left));
      }
    }),
  );
});

/** How often each agent comes first in 600 orders. */
function firsts(options: Parameters<typeof orderAgents>[0], scores: readonly number[]): number[] {
  const random = Random.fromSeed(7);
  const counts = scores.map(() => 0);
  for (let i = 0; i < 600; i++) counts[orderAgents(options, scores, random)[0]]++;
  return counts;
}

test("ties and random orders favour nobody", () => {
  const cases = [
    { rule: "greedy", firstPick: "greedy" },
    { rule: "semi-greedy", firstPick: "greedy" },
    { rule: "semi-greedy", firstPick: "random" },
    { rule: "random", firstPick: "greedy" },
  ] as const;
  for (const options of cases) {
    // 200 expected, standard deviation 11.5: 150 to 250 is more than four of them.
    for (const count of firsts(options, [0.5, 0.5, 0.5])) assert.ok(count > 150 && count < 250, `${count}`);
  }
});

test("a fixed order is that of the numbers, a greedy one that of the scores", () => {
  const scores = [0.1, 0.9, 0.4];
  const random = Random.fromSeed(1);
  assert.equal(orderAgents({ rule: "fixed", firstPick: "greedy" }, scores, random), [0, 1, 2]);
  assert.equal(orderAgents({ rule: "greedy", firstPick: "greedy" }, scores, random), [1, 2, 0]);
});

test.run();
