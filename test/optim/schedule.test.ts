import { test } from "uvu";
import * as assert from "uvu/assert";
import { scheduledRate } from "../../src/optim/schedule.ts";
import { refuses } from "../support/refuses.ts";

test("a constant rate stays; a linear one falls to 0 at the end and stays there", () => {
  const at = (progress: number) => [
    scheduledRate("constant", 0.5, progress),
    scheduledRate("linear", 0.5, progress),
  ];
  assert.equal([0, 0.25, 1, 1.5].map(at), [
    [0.5, 0.5],
    [0.5, 0.375],
    [0.5, 0],
    [0.5, 0],
  ]);
});

test("progress that cannot be is refused", () => {
  refuses(() => scheduledRate("linear", 1, -0.1), "-0.1");
  refuses(() => scheduledRate("constant", 1, Number.NaN), "NaN");
});

test.run();
