/** A model does one thing at a time, and says what to wait for. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ParallelEnv } from "../../src/environments/environment.ts";
import { box, discrete } from "../../src/environments/spaces.ts";
import { Model } from "../../src/training/model.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";
import { fakeEntry } from "../support/fake-algorithm.ts";
import { rejects } from "../support/rejects.ts";
import { inFolder } from "../support/temporary.ts";

const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Answers later; counts its steps. */
function slow(): ParallelEnv {
  let step = 0;
  const [seen, choices] = [box(0, 5, [1]), discrete(3)];
  return {
    possibleAgents: ["only"],
    agents: ["only"],
    observationSpace: () => seen,
    actionSpace: () => choices,
    async reset() {
      await later();
      step = 0;
      return { observations: { only: [0] } };
    },
    async step() {
      await later();
      step++;
      const ended = step === 5;
      return {
        observations: { only: [step] },
        rewards: { only: 1 },
        terminations: { only: ended },
        truncations: { only: false },
      };
    },
  };
}
const options = { stepsPerIteration: 20, environmentCopies: 2 };
const make = () => new Model(fakeEntry, slow, options);

test("while a model learns, nothing may learn, load, evaluate or save beside it", async () => {
  const [model, alone] = [make(), make()];
  const bytes = await make().toBytes();
  const learning = model.learn(60);
  const busy = (call: string) => new RegExp(`busy with learn\\(\\): await it before you call ${call}\\(\\)`);
  const calls: Record<string, () => Promise<unknown>> = {
    learn: () => model.learn(20),
    fromBytes: () => model.fromBytes(bytes),
    load: () => model.load("nowhere"),
    evaluate: () => model.evaluate(),
    toBytes: () => model.toBytes(),
    save: () => model.save("nowhere"),
  };
  for (const [name, call] of Object.entries(calls)) await rejects(call, InvalidInputError, busy(name));
  await learning;
  await alone.learn(60);
  assert.is(model.iteration, 3);
  assert.equal(await model.toBytes(), await alone.toBytes(), "what was refused changed nothing");
});

test("an await that was forgotten is found where answers come at once, too", async () => {
  const model = new Model(fakeEntry, () => ({ ...slow(), ...atOnce() }), options);
  const learning = model.learn(200);
  await rejects(() => model.save("nowhere"), InvalidInputError, /busy with learn\(\)/);
  await learning;
  const evaluating = model.evaluate({ episodes: 3 });
  await rejects(() => model.learn(20), InvalidInputError, /busy with evaluate\(\)/);
  await evaluating;
  await model.learn(20);
  assert.is(model.iteration, 11);
});

function atOnce(): Pick<ParallelEnv, "reset" | "step"> {
  let step = 0;
  const show = () => ({ only: [step] });
  return {
    reset() {
      step = 0;
      return { observations: show() };
    },
    step() {
      step = (step + 1) % 6;
      const flags = { terminations: { only: step === 5 }, truncations: { only: false } };
      return { observations: show(), rewards: { only: 1 }, ...flags };
    },
  };
}

test("callbacks may save and evaluate, for learning waits, but not learn or load", async () => {
  const [model, alone] = [make(), make()];
  const sizes: number[] = [];
  await model.learn(40, {
    onIteration: async () => {
      sizes.push((await model.toBytes()).length, (await model.evaluate({ episodes: 2 })).episodes);
      await rejects(
        () => model.learn(20),
        InvalidInputError,
        /busy with learn\(\): await it before you call learn/,
      );
      await rejects(() => model.load("nowhere"), InvalidInputError, /busy with learn\(\)/);
    },
  });
  assert.is(sizes.length, 4);
  await alone.learn(40);
  assert.equal(await model.toBytes(), await alone.toBytes());
});

test("actions are not sampled while a model is at work, for its streams would move; the likeliest are given", async () => {
  const [model, alone] = [make(), make()];
  const sampled = () => model.predict({ only: [1] });
  const refusal = (call: string) =>
    new RegExp(
      `busy with ${call}\\(\\), which a sampled predict\\(\\) would change: give it deterministic: true, or await`,
    );
  let asked = 0;
  const learning = model.learn(40, {
    onIteration: async () => {
      await rejects(async () => sampled(), InvalidInputError, refusal("learn"));
      model.predict({ only: [1] }, { deterministic: true });
      asked++;
    },
  });
  await rejects(async () => sampled(), InvalidInputError, refusal("learn"));
  await learning;
  await alone.learn(40);
  assert.is(asked, 2);
  assert.equal(await model.toBytes(), await alone.toBytes());
  const evaluating = model.evaluate({ episodes: 3, deterministic: false });
  await rejects(async () => sampled(), InvalidInputError, refusal("evaluate"));
  await evaluating;
  assert.type(sampled().only, "number");
});

test("a callback that does not wait for its evaluation stops learning, and the model can go on after it", async () => {
  const model = make();
  let evaluating: Promise<unknown> = Promise.resolve();
  const onIteration = () => {
    evaluating = model.evaluate({ episodes: 2 });
  };
  const hasty = () => model.learn(40, { onIteration });
  await rejects(hasty, InvalidInputError, /callback of learn\(\) began evaluate\(\) and did not wait/);
  await evaluating;
  await model.learn(20);
  assert.is(model.iteration, 2);
});

test("a save is waited for: until it is done nothing else begins, in a callback or outside", () =>
  inFolder(async (folder) => {
    const model = make();
    const file = join(folder, "model.safetensors");
    const saving = model.save(file);
    await rejects(() => model.save(file), InvalidInputError, /busy with save\(\): await it/);
    await rejects(() => model.learn(20), InvalidInputError, /busy with save\(\): await it/);
    await saving;
    let forgotten: Promise<unknown> = Promise.resolve();
    const onIteration = () => {
      forgotten = model.save(file);
    };
    const hasty = () => model.learn(40, { onIteration });
    await rejects(hasty, InvalidInputError, /callback of learn\(\) began save\(\) and did not wait/);
    await forgotten;
    await model.learn(20, { onIteration: () => model.save(file) });
    assert.is((await make().load(file)).iteration, 2);
    assert.equal(await readdir(folder), ["model.safetensors"]);
  }));

test("a call that failed leaves the model free", async () => {
  const model = make();
  await rejects(() => model.load("nowhere"), InvalidInputError, /nowhere cannot be read/);
  await rejects(
    () => model.learn(20, { onLinkMessage: () => undefined }),
    InvalidInputError,
    /send each other/,
  );
  const onIteration = () => {
    throw new Error("mine");
  };
  await rejects(() => model.learn(20, { onIteration }), Error, /^mine$/);
  await model.learn(20);
  assert.is(model.iteration, 2);
});

test.run();
