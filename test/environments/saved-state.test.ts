/** What environments of users save, looked at when it is saved. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ParallelEnv } from "../../src/environments/environment.ts";
import { fromParallel } from "../../src/environments/from-parallel.ts";
import { requireSavedState } from "../../src/environments/saved-state.ts";
import { HonestEnvironment } from "../support/honest-environment.ts";
import { refuses } from "../support/refuses.ts";

test("what a file would not keep is refused when it is saved, with copy and step", () => {
  const saving = () => Object.assign(new HonestEnvironment(), { saveState: () => ({ met: new Set() }) });
  const env = fromParallel(saving as () => ParallelEnv, { firstCopy: 4 });
  env.reset();
  env.step();
  refuses(() => env.saveState?.(0), "environment, copy 4, step 1: saveState().met is of class Set; use only");
});

test("the first part that is no JSON is named", () => {
  for (const [state, words] of [
    [{ time: 1, counts: [0, new Map()] }, "saveState().counts[1] is of class Map"],
    [[{ time: Number.NaN }], "saveState()[0].time is NaN"],
    [{ next: () => 1 }, "saveState().next is a function"],
    [undefined, "saveState() is undefined"],
    [Promise.resolve(1), "saveState() returned a promise; it must return a plain JSON object at once"],
  ] as const) {
    refuses(() => requireSavedState(state, { id: "orchard" }), `orchard: ${words}`);
  }
});

test("plain JSON is let through, and keys without a value, which nothing is lost with", () => {
  for (const state of [0, "", null, false, [], { list: [null, [1.5], { deep: true }], last: undefined }]) {
    assert.is(requireSavedState(state, { id: "orchard" }), undefined);
  }
  assert.is(requireSavedState(Object.assign(Object.create(null), { time: 1 }), { id: "orchard" }), undefined);
});

test.run();
