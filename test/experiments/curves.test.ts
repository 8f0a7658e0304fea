/** `curves.jsonl`: small, rounded as stated, and enough for a report. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { groupRuns } from "../../src/experiments/counted-runs.ts";
import { areCurves, formatCurves, fromCurve, parseCurves, toCurve } from "../../src/experiments/curves.ts";
import type { Measured } from "../../src/experiments/experiment.ts";
import { summarise } from "../../src/experiments/summary.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";
import { measure, partPlan } from "../support/parts.ts";
import { rejects } from "../support/rejects.ts";

const plan = partPlan();
const results = plan.cells.map((cell) => ({ cell, metrics: measure(cell, 1 / 3) }));
const text = formatCurves(plan, results);
const lines = text.trimEnd().split("\n");

test("the first line is the experiment, every other one a run in the order of the experiment", () => {
  assert.ok(areCurves(text));
  const { experiment, curves } = parseCurves(text, "curves.jsonl");
  assert.equal(experiment, plan.resolved);
  assert.equal(
    curves.map(({ task, setting, seed }) => `${task} ${setting} ${seed}`),
    ["small", "large"].flatMap((task) =>
      ["plain", "long"].flatMap((setting) => [1, 2].map((seed) => `${task} ${setting} ${seed}`)),
    ),
  );
  assert.equal(curves[0], toCurve(results[0]));
  assert.is(curves[0].seconds, 4);
  assert.is(curves[0].version, plan.cells[0].config.version);
});

test("runs that have not begun have no line", () => {
  const begun = results.map(({ cell, metrics }, i) => ({ cell, metrics: i === 3 ? metrics : [] }));
  assert.is(parseCurves(formatCurves(plan, begun), "curves.jsonl").curves.length, 1);
});

test("a run that failed has a line with the reason, also without an iteration", () => {
  const failed = results.map(({ cell, metrics }, i) => {
    return { cell, metrics: metrics.slice(0, i), ...(i < 2 && { failure: `reason ${i}` }) };
  });
  const { curves } = parseCurves(formatCurves(plan, failed), "curves.jsonl");
  const [begun, none] = [1, 0].map((i) => curves.find(({ failure }) => failure === `reason ${i}`));
  assert.equal([begun?.iterations, none?.iterations], [1, 0]);
  assert.equal(none && fromCurve(none), []);
  assert.is(curves.length, results.length);
});

const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const klValue = fc.double({ min: 0, max: 1, noNaN: true });
const line = fc.record(
  {
    meanReturn: fc.option(value),
    kl: fc.array(klValue, { minLength: 1, maxLength: 4 }),
    jointKl: klValue,
    seconds: fc.constant({ total: 1.23456789 }),
  },
  { requiredKeys: ["meanReturn", "seconds"] },
);
const anyRun = fc
  .array(line, { minLength: 1, maxLength: 8 })
  .map((drawn): Measured[] => drawn.map((one, i) => ({ iteration: i + 1, ...one })));

test("returns keep five digits and joint KLs three; rounding again changes nothing", () => {
  const [{ cell }] = results;
  fc.assert(
    fc.property(anyRun, (metrics) => {
      const curve = JSON.parse(JSON.stringify(toCurve({ cell, metrics })));
      const back = fromCurve(curve);
      assert.equal(JSON.parse(JSON.stringify(toCurve({ cell, metrics: back }))), curve);
      for (const [i, { meanReturn, jointKl }] of metrics.entries()) {
        const [near, nearKl] = [back[i].meanReturn, back[i].jointKl];
        assert.is(near === null, meanReturn === null);
        assert.is(nearKl === undefined, jointKl === undefined);
        // Half a unit of the last digit that is kept, of the smallest number with that many digits.
        assert.ok(Math.abs((near ?? 0) - (meanReturn ?? 0)) <= 0.5001e-4 * Math.abs(meanReturn ?? 0));
        assert.ok(Math.abs((nearKl ?? 0) - (jointKl ?? 0)) <= 0.5001e-2 * (jointKl ?? 0));
      }
    }),
    { numRuns: 100 },
  );
});

test("500 iterations take at most 8 KB", () => {
  const [long] = partPlan({ iterations: 500 }).cells;
  assert.ok(JSON.stringify(toCurve({ cell: long, metrics: measure(long) })).length <= 8192);
});

test("the numbers of a report made from curves are those made from all metrics, up to the rounding", () => {
  const small = results.filter(({ cell }) => cell.task === "small");
  const rounded = small.map(({ cell, metrics }) => {
    return { cell, metrics: fromCurve(toCurve({ cell, metrics })), rounded: true };
  });
  const [exact, near] = [small, rounded].map((runs) => {
    const experiment = { ...plan, cells: runs.map(({ cell }) => cell) };
    return leaves(summarise(experiment, groupRuns(experiment, runs)));
  });
  assert.equal(
    near.map(([path]) => path),
    exact.map(([path]) => path),
  );
  for (const [i, [path, value]] of exact.entries()) {
    if (typeof value !== "number") assert.is(near[i][1], value, path);
    // Returns down to −100 are off by 0.0005 at most, their differences by twice that; KLs below 0.1 by 0.00005.
    else
      assert.ok(
        Math.abs(Number(near[i][1]) - value) <= (/Kl.*(value|estimate)$/.test(path) ? 5e-5 : 1e-3),
        path,
      );
  }
});

/** What is not an object, with its path. */
function leaves(value: unknown, path = ""): [path: string, value: unknown][] {
  if (typeof value !== "object" || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`));
}

test("a line that is wrong is named", async () => {
  const refuses = (changed: readonly string[], message: RegExp) =>
    rejects(() => parseCurves(changed.join("\n"), "here.jsonl"), InvalidInputError, message);
  const [head, first, second] = lines;
  await refuses([head, first.slice(0, -5)], /here\.jsonl, line 2 is not JSON/);
  await refuses(
    [head, first, second.replace('"iterations":12', '"iterations":11')],
    /line 3: .*every iteration/,
  );
  const empty = { ...JSON.parse(first), iterations: 0, meanReturn: [], jointKl: undefined };
  await refuses([head, JSON.stringify(empty)], /line 2: a run without an iteration must say why it failed/);
  await refuses([head, first.replace('"seed":1', '"seed":"one"')], /line 2: seed is "one"/);
  await refuses([head.replace("curves 1", "curves 2"), first], /line 1: format is "marlstone curves 2"/);
});

test.run();
