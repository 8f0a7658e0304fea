/** Numbers and tables as a reader sees them. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  formatDuration,
  formatNumber,
  markdownTable,
  plusMinus,
  withBounds,
} from "../../src/experiments/markdown.ts";

test("numbers have the digits that matter and a true minus", () => {
  const shown: readonly (readonly [value: number, text: string])[] = [
    [-265.7012, "−265.7"],
    [99.96, "100.0"],
    [-61.524, "−61.52"],
    [1, "1.00"],
    [0.020413, "0.0204"],
    [0.9996, "1.00"],
    [0, "0"],
    [-0.0, "0"],
    [-1e-9, "−1.00e−9"],
  ];
  for (const [value, text] of shown) assert.is(formatNumber(value), text);
});

test("an interval is shown only where several values made it", () => {
  const interval = { estimate: -61.5, low: -63, high: -60 };
  assert.is(plusMinus(interval, 5), "−61.50 ± 1.50");
  assert.is(plusMinus(interval, 1), "−61.50");
  assert.is(withBounds(interval, 5), "−61.50 [−63.00, −60.00]");
  assert.is(withBounds(interval, 1), "−61.50");
  assert.is(plusMinus({ estimate: 0.0202, low: 0.020148, high: 0.020252 }, 3), "0.0202 ± 0.000052");
});

test("tables have a head, a rule and no cell that breaks them", () => {
  assert.is(
    markdownTable([
      ["a", "b"],
      ["x|y", "1\n2"],
    ]),
    "| a | b |\n|---|---|\n| x\\|y | 1 2 |",
  );
});

test("durations have two units", () => {
  assert.is(formatDuration(12.34), "12.3 s");
  assert.is(formatDuration(59.94), "59.9 s");
  assert.is(formatDuration(59.97), "1 min 00 s");
  assert.is(formatDuration(260), "4 min 20 s");
  assert.is(formatDuration(3599.8), "1 h 00 min");
  assert.is(formatDuration(3779), "1 h 03 min");
});

test.run();
