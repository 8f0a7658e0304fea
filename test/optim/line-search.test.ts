/** Which scales are tried, and which is returned. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { backtrack } from "../../src/optim/line-search.ts";

test("scales shrink from the start until one is accepted", () => {
  const tried: number[] = [];
  const accept = (scale: number) => {
    tried.push(scale);
    return scale < 0.3;
  };
  assert.is(backtrack({ attempts: 10, shrink: 0.5, accept }), 0.25);
  assert.equal(tried, [1, 0.5, 0.25]);
});

test("the first scale can be chosen and may be accepted at once", () => {
  assert.is(backtrack({ attempts: 1, shrink: 0.8, start: 4, accept: () => true }), 4);
});

test("when none is accepted the scale is 0 after exactly the allowed attempts", () => {
  let calls = 0;
  const accept = () => {
    calls++;
    return false;
  };
  assert.is(backtrack({ attempts: 7, shrink: 0.8, accept }), 0);
  assert.is(calls, 7);
  assert.is(backtrack({ attempts: 0, shrink: 0.8, accept }), 0);
  assert.is(calls, 7);
});

test.run();
