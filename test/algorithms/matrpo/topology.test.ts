import { test } from "uvu";
import * as assert from "uvu/assert";
import { complete, degree, line, ring, star, topology } from "../../../src/algorithms/matrpo/topology.ts";

test("a ring of three links everyone to everyone, closed from the last agent to the first", () => {
  assert.equal(ring(3).links, [
    [0, 1],
    [1, 2],
    [2, 0],
  ]);
});

test("two agents share one link in every topology, one agent has none", () => {
  for (const shape of [ring, line, star, complete]) {
    assert.equal(shape(2).links, [[0, 1]]);
    assert.equal(shape(1).links, []);
  }
});

test("degrees are those of the graph", () => {
  assert.equal(
    [0, 1, 2, 3].map((agent) => degree(ring(4), agent)),
    [2, 2, 2, 2],
  );
  assert.equal(
    [0, 1, 2, 3].map((agent) => degree(line(4), agent)),
    [1, 2, 2, 1],
  );
  assert.equal(
    [0, 1, 2, 3].map((agent) => degree(star(4), agent)),
    [3, 1, 1, 1],
  );
  assert.equal(
    [0, 1, 2, 3].map((agent) => degree(complete(4), agent)),
    [3, 3, 3, 3],
  );
});

test("a star may stand around any agent", () => {
  assert.equal(star(4, 2).links, [
    [2, 0],
    [2, 1],
    [2, 3],
  ]);
  assert.throws(() => star(3, 3), /link \[3, 0\]/);
});

test("impossible graphs are refused with what is wrong", () => {
  assert.throws(() => topology(3, [[0, 3]]), /link \[0, 3\].*0 to 2/);
  assert.throws(() => topology(3, [[1, 1]]), /two different agents/);
  assert.throws(
    () =>
      topology(2, [
        [0, 1],
        [1, 0],
      ]),
    /given twice/,
  );
  assert.throws(
    () =>
      topology(4, [
        [0, 1],
        [2, 3],
      ]),
    /agents 2, 3 cannot be reached/,
  );
  assert.throws(() => ring(0), /0 agents/);
});

test.run();
