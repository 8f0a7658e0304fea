/** `data.jsonl` read again. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { groupRuns } from "../../src/experiments/counted-runs.ts";
import { formatData, parseData } from "../../src/experiments/data-lines.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";
import { measure, partPlan } from "../support/parts.ts";
import { rejects } from "../support/rejects.ts";

const plan = partPlan({ iterations: 3 });
const results = plan.cells.map((cell) => ({ cell, metrics: measure(cell) }));
const text = formatData(groupRuns(plan, results));
const lines = text.trimEnd().split("\n");

test("what was written is read as it was, in the order of fields too, without times", () => {
  const runs = parseData(text, "data.jsonl");
  assert.is(runs.length, plan.cells.length);
  const results = plan.cells.map((cell) => {
    const { task, setting, seed } = cell;
    const run = runs.find((one) => one.task === task && one.setting === setting && one.seed === seed);
    return { cell, metrics: run?.metrics ?? [] };
  });
  assert.is(formatData(groupRuns(plan, results)), text);
});

test("rounded runs have no lines", () => {
  const mixed = results.map((result, i) => ({ ...result, rounded: i > 0 }));
  assert.is(formatData(groupRuns(plan, mixed)), `${lines.slice(0, 3).join("\n")}\n`);
});

test("a line that is torn, misses something or is out of turn is named", async () => {
  const refuses = (changed: readonly string[], message: RegExp) =>
    rejects(() => parseData(changed.join("\n"), "d.jsonl"), InvalidInputError, message);
  const [first, second, third] = lines;
  await refuses([first, second.slice(0, 40)], /d\.jsonl, line 2 is not JSON/);
  await refuses([first.replace('"meanReturn"', '"mean"')], /d\.jsonl, line 1: meanReturn is missing/);
  await refuses([first, third], /line 2: iteration 3 of small plain seed 1 follows iteration 1; .* cut/);
});

test.run();
