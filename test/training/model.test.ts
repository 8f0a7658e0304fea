/** The library's face: learning in whole iterations, predictions by name, saving to the same bits. */
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ParallelEnv } from "../../src/environments/environment.ts";
import { cooperativeNavigation } from "../../src/environments/particle/cooperative-navigation.ts";
import { box, discrete } from "../../src/environments/spaces.ts";
import { Matrpo } from "../../src/training/matrpo.ts";
import { Model } from "../../src/training/model.ts";
import { CheckpointError, InvalidInputError, NonFiniteError } from "../../src/validation/errors.ts";
import { countingEnvironment } from "../support/counting-environment.ts";
import { fakeEntry } from "../support/fake-algorithm.ts";
import { rejects } from "../support/rejects.ts";
import { inFolder } from "../support/temporary.ts";

const make = (options = {}) => new Model(fakeEntry, countingEnvironment, options);

test("learning takes whole iterations, goes on where it was, and reports each", async () => {
  const model = make();
  const seen: number[] = [];
  const onIteration = async ({ environmentSteps }: { environmentSteps: number }) =>
    void seen.push(environmentSteps);
  await model.learn(61, { onIteration });
  assert.equal(seen, [60, 120]);
  await model.learn(60, { onIteration });
  assert.is(model.iteration, 3);
  assert.is(model.environmentSteps, 180);
  await model.learn(0);
  assert.is(model.iteration, 3);
});

test("an abort ends learning after the iteration at hand", async () => {
  const stop = new AbortController();
  const model = make();
  await model.learn(6000, {
    signal: stop.signal,
    onIteration: ({ iteration }) => iteration === 2 && stop.abort(),
  });
  assert.is(model.iteration, 2);
});

