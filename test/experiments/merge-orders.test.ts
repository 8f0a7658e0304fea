/** One order out of several. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { byName, byNumber, mergeOrders } from "../../src/experiments/merge-orders.ts";

test("what every order says holds, and names decide the rest", () => {
  assert.equal(mergeOrders([["c", "a"], ["b"]], byName), ["b", "c", "a"]);
  assert.equal(
    mergeOrders(
      [
        ["z", "m"],
        ["m", "a"],
      ],
      byName,
    ),
    ["z", "m", "a"],
  );
  assert.equal(mergeOrders([["treasure-12"], ["treasure-8"]], byName), ["treasure-8", "treasure-12"]);
  assert.equal(mergeOrders([[3, 1], [2]], byNumber), [2, 3, 1]);
  assert.equal(mergeOrders([], byNumber), []);
});

test("orders that contradict each other lose their say, and nothing is lost", () => {
  assert.equal(mergeOrders([["b", "a"], ["a", "b"], ["c"]], byName), ["c", "a", "b"]);
  assert.equal(mergeOrders([["01"], ["1"]], byName), ["01", "1"]);
});

const values = ["a", "b", "c", "d", "e"];
const partOf = fc.subarray(values);

test("parts of one order keep it, and the order of the parts is of no account", () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray(values, { minLength: 5 }),
      fc.array(partOf, { maxLength: 4 }),
      fc.integer(),
      (order, parts, turn) => {
        const orders = parts.map((part) => order.filter((value) => part.includes(value)));
        const at = orders.length === 0 ? 0 : Math.abs(turn % orders.length);
        const turned = [...orders.slice(at), ...orders.slice(0, at)];
        const merged = mergeOrders(orders, byName);
        assert.equal(mergeOrders(turned, byName), merged);
        assert.equal([...merged].sort(), [...new Set(parts.flat())].sort());
        assert.equal(mergeOrders([...orders, order], byName), order);
        for (const one of orders)
          assert.equal(
            merged.filter((value) => one.includes(value)),
            one,
          );
      },
    ),
    { numRuns: 200 },
  );
});

test.run();
