/** The written experiment: short, the same when it is read again, and every change in it counts or is refused. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ExperimentInput } from "../../src/experiments/experiment-config.ts";
import { planExperiment } from "../../src/experiments/plan.ts";
import { fakeCatalogue } from "../support/fake-run.ts";
import { refuses } from "../support/refuses.ts";

const plan = (file: unknown) => planExperiment(file, "experiment.json", fakeCatalogue);
const original = plan({
  name: "grid",
  tasks: { small: { environment: "test/counting" }, large: { environment: "test/counting" } },
  settings: {
    plain: { algorithm: "fake" },
    own: {
      algorithm: "fake",
      preset: "short",
      tasks: { large: { options: { gamma: 0.7 }, iterations: 3, seeds: [9] } },
    },
  },
  seeds: 2,
  iterations: 10,
});
type Written = ExperimentInput & { seeds: unknown; iterations: number; settings: Record<string, Setting> };
interface Setting {
  preset: string;
  options: Record<string, unknown>;
  tasks: Record<string, Record<string, unknown>>;
}
/** The plan of the written file after a change by hand. */
function changed(change: (file: Written) => void, file: object = original.resolved) {
  const copy = JSON.parse(JSON.stringify(file)) as Written;
  change(copy);
  return plan(copy);
}

test("what is common stands once, and a task says what is other on it", () => {
  const { settings } = original.resolved;
  const pair = { spelledOut: "default" };
  const { options, tasks } = settings.plain;
  assert.equal(
    [options, tasks],
    [
      { stepsPerIteration: 60, environmentCopies: 4, gamma: 0.95 },
      { small: pair, large: pair },
    ],
  );
  assert.equal(settings.own, {
    algorithm: "fake",
    preset: "short",
    options: { stepsPerIteration: 20, environmentCopies: 4 },
    tasks: {
      small: { options: { gamma: 0.5 }, spelledOut: "short" },
      large: { options: { gamma: 0.7 }, iterations: 3, seeds: [9], spelledOut: "short" },
    },
  });
  assert.is(JSON.stringify(plan(original.resolved)), JSON.stringify(original));
});

test("iterations, seeds and options that are changed by hand count wherever a task does not say its own", () => {
  const cells = changed((file) => {
    file.iterations = 20;
    file.seeds = [4];
    file.settings.plain.options.gamma = 0.8;
    file.settings.own.tasks.small.options = { gamma: 0.6 };
  }).cells.map(({ task, setting, seed, config: { iterations, options } }) => [
    [task, setting, seed, iterations].join(" "),
    options.gamma,
  ]);
  assert.equal(cells, [
    ["small plain 4 20", 0.8],
    ["small own 4 20", 0.6],
    ["large plain 4 20", 0.8],
    ["large own 9 3", 0.7],
  ]);
});

test("iterations and seeds that every task overrules are not written: those of most pairs are, and count", () => {
  const own = (iterations: number, seeds: number[]) => ({ small: { iterations, seeds } });
  const { resolved, cells } = plan({
    name: "grid",
    tasks: { small: { environment: "test/counting" } },
    settings: {
      first: { algorithm: "fake", tasks: own(6, [1, 2]) },
      second: { algorithm: "fake", tasks: own(8, [7]) },
      third: { algorithm: "fake", tasks: own(8, [7]) },
    },
    iterations: 100,
    seeds: 5,
  });
  assert.equal([resolved.iterations, resolved.seeds], [8, [7]]);
  assert.equal(resolved.settings.first.tasks?.small, { iterations: 6, seeds: [1, 2], spelledOut: "default" });
  assert.equal(plan(resolved).cells, cells);
  const more = changed((file) => {
    file.iterations = 50;
    file.seeds = [3];
  }, resolved).cells;
  assert.equal(
    more.map(({ setting, seed, config }) => `${setting} ${seed} ${config.iterations}`),
    ["first 1 6", "second 3 50", "third 3 50", "first 2 6"],
  );
});

test("a change that would change nothing is refused", () => {
  refuses(
    () =>
      changed(({ settings: { plain, own } }) => {
        plain.preset = "short";
        own.options.gamma = 0.9;
      }),
    'settings.plain.preset is "short", but its options are spelled out from "default" and beat it; to take those of ',
    "settings.own.options.gamma is 0.9, but every task states its own in settings.own.tasks, which beats it",
  );
  const { pairs } = changed(({ settings: { plain } }) => {
    Object.assign(plain, { preset: "short", options: {}, tasks: {} });
  });
  assert.is(pairs[0].config.options.gamma, 0.5, "as the complaint says");
});

test("a file that states everything for every task makes the same plan, and there too no change is passed over", () => {
  const { settings } = original.resolved;
  const spelledOut = (setting: string) =>
    Object.fromEntries(
      original.pairs
        .filter((pair) => pair.setting === setting)
        .map(({ task, seeds, config: { options, iterations } }) => [
          task,
          { options, iterations, seeds, spelledOut: true },
        ]),
    );
  const older = {
    ...original.resolved,
    settings: Object.fromEntries(
      Object.entries(settings).map(([name, about]) => [
        name,
        { ...about, options: {}, tasks: spelledOut(name) },
      ]),
    ),
  };
  assert.is(JSON.stringify(plan(older)), JSON.stringify(original));
  const change = () => changed((file) => Object.assign(file.settings.plain.options, { gamma: 0.8 }), older);
  refuses(change, "settings.plain.options.gamma is 0.8, but every task states its own");
});

test.run();
