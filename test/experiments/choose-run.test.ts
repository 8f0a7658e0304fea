/** One run from several places: the same to the bit, the longest, whatever the order. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { chooseRun, type FoundRun } from "../../src/experiments/choose-run.ts";
import { fromCurve, toCurve } from "../../src/experiments/curves.ts";
import { seconds } from "../../src/experiments/measures.ts";
import { foundRun, measure, partPlan } from "../support/parts.ts";
import { refuses } from "../support/refuses.ts";

const [cell] = partPlan().cells;
const full = foundRun(cell);
const upTo = (length: number, changes: Partial<FoundRun> = {}) =>
  foundRun(cell, { metrics: measure(cell).slice(0, length), ...changes });
const rounded = (run: FoundRun): FoundRun => {
  return { ...run, source: "curves", metrics: fromCurve(toCurve(run)), rounded: true };
};
const untimed = (run: FoundRun): FoundRun => {
  return { ...run, source: "data", metrics: run.metrics.map(({ seconds: _, ...line }) => line) };
};
/** In both orders, which must agree. */
function choose(...found: readonly FoundRun[]) {
  const chosen = chooseRun(cell, found);
  assert.equal(chooseRun(cell, [...found].reverse()), chosen);
  return chosen;
}

test("a cell that was found nowhere has not begun", () => {
  assert.equal(chooseRun(cell, []), { cell, metrics: [] });
});

test("the longest is taken, rounded or not", () => {
  assert.equal(choose(upTo(3), full, upTo(11)).metrics, full.metrics);
  assert.equal(choose(upTo(11), rounded(full)).metrics, rounded(full).metrics);
});

test("of equally long ones the exact one is taken, and times from whoever has them", () => {
  const { metrics, rounded: isRounded } = choose(rounded(full), untimed(full));
  assert.is(isRounded, false);
  assert.equal(
    metrics.map(({ seconds: _, ...line }) => line),
    untimed(full).metrics,
  );
  assert.is(seconds(metrics), 24);
  assert.equal(choose(untimed(full), full).metrics, full.metrics);
  assert.is(seconds(choose(untimed(full), rounded(upTo(3))).metrics), null);
});

test("times may differ, and which are taken does not depend on the order", () => {
  const slow = foundRun(cell, { metrics: measure(cell, 5) });
  assert.ok([24, 60].includes(seconds(choose(full, slow).metrics) ?? 0));
});

test("a failure stays while no place has gone further, and goes when another has", () => {
  const failed = upTo(5, { failure: "out of memory" });
  assert.is(choose(failed, upTo(3)).failure, "out of memory");
  assert.is(choose(failed, upTo(5)).failure, "out of memory");
  assert.is(choose(failed, upTo(5, { failure: "killed" })).failure, "killed");
  assert.is(choose(failed, upTo(6)).failure, undefined);
  assert.is(choose(upTo(0, { failure: "at once" })).failure, "at once");
  assert.is(choose({ ...full, failure: "too late to matter" }).failure, undefined);
});

test("the version is that of the run", () => {
  const old = { ...full, cell: { ...cell, config: { ...cell.config, version: "0.0.1" } } };
  assert.is(choose(old, upTo(3)).cell.config.version, "0.0.1");
});

test("a difference in any iteration that both have is refused, with place and both values", () => {
  const other = upTo(5);
  const metrics = other.metrics.map((line, i) => (i === 3 ? { ...line, meanReturn: -1.5 } : line));
  refuses(
    () => choose({ ...other, metrics, source: "elsewhere" }, full),
    "small plain seed 1: meanReturn of iteration 4 is -1.5 in elsewhere, ",
    "in in/runs/small/plain/seed-1. Runs of one task",
  );
  refuses(() => choose(full, rounded({ ...other, metrics })), "meanReturn[4] is ");
});

test("one unit in the last place is a difference, of any metric", () => {
  const nudged = measure(cell);
  const { kl = [] } = nudged[11];
  const metrics = [...nudged.slice(0, 11), { ...nudged[11], kl: [kl[0], kl[1] * (1 + 2 ** -52)] }];
  refuses(() => choose(full, { ...full, metrics }), "kl[2] of iteration 12 is ");
});

test("what only one of two versions measures is no difference", () => {
  const more = full.metrics.map((line) => ({ ...line, somethingNew: 1 }));
  assert.is(choose(full, { ...full, metrics: more }).metrics.length, 12);
});

test.run();