test("wrong options, presets, seeds and steps are refused by name", async () => {
  await rejects(() => make({ gama: 1 }), InvalidInputError, /options of fake: unknown key "gama".*"gamma"/);
  await rejects(() => make(null as never), InvalidInputError, /^options of fake: got null; give an object/);
  await rejects(() => make({ preset: "shrt" }), InvalidInputError, /preset of fake "shrt".*"short"/);
  for (const seed of [-1, "1", 0.5, null]) {
    await rejects(() => make({ seed }), InvalidInputError, /seed is .*; it must be an integer/);
  }
  await rejects(() => make({ stepsPerIteration: 61 }), InvalidInputError, /Use 60 or 64 steps/);
  for (const steps of [-1, Number.NaN, Infinity]) {
    await rejects(() => make().learn(steps), InvalidInputError, /learn\(/);
  }
});

test("mistyped options of learn, predict and evaluate are refused by name", async () => {
  const model = make();
  const unknown = (what: string, key: string, meant: string) =>
    new RegExp(`options of ${what}: unknown key "${key}" \\(did you mean "${meant}"\\?\\)`);
  const learn = () => model.learn(60, { onIterations: () => undefined } as object);
  await rejects(learn, InvalidInputError, unknown("learn", "onIterations", "onIteration"));
  const predict = () => model.predict({ a: [1, 2] }, { determinstic: true } as object);
  await rejects(predict, InvalidInputError, unknown("predict", "determinstic", "deterministic"));
  for (const nothing of [undefined, null, 3] as unknown[] as object[]) {
    const call = () => model.predict(nothing as never);
    await rejects(
      call,
      InvalidInputError,
      /^observations of predict: got (undefined|null|3); give an object/,
    );
  }
  const evaluate = () => model.evaluate({ episode: 3 } as object);
  await rejects(evaluate, InvalidInputError, unknown("evaluate", "episode", "episodes"));
  await rejects(() => model.learn(60, null as never), InvalidInputError, /options of learn: got null/);
  assert.is(model.iteration, 0);
});

test("options of learn and evaluate that are undefined count as not given", async () => {
  const [model, plain] = [make(), make()];
  const none = Object.fromEntries(
    ["evaluateEvery", "evaluateEpisodes", "signal"].map((name) => [name, undefined]),
  );
  await model.learn(60, none);
  await plain.learn(60);
  assert.equal(await model.toBytes(), await plain.toBytes());
  const few: object = { episodes: 3, seed: undefined };
  assert.equal(await model.evaluate(few), await plain.evaluate({ episodes: 3 }));
});

test("onLinkMessage hears what crosses while learn runs, no longer, and changes nothing", async () => {
  const options = { hiddenSizes: [4], stepsPerIteration: 20, environmentCopies: 2, admmIterations: 3 };
  const [heard, alone] = [0, 1].map(() => new Matrpo(cooperativeNavigation({ agents: 2 }), options));
  const seen: string[] = [];
  await heard.learn(20, { onLinkMessage: ({ kind }, from, to) => seen.push(`${kind} ${from}${to}`) });
  const both = (kind: string) => [`${kind} 01`, `${kind} 10`];
  const ratios = new Array(4).fill(both("log-ratio")).flat();
  assert.equal(seen, [...both("advantage-scale"), ...ratios], "3 activations and the closing exchange");
  await heard.learn(20);
  assert.is(seen.length, 10);
  await alone.learn(40);
  assert.equal(await heard.toBytes(), await alone.toBytes());
  const silent = () => make().learn(60, { onLinkMessage: () => undefined });
  await rejects(silent, InvalidInputError, /agents of fake send each other nothing/);
});

test("a preset lies under the options", async () => {
  const model = make({ preset: "short" });
  await model.learn(1);
  assert.is(model.environmentSteps, 20);
});

test("saving and loading at any point gives the bits of learning without a stop", async () => {
  const whole = make({ seed: 5 });
  await whole.learn(300);
  for (let k = 0; k < 5; k++) {
    const first = make({ seed: 5 });
    await first.learn(60 * k);
    const second = make({ seed: 6 });
    await second.fromBytes(await first.toBytes());
    assert.is(second.iteration, k);
    await second.learn(300 - 60 * k);
    const { collector, algorithm } = await contents(second);
    assert.equal({ collector, algorithm }, await contents(whole), `saved after ${k}`);
  }
});

/** What the file says, apart from the seed the model was made with. */
async function contents(model: Model) {
  const { decodeCheckpoint } = await import("../../src/training/checkpoint.ts");
  const { state } = await decodeCheckpoint(await model.toBytes(), "model");
  return { collector: state.collector, algorithm: state.algorithm };
}

test("files are written whole, and what cannot be loaded leaves the model as it was", () =>
  inFolder(async (folder) => {
    const model = make();
    await model.learn(60);
    const path = join(folder, "model.safetensors");
    await model.save(path);
    assert.equal(await readdir(folder), ["model.safetensors"]);
    const deep = join(folder, "not", "yet", "model.safetensors");
    await model.save(deep);
    assert.is((await make().load(deep)).iteration, 1);
    await rejects(() => model.save(join(path, "below")), InvalidInputError, /below cannot be written: /);
    assert.is((await make().load(path)).iteration, 1);
    const before = await model.toBytes();
    await writeFile(path, "not a checkpoint");
    await rejects(() => model.load(path), CheckpointError, /model\.safetensors: /);
    await rejects(() => model.load(join(folder, "none")), InvalidInputError, /none cannot be read/);
    const other = new Model(fakeEntry, () => tinyEnvironment(), { environmentCopies: 1 });
    await rejects(() => model.load(path), CheckpointError, /model/);
    await other.save(path);
    await rejects(() => model.load(path), CheckpointError, /another task: task\.actionSizes/);
    assert.equal(await model.toBytes(), before);
  }));

test("evaluating in between does not change what is learned", async () => {
  const [plain, watched] = [make(), make()];
  await plain.learn(120);
  await watched.learn(60);
  assert.is((await watched.evaluate({ episodes: 5 })).episodes, 5);
  await watched.learn(60);
  assert.equal(await watched.toBytes(), await plain.toBytes());
});

test("predictions are by agent: a number for one choice, an array for several", async () => {
  const actions = make().predict({ a: [1, 2], b: Float32Array.of(1, 2, 0, 0) }, { deterministic: true });
  assert.type(actions.a, "number");
  assert.is((actions.b as Int32Array).length, 2);
  assert.equal(Object.keys(make().predict({ b: [0, 0, 0, 0] })), ["b"]);
});

test("predictions refuse unknown agents and observations that do not fit", async () => {
  await rejects(() => make().predict({ c: [1, 2] }), InvalidInputError, /no agent "c"/);
  await rejects(() => make().predict({ a: [1, 2, 3] }), InvalidInputError, /observation of a/);
  await rejects(() => make().predict({ a: [1, Number.NaN] }), NonFiniteError, /observation of a\[1\]/);
});

function tinyEnvironment(): ParallelEnv {
  let steps = 0;
  return {
    possibleAgents: ["only"],
    agents: ["only"],
    observationSpace: () => discrete(3),
    actionSpace: () => discrete(2),
    reset() {
      steps = 0;
      return { observations: { only: 0 } };
    },
    step: () => ({
      observations: { only: ++steps % 3 },
      rewards: { only: 1 },
      terminations: { only: steps === 3 },
      truncations: { only: false },
    }),
  };
}

test("a user's environment is learned and predicted in its own terms", async () => {
  let made = 0;
  const make = () => {
    made++;
    return tinyEnvironment();
  };
  const model = new Model(fakeEntry, make, { environmentCopies: 2 });
  const returns: (number | null)[] = [];
  await model.learn(120, { onIteration: ({ meanReturn }) => returns.push(meanReturn) });
  assert.equal(returns, [3, 3]);
  assert.type(model.predict({ only: 2 }).only, "number");
  await rejects(() => model.predict({ only: 3 }), InvalidInputError, /observation of only/);
  assert.is(made, 2, "environments that nobody closes");
  await model.close();
});

test("continuous actions are refused until an algorithm learns them", async () => {
  const continuous = () => ({ ...tinyEnvironment(), actionSpace: () => box(-1, 1, [2]) });
  await rejects(() => new Model(fakeEntry, continuous, {}), InvalidInputError, /continuous actions/);
});

test.run();
