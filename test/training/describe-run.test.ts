/** Runs in a few words: what was chosen, and nothing that is usual. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { describeEnvironment, describeRun } from "../../src/training/describe-run.ts";
import { differences } from "../../src/training/differences.ts";
import { resolveRun } from "../../src/training/run-config.ts";

test("seeds do not show, presets and own options do", () => {
  assert.is(describeRun(resolveRun({ seed: 9 })), "matrpo");
  assert.is(describeRun(resolveRun({ preset: "paper" })), "matrpo paper");
  const config = resolveRun({ preset: "paper", options: { gamma: 0.9, hiddenSizes: [8], maxKl: 0.003 } });
  assert.is(describeRun(config), "matrpo paper, gamma 0.9, hiddenSizes [8]");
});

test("environments show their agents and what is unusual", () => {
  assert.is(describeEnvironment(resolveRun({})), "particle/cooperative-navigation, 3 agents");
  const config = resolveRun({ environmentOptions: { agents: 2, episodeLimit: 25 } });
  assert.is(describeEnvironment(config), "particle/cooperative-navigation, 2 agents, episodeLimit 25");
});

test("differences are found at any depth and named by their path", () => {
  assert.equal(differences({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, "x", "y"), []);
  assert.equal(differences({ a: [1, 2], c: null }, { a: [1, 3], b: "t", c: {} }, "x", "y"), [
    "a.1 is 2 in x, 3 in y",
    'b is absent in x, "t" in y',
    "c is null in x, {} in y",
  ]);
  assert.equal(differences([1], { 0: 1 }, "x", "y"), [' is [1] in x, {"0":1} in y']);
});

test.run();
