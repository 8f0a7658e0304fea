/** Points of a scaling study: divided by the number of agents, in a fixed order. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { groupRuns } from "../../src/experiments/counted-runs.ts";
import { type ScalePoint, scalePoints } from "../../src/experiments/scaling.ts";
import { type FakeRun, fakeExperiment } from "../support/fake-experiment.ts";

const run = (task: string, setting: string, seed: number, value: number, seconds = 2): FakeRun => {
  return { task, setting, seed, returns: [value], seconds };
};
const about = {
  large: { scale: { world: "W", agents: 6 } },
  small: { scale: { world: "W", agents: 3 } },
  other: { scale: { world: "V", agents: 8 } },
};
const points = (runs: readonly FakeRun[]): ScalePoint[] => {
  const { experiment, results } = fakeExperiment(runs, about);
  return scalePoints(experiment, groupRuns(experiment, results));
};

test("returns are divided by the number of agents, and every seed keeps its value", () => {
  assert.equal(points([run("large", "a", 1, -60, 2), run("large", "a", 2, -66, 4)]), [
    {
      world: "W",
      setting: "a",
      agents: 6,
      iterations: 1,
      returnPerAgent: [-10, -11],
      secondsPerIteration: [2, 4],
    },
  ]);
});

test("teams of a world and setting are taken at the iteration that all begun ones have reached", () => {
  const rising = (task: string, setting: string, length: number): FakeRun => {
    return { task, setting, seed: 1, planned: 9, returns: Array.from({ length }, (_, i) => 12 * i) };
  };
  const found = points([
    rising("small", "a", 9),
    rising("large", "a", 3),
    rising("other", "a", 5),
    rising("small", "b", 7),
    rising("large", "b", 0),
  ]);
  assert.equal(
    found.map(({ world, setting, agents, iterations, returnPerAgent }) => [
      `${world} ${setting} ${agents}`,
      iterations,
      ...returnPerAgent,
    ]),
    [
      ["W a 3", 3, 12 / 3],
      ["W a 6", 3, 12 / 6],
      ["W b 3", 7, 36 / 3],
      ["V a 8", 5, 24 / 8],
    ],
  );
});

test("points go by world, setting and number of agents; tasks without a place have none", () => {
  const runs = [
    run("plain", "a", 1, 1),
    run("large", "b", 1, 1),
    run("large", "a", 1, 1),
    run("other", "a", 1, 1),
    run("small", "a", 1, 1),
    run("small", "b", 1, 1),
  ];
  assert.equal(
    points(runs).map(({ world, setting, agents }) => `${world} ${setting} ${agents}`),
    ["W a 3", "W a 6", "W b 3", "W b 6", "V a 8"],
  );
});

test("a task that has not begun has no point", () => {
  assert.equal(points([{ task: "small", setting: "a", seed: 1, returns: [], planned: 3 }]), []);
});

test.run();
