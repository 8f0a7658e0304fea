/** From an experiment file to cells: forms, overrides, order, and all mistakes at once with their places. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Plan, planExperiment } from "../../src/experiments/plan.ts";
import { watchOptions } from "../../src/training/run-config.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";
import { fakeCatalogue } from "../support/fake-run.ts";
import { rejects } from "../support/rejects.ts";
import { tinyExperiment } from "../support/tiny-experiment.ts";

const fake = (changes: object = {}): object => ({
  name: "grid",
  tasks: {
    small: { environment: "test/counting" },
    large: { environment: "test/counting", environmentOptions: { agents: 4 }, title: "Four" },
  },
  settings: { plain: { algorithm: "fake" }, short: { algorithm: "fake", preset: "short" } },
  seeds: 2,
  iterations: 10,
  ...changes,
});
const plan = (changes?: object): Plan => planExperiment(fake(changes), "grid.json", fakeCatalogue);
const names = ({ cells }: Plan) => cells.map(({ task, setting, seed }) => `${task} ${setting} ${seed}`);
async function refuses(file: unknown, message: RegExp): Promise<void> {
  await rejects(() => planExperiment(file, "grid.json", fakeCatalogue), InvalidInputError, message);
}

test("cells are tasks × settings × seeds; every pair has its first seed before any its second", () => {
  const grid = plan();
  assert.equal(names(grid), [
    "small plain 1",
    "small short 1",
    "large plain 1",
    "large short 1",
    "small plain 2",
    "small short 2",
    "large plain 2",
    "large short 2",
  ]);
  const { cells, tasks, settings, title } = grid;
  assert.is(cells[7].directory, "runs/large/short/seed-2");
  const { environmentOptions, options, preset, seed, iterations, checkpointEvery } = cells[7].config;
  assert.equal(
    { environmentOptions, gamma: options.gamma, preset, seed, iterations, checkpointEvery },
    {
      environmentOptions: { agents: 4 },
      gamma: 0.5,
      preset: "short",
      seed: 2,
      iterations: 10,
      checkpointEvery: 1,
    },
  );
  assert.equal(tasks, {
    small: { title: "small", environment: "test/counting" },
    large: { title: "Four", environment: "test/counting" },
  });
  assert.equal(settings, { plain: { title: "plain" }, short: { title: "short" } });
  assert.is(title, "grid");
});

test("options for a task beat the setting's, which beat the preset; false leaves the pair out", () => {
  const tasks = { large: { options: { gamma: 0.7 }, iterations: 3, seeds: [9, 4] }, small: false };
  const own = { algorithm: "fake", preset: "short", options: { gamma: 0.6, environmentCopies: 2 }, tasks };
  const grid = plan({ settings: { plain: { algorithm: "fake" }, own } });
  assert.equal(names(grid), [
    "small plain 1",
    "large plain 1",
    "large own 9",
    "small plain 2",
    "large plain 2",
    "large own 4",
  ]);
  const { options, iterations } = grid.cells[2].config;
  assert.equal(options, { stepsPerIteration: 20, environmentCopies: 2, gamma: 0.7 });
  assert.is(iterations, 3);
});

test("what stands for comparison reaches the report, with the agents that the environment has", () => {
  const scores = { low: -3, high: 2.5 };
  const about = { environment: "test/counting", scores, scale: { world: "Counting" } };
  const scale = { world: "Counting", agents: 2 };
  const grid = plan({ tasks: { one: about } });
  assert.equal(grid.tasks.one, { title: "one", environment: "test/counting", scores, scale });
});

test("the experiment spelled out makes the same plan, also as JSON", () => {
  const tasks = { large: { options: { gamma: 0.7 }, iterations: 3, seeds: [9, 4] }, small: false };
  const first = plan({
    settings: { a: { algorithm: "fake", preset: "short", tasks }, b: { algorithm: "fake" } },
  });
  const again = planExperiment(JSON.parse(JSON.stringify(first.resolved)), "experiment.json", fakeCatalogue);
  assert.equal(again, first);
});

test("options that are newer than a file that spells all out have their defaults, whatever the preset has become", () => {
  const { resolved } = plan();
  const older = JSON.parse(
    JSON.stringify(resolved, (key, value) => (key === "gamma" && value === 0.5 ? undefined : value)),
  );
  const gammas = (file: object) =>
    planExperiment(file, "older.json", fakeCatalogue).pairs.map(
      ({ config }) => (config.options as { gamma?: number }).gamma,
    );
  assert.equal(gammas(resolved), [0.95, 0.5, 0.95, 0.5]);
  assert.equal(gammas(older), [0.95, 0.95, 0.95, 0.95]);
  const added = { ...older.settings, new: { algorithm: "fake", preset: "short" } };
  assert.equal(
    gammas({ ...older, settings: added }),
    [0.95, 0.95, 0.5, 0.95, 0.95, 0.5],
    "a setting added by hand",
  );
});

test("runs are evaluated and watched as the experiment says; by default they are not", () => {
  const watched = { evaluateEvery: 4, evaluateEpisodes: 8, evaluateDeterministic: false, tensorboard: true };
  const grid = plan(watched);
  assert.equal(watchOptions(grid.cells[3].config), watched);
  const again = planExperiment(grid.resolved, "experiment.json", fakeCatalogue);
  assert.equal(again.cells, grid.cells);
  assert.is(plan({}).cells[0].config.evaluateEvery, 0);
  assert.not(plan({}).cells[0].config.tensorboard);
});

test("seeds, iterations and checkpoints have defaults", () => {
  const grid = plan({ seeds: undefined, iterations: undefined });
  assert.is(grid.cells.length, 4 * 5);
  assert.is(grid.cells[0].config.iterations, 100);
});

test("the form of a file is checked with the nearest known key", async () => {
  await refuses([], /must be an object/);
  await refuses({}, /name is missing.*; tasks is missing.*; settings is missing/);
  await refuses(
    fake({ iteratons: 3 }),
    /grid\.json: unknown key "iteratons" \(did you mean "iterations"\?\)/,
  );
  await refuses(fake({ seeds: 0 }), /seeds is 0; it must be an integer of at least 1|seeds is 0/);
  await refuses(fake({ seeds: 20241127 }), /seeds: a number n means the seeds 1 to n, at most 1,000; .*list/);
  await refuses(fake({ seeds: [1, 1] }), /seeds: every seed may be listed once/);
  await refuses(fake({ seeds: [-1] }), /seeds/);
  await refuses(fake({ name: "a/b" }), /name is "a\/b"/);
  await refuses(fake({ tasks: {} }), /tasks: give at least one/);
  await refuses(
    fake({ tasks: { scaling: { environment: "test/counting" } } }),
    /tasks: no task may be called "scaling"/,
  );
  await refuses(
    fake({ tasks: { "../up": { environment: "test/counting" } } }),
    /tasks: names become folders/,
  );
  await refuses(
    fake({ settings: { s: { algoritm: "fake" } } }),
    /"settings\.s\.algoritm" \(did you mean "algorithm"/,
  );
  await refuses(
    fake({ tasks: { t: { environment: "test/counting", scores: { low: 1, high: 1 } } } }),
    /tasks\.t\.scores: low must be below high/,
  );
  const reference = (about: object) =>
    fake({ tasks: { t: { environment: "test/counting", references: [{ title: "a", ...about }] } } });
  const rise = /tasks\.t\.references\[0\]\.points: iterations must rise/;
  await refuses(
    reference({
      points: [
        [2, 5],
        [2, 6],
      ],
    }),
    rise,
  );
  await refuses(
    reference({ points: [[0, 5]] }),
    /points\[0\]\[0\] is 0; it must be an integer of at least 1/,
  );
  for (const neither of [{}, { value: 1, points: [[1, 2]] }])
    await refuses(reference(neither), /it must be an object with keys title, value or .* keys title, points/);
});

test("all mistakes in tasks, settings and pairs come out at once, each with its place", () =>
  refuses(
    {
      name: "grid",
      tasks: {
        good: { environment: "test/counting" },
        bad: { environment: "test/countin" },
        few: { environment: "test/counting", environmentOptions: { agents: 0 } },
      },
      settings: {
        good: { algorithm: "fake", tasks: { goood: false, few: { option: {} } } },
        unknown: { algorithm: "fak" },
        preset: { algorithm: "fake", preset: "shrt" },
        option: { algorithm: "fake", options: { gamm: 1 }, tasks: { good: { iterations: 0 } } },
        pair: { algorithm: "fake", tasks: { good: { options: { gamma: 2 } } } },
      },
    },
    new RegExp(
      [
        /^grid\.json: settings\.good\.tasks: there is no task "goood"; did you mean "good"\?/,
        /tasks\.bad: There is no environment "test\/countin"; did you mean "test\/counting"\?/,
        /tasks\.few: options of test\/counting: agents is 0; .*/,
        /settings\.good\.tasks\.few: unknown key "option" \(did you mean "options"\?\)/,
        /settings\.unknown: There is no algorithm "fak"; did you mean "fake"\?/,
        /settings\.preset: There is no preset of fake "shrt"; did you mean "short"\?/,
        /settings\.option: options of fake: unknown key "gamm" .*/,
        /settings\.option\.tasks\.good: iterations is 0; .*/,
        /settings\.pair\.tasks\.good: options of fake: gamma is 2; .*/,
      ]
        .map(({ source }) => source)
        .join("; "),
    ),
  ));

test("an experiment without a single pair is refused", () =>
  refuses(
    fake({ settings: { plain: { algorithm: "fake", tasks: { small: false, large: false } } } }),
    /every pair of task and setting is left out/,
  ));

test("the tiny experiment of other tests is a good file", () => {
  assert.is(planExperiment(tinyExperiment(), "tiny.json").cells.length, 4);
});

test.run();
