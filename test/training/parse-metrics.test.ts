/** Reading metrics: what a crash may have left, and what a hand may have written. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseMetrics } from "../../src/training/parse-metrics.ts";
import { CheckpointError } from "../../src/validation/errors.ts";
import { metricsLine } from "../support/metrics-line.ts";
import { rejects } from "../support/rejects.ts";

const line = (iteration: number, changes: object = {}): string =>
  JSON.stringify({ ...metricsLine(iteration), ...changes });

test("whole lines are read, a torn last one is dropped, a whole last one without newline is kept", () => {
  const read = (text: string) => parseMetrics(text, "m").map(({ iteration }) => iteration);
  assert.equal(read(""), []);
  assert.equal(read(`${line(1)}\n${line(2)}\n`), [1, 2]);
  assert.equal(read(`${line(1)}\n${line(2).slice(0, 12)}`), [1]);
  assert.equal(read(`${line(1)}\n${line(2)}`), [1, 2]);
  assert.equal(read(`${line(1)}\n${line(7)}`), [1]);
});

test("any other broken line is named", async () => {
  for (const [text, message] of [
    [`${line(1)}\n{\n${line(3)}\n`, /^m, line 2: not the metrics of iteration 2\.$/],
    [`${line(2)}\n`, /line 1/],
    [`${line(1)}\nnull\n`, /line 2/],
    [`${line(1)}\n\n`, /line 2/],
    [`${line(1)}\n${line(1)}\n`, /line 2/],
  ] as const) {
    await rejects(() => parseMetrics(text, "m"), CheckpointError, message);
  }
});

test("a value that is no measurement is named with what it must be", async () => {
  const { seconds } = metricsLine(1);
  for (const [changes, message] of [
    [{ meanReturn: "abc" }, / 1: meanReturn is "abc"; it must be a finite number or null\.$/],
    [{ environmentSteps: undefined }, /environmentSteps is missing; it must be a finite number\./],
    [{ seconds: { ...seconds, total: null } }, /seconds\.total is null/],
    [{ kl: [0.1, "0.2"] }, /kl\[1\] is "0\.2"/],
    [{ details: { basisSize: { mean: 3 } } }, /details\.basisSize is \{"mean":3\}/],
    [{ evaluation: { return: 1 } }, /evaluation\.standardError is missing/],
    [{ warnings: "none" }, /warnings is "none"/],
  ] as const) {
    await rejects(() => parseMetrics(`${line(1, changes)}\n`, "m"), CheckpointError, message);
  }
  await rejects(
    () => parseMetrics(`${line(1).replace('"meanReturn":null', '"meanReturn":1e999')}\n`, "m"),
    CheckpointError,
    /meanReturn is Infinity/,
  );
});

test("numbers that were not finite, and fields of other versions, stay as they are", () => {
  const text = line(1, { kl: [null], details: { a: null, b: [1, null] }, later: { b: 1, a: 2 } });
  assert.is(JSON.stringify(parseMetrics(`${text}\n`, "m")[0]), text);
});

test.run();
