/** Student's interval against values from tables, and its width against simulation. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../src/tensor/random.ts";
import { interval95 } from "../../src/viewer/confidence.ts";
import { close } from "../support/close.ts";

/** A sample of n values with mean 0 and sample variance n, so that the half-width is the quantile itself. */
function standardSample(n: number): number[] {
  const raw = Array.from({ length: n }, (_, i) => i - (n - 1) / 2);
  const variance = raw.reduce((sum, value) => sum + value * value, 0) / (n - 1);
  return raw.map((value) => value * Math.sqrt(n / variance));
}

test("the half-width is the tabulated quantile, beyond the table too", () => {
  const table: readonly (readonly [freedom: number, t: number])[] = [
    ...([
      [1, 12.706],
      [4, 2.776],
      [9, 2.262],
      [30, 2.042],
    ] as const),
    ...([
      [31, 2.0395],
      [40, 2.0211],
      [60, 2.0003],
      [120, 1.9799],
      [10_000, 1.9602],
    ] as const),
  ];
  for (const [freedom, t] of table) {
    const { mean, low, high } = interval95(standardSample(freedom + 1));
    close(mean, 0, 1e-12);
    close(high, t, 5e-4, `t(${freedom})`);
    close(low, -t, 5e-4);
  }
});

test("one value has no width", () => {
  assert.equal(interval95([3]), { mean: 3, low: 3, high: 3 });
});

test("95 of 100 intervals hold the true mean", () => {
  const random = Random.fromSeed(1);
  let held = 0;
  for (let trial = 0; trial < 4000; trial++) {
    const { low, high } = interval95(Array.from({ length: 5 }, () => random.normal()));
    if (low <= 0 && 0 <= high) held++;
  }
  close(held / 4000, 0.95, 0.0138, "coverage (4 standard errors)");
});

test.run();
