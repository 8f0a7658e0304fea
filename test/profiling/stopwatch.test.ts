import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Phase, phaseNames } from "../../src/profiling/phases.ts";
import { Stopwatch } from "../../src/profiling/stopwatch.ts";

/** A clock that is moved by hand, in seconds; whole ones, so that sums are exact. */
function handClock() {
  let now = 1000;
  return {
    clock: () => now,
    pass: (seconds: number) => {
      now += 1000 * seconds;
    },
  };
}

test("a phase inside another takes its time from it", () => {
  const { clock, pass } = handClock();
  const stopwatch = new Stopwatch("other", clock);
  pass(1);
  const result = stopwatch.measure("solves", () => {
    pass(2);
    stopwatch.measure("vectors", () => pass(4));
    stopwatch.measure("vectors", () => pass(8));
    pass(16);
    return "done";
  });
  pass(32);
  assert.is(result, "done");
  assert.equal(stopwatch.read(), { other: 33, solves: 18, vectors: 12 });
});

test("a phase inside itself counts once", () => {
  const { clock, pass } = handClock();
  const stopwatch = new Stopwatch("other", clock);
  stopwatch.measure("solves", () => {
    pass(1);
    stopwatch.measure("solves", () => pass(2));
  });
  assert.is(stopwatch.read().solves, 3);
});

test("a body that throws gives the clock back", () => {
  const { clock, pass } = handClock();
  const stopwatch = new Stopwatch("exchange", clock);
  const fail = () => {
    pass(1);
    throw new Error("broken");
  };
  assert.throws(() => stopwatch.measure("lineSearch", fail), /broken/);
  pass(2);
  assert.equal(stopwatch.read(), { exchange: 2, lineSearch: 1 });
});

test("reading does not stop it", () => {
  const { clock, pass } = handClock();
  const stopwatch = new Stopwatch("acting", clock);
  pass(1);
  assert.equal(stopwatch.read(), { acting: 1 });
  pass(2);
  assert.is(stopwatch.enter("environment"), "acting");
  assert.equal(stopwatch.read(), { acting: 3, environment: 0 });
});

test("whatever the phases, their seconds add up to the time that passed", () => {
  const moves = fc.array(fc.tuple(fc.constantFrom<Phase>(...phaseNames), fc.nat(1000), fc.boolean()));
  fc.assert(
    fc.property(moves, (list) => {
      const { clock, pass } = handClock();
      const stopwatch = new Stopwatch("other", clock);
      for (const [phase, seconds, nested] of list) {
        if (nested) stopwatch.measure(phase, () => pass(seconds));
        else stopwatch.enter(phase);
        pass(1);
      }
      const expected = list.reduce((sum, [, seconds, nested]) => sum + 1 + (nested ? seconds : 0), 0);
      const found = Object.values(stopwatch.read()).reduce((sum, seconds) => sum + seconds, 0);
      assert.is(found, expected);
    }),
  );
});

test.run();
