/** The paper's experiments: its teams, its settings, and any part of them. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { figure2 } from "../../src/experiments/definitions/figure-2.ts";
import { scaling } from "../../src/experiments/definitions/scaling.ts";
import { defineStudy, type StudyChoice } from "../../src/experiments/definitions/study.ts";
import { paperSettings } from "../../src/experiments/definitions/worlds.ts";
import { planExperiment } from "../../src/experiments/plan.ts";
import { makeLearner } from "../../src/training/setup.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";
import { rejects } from "../support/rejects.ts";

const plan = (study: typeof figure2, choice?: StudyChoice) =>
  planExperiment(defineStudy(study, choice), study.name);
const configOf = (task: string, setting: string, choice: StudyChoice) => {
  const cell = plan(figure2, choice).cells.find((found) => found.task === task && found.setting === setting);
  assert.ok(cell, `${task} ${setting}`);
  return cell.config;
};

test("figure 2 is three algorithms on four teams, five seeds, 500 iterations, the paper's settings", () => {
  const { cells, pairs } = plan(figure2);
  assert.is(cells.length, 4 * 3 * 5);
  assert.equal(
    [...new Set(pairs.map(({ setting }) => setting))],
    ["matrpo-paper", "trpo-central-paper", "trpo-independent-paper"],
  );
  assert.equal(
    [...new Set(pairs.map(({ task }) => task))],
    ["navigation-3", "navigation-6", "treasure-8", "treasure-12"],
  );
  for (const { config } of cells) assert.equal([config.iterations, config.preset], [500, "paper"]);
});

test("the authors' own log stands beside our curves, and only where it belongs", () => {
  const { tasks } = plan(figure2);
  assert.equal(
    tasks["navigation-3"].references?.map(({ points }) => [points?.[0], points?.at(-1)]),
    [
      [
        [1, -292],
        [500, -65.3],
      ],
    ],
  );
  assert.match(tasks["navigation-3"].references?.[0].title ?? "", /1 seed, shared noise.* −67\.5$/);
  const others = [...Object.values(tasks).slice(1), ...Object.values(plan(scaling).tasks)];
  assert.ok(others.every(({ references }) => references === undefined));
});

// Li & He 2020, Table I: activations K, penalty ρ, bound δ.
const table1 = [
  ["navigation-3", 3, 100, 1, 0.003],
  ["navigation-6", 6, 150, 1, 0.003],
  ["treasure-8", 8, 200, 5, 0.001],
  ["treasure-12", 12, 500, 5, 0.001],
] as const;

for (const [task, agents, admmIterations, penalty, maxKl] of table1) {
  test(`${task} has ${agents} agents and its row of Table I, for baselines the bound alone`, () => {
    const choice = { presets: ["paper", "official", "default"] };
    for (const preset of choice.presets.slice(0, 2)) {
      const { options } = configOf(task, `matrpo-${preset}`, choice);
      assert.equal(
        [options.admmIterations, options.penalty, options.maxKl],
        [admmIterations, penalty, maxKl],
      );
      for (const algorithm of ["trpo-central", "trpo-independent"]) {
        assert.is(configOf(task, `${algorithm}-${preset}`, choice).options.maxKl, maxKl);
      }
    }
    const usual = configOf(task, "matrpo", choice);
    assert.equal([usual.preset, usual.options.maxKl, usual.options.admmIterations], ["default", 0.02, null]);
    assert.is(makeLearner(usual).environment.spec.agents.length, agents);
  });
}

test("the authors' program cuts traces early on treasures and not at all on navigation", () => {
  const choice = { presets: ["paper", "official"] };
  for (const algorithm of ["matrpo", "trpo-central", "trpo-independent"]) {
    const ends = (task: string, preset: string) =>
      configOf(task, `${algorithm}-${preset}`, choice).options.episodeEnds;
    assert.equal([ends("treasure-8", "official"), ends("navigation-6", "official")], ["early", "ignored"]);
    assert.equal([ends("treasure-8", "paper"), ends("navigation-6", "paper")], ["exact", "exact"]);
  }
});

test("a part of a study is what was chosen", () => {
  const tasks = ["treasure-8", "navigation-3"];
  const { cells } = plan(figure2, {
    tasks,
    algorithms: ["matrpo"],
    presets: ["default"],
    seeds: 1,
    iterations: 7,
  });
  const found = cells.map(({ task, setting, seed, config }) => [task, setting, seed, config.iterations]);
  assert.equal(found, [
    ["treasure-8", "matrpo", 1, 7],
    ["navigation-3", "matrpo", 1, 7],
  ]);
});

test("scaling compares teams of 3, 6, 9 and 12 of each world, two banks among them, by their number", () => {
  const { tasks, pairs } = plan(scaling);
  const sizes = Object.values(tasks).map(({ scale }) => [scale?.world, scale?.agents]);
  const worlds = ["Cooperative navigation", "Treasure collection"];
  assert.equal(
    sizes,
    worlds.flatMap((world) => [3, 6, 9, 12].map((agents) => [world, agents])),
  );
  const small = pairs.find(({ task }) => task === "treasure-3");
  assert.equal([small?.config.environmentOptions.hunters, small?.config.environmentOptions.banks], [1, 2]);
  assert.equal(
    [...new Set(pairs.map(({ setting }) => setting))],
    ["matrpo", "trpo-central", "trpo-independent"],
  );
});

test("teams between the rows of Table I take the next larger row, and those beyond it the largest", () => {
  const agents = (world: "navigation" | "treasure", team: number) => paperSettings(world, team).agents;
  assert.equal(
    [agents("navigation", 4), agents("navigation", 9), agents("treasure", 3), agents("treasure", 9)],
    [6, 6, 8, 12],
  );
});

test("unknown tasks, algorithms and presets suggest the right one", async () => {
  const refuses = (choice: StudyChoice, message: RegExp) =>
    rejects(() => plan(figure2, choice), InvalidInputError, message);
  await refuses({ tasks: ["treasure-9"] }, /no task of figure-2 "treasure-9"; did you mean "treasure-8"/);
  await refuses({ algorithms: ["matrop"] }, /no algorithm of the paper "matrop"; did you mean "matrpo"/);
  await refuses({ presets: ["officail"] }, /no preset "officail"; did you mean "official"/);
});

test.run();
