/** The union of experiments: what it has, in which order, and what does not fit. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { planExperiment } from "../../src/experiments/plan.ts";
import { type Naming, uniteExperiments } from "../../src/experiments/unite.ts";
import { fakeCatalogue } from "../support/fake-run.ts";
import { partPlan } from "../support/parts.ts";
import { refuses } from "../support/refuses.ts";

const counting = { environment: "test/counting" };
const fake = { algorithm: "fake" };
/** The union of the made-up experiment with these changes, spelled out; the same in both orders. */
function unite(changes: readonly object[], naming?: Naming) {
  const parts = changes.map((change, i) => ({ source: `part ${i + 1}`, plan: partPlan(change) }));
  const spellOut = (sources: typeof parts) =>
    planExperiment(uniteExperiments(sources, naming), "union", fakeCatalogue).resolved;
  const union = spellOut(parts);
  assert.equal(JSON.stringify(spellOut([...parts].reverse())), JSON.stringify(union));
  return union;
}

test("an experiment united with itself or with a part of it is itself, to the byte", () => {
  const whole = JSON.stringify(partPlan().resolved);
  assert.is(JSON.stringify(unite([{}])), whole);
  assert.is(JSON.stringify(unite([{}, {}, { seeds: 1 }])), whole);
  assert.is(JSON.stringify(unite([{ seeds: [1] }, { seeds: [2] }])), whole);
});

test("tasks and settings add up, each pair with its own seeds and iterations; a pair that no part has stays left out", () => {
  const { tasks, settings, seeds, iterations } = unite([
    { tasks: { b: counting }, settings: { x: fake }, seeds: [4, 2], iterations: 5 },
    { tasks: { a: counting }, settings: { y: { ...fake, tasks: { a: { iterations: 9 } } } }, seeds: [3] },
  ]);
  assert.equal(
    [Object.keys(tasks), Object.keys(settings)],
    [
      ["a", "b"],
      ["x", "y"],
    ],
  );
  assert.equal([seeds, iterations], [[3], 9], "common is what a pair has");
  const pair = (setting: string, task: string) => settings[setting].tasks?.[task] as Record<string, unknown>;
  assert.is(pair("x", "a"), false);
  assert.is(pair("y", "b"), false);
  assert.equal([pair("x", "b").iterations, pair("x", "b").seeds], [5, [4, 2]]);
  assert.equal([pair("y", "a").iterations, pair("y", "a").seeds], [undefined, undefined]);
});

test("a pair has the most iterations of any part, and so has the whole", () => {
  const union = unite([{ iterations: 5 }, { iterations: 9 }, { iterations: 7 }]);
  assert.is(union.iterations, 9);
  for (const { config } of planExperiment(union, "union", fakeCatalogue).pairs)
    assert.is(config.iterations, 9);
});

test("how runs are watched stays where all parts agree", () => {
  const common = { evaluateEvery: 5, evaluateEpisodes: 8 };
  const union = unite([
    { ...common, tensorboard: true },
    { ...common, tensorboard: false },
  ]);
  assert.equal([union.evaluateEvery, union.evaluateEpisodes, union.tensorboard], [5, 8, false]);
});

test("what only one part says of a task is taken from it, and published numbers add up", () => {
  const scores = { low: 0, high: 2 };
  const reference = (title: string) => ({ title, value: 1 });
  const { tasks } = unite([
    { tasks: { a: { ...counting, references: [reference("p"), reference("q")] } } },
    { tasks: { a: { ...counting, title: "A", scores, references: [reference("q"), reference("o")] } } },
  ]);
  assert.equal([tasks.a.title, tasks.a.scores], ["A", scores]);
  assert.equal(
    tasks.a.references?.map(({ title }) => title),
    ["o", "p", "q"],
  );
});

test("a published value and published points of one title stay apart, each of them once", () => {
  const title = "a log";
  const [value, points, others] = [
    { title, value: 3 },
    { title, points: [[1, 2]] },
    { title, points: [[1, 3]] },
  ];
  const withReferences = (references: object[]) => ({ tasks: { a: { ...counting, references } } });
  const { tasks } = unite([[value, points], [points, others], [value]].map(withReferences));
  const found = tasks.a.references ?? [];
  assert.is(found.length, 3);
  for (const one of [value, points, others])
    assert.ok(found.some((other) => JSON.stringify(other) === JSON.stringify(one)));
});

test("everything that contradicts is named at once, with both places", () => {
  const part = (agents: number, gamma: number, title: string) => ({
    title,
    tasks: { a: { ...counting, environmentOptions: { agents } } },
    settings: { x: { ...fake, options: { gamma }, title } },
  });
  refuses(
    () => unite([part(2, 0.5, "One"), part(3, 0.9, "Two")]),
    "tasks.a.environmentOptions.agents is 2 in part 1, 3 in part 2",
    "settings.x.tasks.a.options.gamma is 0.5 in part 1, 0.9 in part 2",
    'settings.x.title is "One" in part 1, "Two" in part 2',
    'title; choose one with --title is "One" in part 1',
  );
  refuses(() => unite([]), "nothing to combine");
});

test("parts of other names need one for the whole", () => {
  refuses(() => unite([{ name: "one" }, { name: "two" }]), 'name; choose one with --name is "one" in part 1');
  const { name, title } = unite([{ name: "one" }, { name: "two" }], { name: "both", title: "Both" });
  assert.equal([name, title], ["both", "Both"]);
});

test.run();
