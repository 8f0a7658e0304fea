/** Settings against each other: seed by seed, at the iteration both have reached. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Comparison, compareSettings } from "../../src/experiments/comparisons.ts";
import { groupRuns } from "../../src/experiments/counted-runs.ts";
import { studentInterval } from "../../src/statistics/student.ts";
import { Random } from "../../src/tensor/random.ts";
import { type FakeRun, fakeExperiment, flat } from "../support/fake-experiment.ts";

const run = (setting: string, seed: number, value: number, length = 60): FakeRun => {
  return { task: "t", setting, seed, returns: flat(value, length), planned: 60 };
};
const compare = (runs: readonly FakeRun[]): Comparison[] => {
  const { experiment, results } = fakeExperiment(runs);
  return compareSettings(groupRuns(experiment, results), Random.fromSeed(1));
};

test("differences are taken between equal seeds", () => {
  const luck = [0, 50, 100, 150];
  const [{ differences, student, bootstrap, ...names }] = compare([
    ...luck.map((value, seed) => run("a", seed, value + [3, 5, 4, 4][seed])),
    ...luck.map((value, seed) => run("b", seed, value)).reverse(),
    run("b", 9, 1000),
  ]);
  assert.equal([names.first, names.second, names.iterations], ["a", "b", 60]);
  assert.equal(
    differences.map(({ value }) => value),
    [3, 5, 4, 4],
  );
  assert.equal(student, studentInterval([3, 5, 4, 4]));
  assert.ok(student.low > 0, "found although seeds differ by 50");
  assert.ok(bootstrap.estimate === 4 && bootstrap.low >= 3 && bootstrap.high <= 5);
});

test("all pairs are compared, earlier settings first", () => {
  const pairs = compare(["a", "b", "c"].flatMap((setting, i) => [run(setting, 1, i), run(setting, 2, i)]));
  assert.equal(
    pairs.map(({ first, second, student }) => [first, second, student.estimate]),
    [
      ["a", "b", -1],
      ["a", "c", -2],
      ["b", "c", -1],
    ],
  );
});

test("a setting that has come further is compared where the other one is", () => {
  const rising = Array.from({ length: 60 }, (_, i) => i + 1);
  const [{ iterations, differences }] = compare([
    { task: "t", setting: "a", seed: 1, returns: rising },
    run("b", 1, 0, 10),
  ]);
  assert.is(iterations, 10);
  assert.equal(differences, [{ seed: 1, value: 5.5 }]);
});

test("the probability counts all seeds of both settings", () => {
  const [{ probability, differences }] = compare([
    ...[1, 2, 3].map((value, i) => run("a", i, value)),
    ...[0, 2.5].map((value, i) => run("b", i, value)),
  ]);
  assert.is(differences.length, 2);
  assert.is(probability.estimate, 4 / 6);
  assert.ok(probability.low >= 0 && probability.low < 4 / 6 && probability.high <= 1);
});

test("settings without a common seed, or without any value, are not compared", () => {
  assert.equal(compare([run("a", 1, 1), run("b", 2, 1)]), []);
  assert.equal(compare([run("a", 1, 1), run("b", 1, 1, 0)]), []);
});

test.run();
