/** Event files: every number under its tag, and one continuous history over the files of a run that was resumed. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { IterationMetrics } from "../../src/training/metrics.ts";
import { Model } from "../../src/training/model.ts";
import { RunDirectory } from "../../src/training/run-directory.ts";
import { makeLearner } from "../../src/training/setup.ts";
import { scalarsOf, TensorBoardWriter } from "../../src/training/tensorboard.ts";
import { resume, train } from "../../src/training/trainer.ts";
import { countingEnvironment } from "../support/counting-environment.ts";
import { eventFiles, readBoard, readEvents } from "../support/event-reader.ts";
import { fakeEntry } from "../support/fake-algorithm.ts";
import { fakeCatalogue, fakeConfig } from "../support/fake-run.ts";
import { inFolder } from "../support/temporary.ts";

const line: IterationMetrics = {
  iteration: 2,
  environmentSteps: 120,
  episodes: 3,
  meanReturn: -5,
  agentReturns: [-2, null],
  meanEpisodeLength: null,
  kl: [0.5, 0.25],
  jointKl: 0.75,
  entropy: [1, 2],
  explainedVariance: [0, -1],
  seconds: { sample: 1, value: 2, policy: 3, total: 10, phases: { evaluation: 4 } },
  warnings: ["not a number"],
  details: { clipFraction: 0.125, stepScale: [1, 0.5], pairs: [7, 8, 9] },
  evaluation: {
    return: 6,
    standardError: 0.5,
    agentReturns: [4, 2],
    length: 20,
    episodes: 32,
    metrics: { collisions: 3 },
  },
};

test("every number has its tag, agents by name; what is missing is left out", () => {
  assert.equal(Object.fromEntries(scalarsOf(line, ["a", "b"])), {
    return: -5,
    "return/a": -2,
    "kl/a": 0.5,
    "kl/b": 0.25,
    jointKl: 0.75,
    "entropy/a": 1,
    "entropy/b": 2,
    "explainedVariance/a": 0,
    "explainedVariance/b": -1,
    clipFraction: 0.125,
    "stepScale/a": 1,
    "stepScale/b": 0.5,
    "pairs/0": 7,
    "pairs/1": 8,
    "pairs/2": 9,
    "evaluation/return": 6,
    "evaluation/return/a": 4,
    "evaluation/return/b": 2,
    "evaluation/episodeLength": 20,
    "evaluation/collisions": 3,
    "seconds/sample": 1,
    "seconds/value": 2,
    "seconds/policy": 3,
    "seconds/evaluation": 4,
    "seconds/total": 10,
  });
});

test("an order of agents is shown as the place of each", () => {
  const scalars = scalarsOf({ ...line, details: { order: [2, 0, 1] } }, ["a", "b", "c"]);
  assert.equal(
    ["order/a", "order/b", "order/c"].map((tag) => scalars.get(tag)),
    [2, 3, 1],
  );
});

async function trainTo(path: string, iterations: number, changes: object = {}) {
  const config = fakeConfig({ iterations, tensorboard: true, checkpointEvery: 2, ...changes });
  const there = await RunDirectory.exists(path);
  const run = there
    ? (await RunDirectory.open(path, fakeCatalogue)).with(config)
    : await RunDirectory.create(path, config, fakeCatalogue);
  const learner = makeLearner(config, fakeCatalogue);
  return train(run, learner, {}, await resume(run, learner));
}
const steps = (board: Map<string, [number, number][]>, tag = "return") =>
  board.get(tag)?.map(([step]) => step);

test("a file begins with version and restart, at the steps of the environment", () =>
  inFolder(async (folder) => {
    const { metrics } = await trainTo(folder, 3);
    const [name, ...more] = await eventFiles(folder);
    assert.equal(more, []);
    assert.match(name, /^events\.out\.tfevents\.\d{10}\.marlstone$/);
    const events = readEvents(await readFile(join(folder, name)));
    assert.is(events[0].fileVersion, "brain.Event:2");
    assert.equal([events[1].status, events[1].step], [1, 60]);
    assert.equal(
      events.slice(2).map(({ step }) => step),
      [60, 120, 180],
    );
    assert.ok(events.every(({ wallTime }) => Math.abs(wallTime - Date.now() / 1000) < 3600));
    const expected = metrics.map(({ environmentSteps, agentReturns }) => [
      environmentSteps,
      Math.fround(agentReturns[0] ?? Number.NaN),
    ]);
    assert.equal((await readBoard(folder)).get("return/a"), expected);
  }));

test("a resumed run adds a file, later by name, and no step is shown twice", () =>
  inFolder(async (folder) => {
    await trainTo(folder, 2);
    const [first] = await eventFiles(folder);
    const config = fakeConfig({ iterations: 8, tensorboard: true, checkpointEvery: 4 });
    const run = (await RunDirectory.open(folder, fakeCatalogue)).with(config);
    const learner = makeLearner(config, fakeCatalogue);
    const earlier = await resume(run, learner);
    const onIteration = ({ iteration }: IterationMetrics) => {
      if (iteration === 3) throw new Error("power cut");
    };
    await train(run, learner, { onIteration }, earlier).catch(() => undefined);
    const [, second] = await eventFiles(folder);
    await writeFile(join(folder, second), "torn rec", { flag: "a" });
    assert.equal(steps(await readBoard(folder)), [60, 120, 180]);
    await trainTo(folder, 5);
    const names = await eventFiles(folder);
    assert.equal([names.length, ...names.slice(0, 2)], [3, first, second]);
    assert.equal(steps(await readBoard(folder)), [60, 120, 180, 240, 300]);
    const plain = (await Promise.all(names.map((name) => readFile(join(folder, name))))).flatMap(readEvents);
    assert.is(plain.filter(({ step, scalars }) => step === 180 && scalars.length > 0).length, 2);
  }));

test("event files that begin late hold the iterations before too", () =>
  inFolder(async (folder) => {
    await trainTo(folder, 3, { tensorboard: false });
    assert.equal(await eventFiles(folder), []);
    await trainTo(folder, 5);
    assert.equal(steps(await readBoard(folder)), [60, 120, 180, 240, 300]);
  }));

test("a file that a kill has left empty keeps no iteration out, and a file begins with all it begins with", () =>
  inFolder(async (folder) => {
    await trainTo(folder, 3, { tensorboard: false });
    await writeFile(join(folder, "events.out.tfevents.0000000001.marlstone"), "");
    await writeFile(join(folder, "tensorboard.tmp"), "torn");
    await trainTo(folder, 5);
    const [empty, begun, ...more] = await eventFiles(folder);
    assert.equal([empty, more], ["events.out.tfevents.0000000001.marlstone", []]);
    const events = readEvents(await readFile(join(folder, begun)));
    assert.equal(
      events.slice(2).map(({ step }) => step),
      [60, 120, 180, 240, 300],
    );
    assert.not((await readdir(folder)).includes("tensorboard.tmp"));
  }));

test("a new file comes after those of a clock that was ahead", () =>
  inFolder(async (folder) => {
    await writeFile(join(folder, "events.out.tfevents.9000000000.other"), "");
    await new TensorBoardWriter(folder, ["a", "b"]).add(line);
    assert.equal(await eventFiles(folder), [
      "events.out.tfevents.9000000000.other",
      "events.out.tfevents.9000000001.marlstone",
    ]);
  }));

test("a model writes them through onIteration, into a folder that is made", () =>
  inFolder(async (folder) => {
    const model = new Model(fakeEntry, countingEnvironment, {});
    const path = join(folder, "deep", "run");
    const board = new TensorBoardWriter(path, model.spec.agents);
    assert.not(await board.hasBegun());
    await model.learn(180, { onIteration: (metrics) => board.add(metrics) });
    assert.ok(await board.hasBegun());
    assert.equal(steps(await readBoard(path), "kl/b"), [60, 120, 180]);
    await mkdir(join(folder, "idle"));
    await new TensorBoardWriter(join(folder, "idle"), ["a"]).add();
    assert.equal(await eventFiles(join(folder, "idle")), []);
  }));

test.run();
