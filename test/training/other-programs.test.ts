/** The guide to the library says what is in a file and how a policy acts: by that alone, actions are computed here. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { EnvironmentSpec } from "../../src/environments/environment.ts";
import { makeEnvironment } from "../../src/environments/registry.ts";
import { Random } from "../../src/tensor/random.ts";
import { Matrpo } from "../../src/training/matrpo.ts";
import type { Model } from "../../src/training/model.ts";
import { Happo, Mappo } from "../../src/training/policy-optimisation.ts";
import { Qmix } from "../../src/training/qmix.ts";
import { TrpoCentral } from "../../src/training/trpo.ts";
import { readPage, rowsBetween } from "../support/documentation.ts";
import { Weights } from "../support/weights.ts";

const small = { stepsPerIteration: 40, environmentCopies: 2, threads: 1 };
const layers = { ...small, hiddenSizes: [8, 7] };
const family = { ...layers, epochs: 2, criticEpochs: 1 };
const spread = makeEnvironment("mpe/simple-spread");
const relu = (x: number): number => Math.max(x, 0);
const largest = (row: readonly number[]): number => row.indexOf(Math.max(...row));
const oneHot = (place: number, size: number): number[] =>
  Array.from({ length: size }, (_, i) => (i === place ? 1 : 0));

// Steps large enough for gains and biases of normalisations to matter.
const shared = await new Mappo(spread, { ...family, learningRate: 0.05 }).learn(40);
const recurrent = await new Mappo(spread, {
  ...{ ...family, activation: "tanh", recurrent: true, chunkLength: 5, learningRate: 0.05 },
}).learn(40);
const continuous = await new Happo(makeEnvironment("mpe/simple-spread", { actions: "continuous" }), {
  ...{ ...family, learningRate: 0.05 },
}).learn(40);
const matrpo = new Matrpo(spread, layers);
const qmix = new Qmix(makeEnvironment("mpe/simple-adversary"), { threads: 1, seed: 3 });
const plain = new Qmix(makeEnvironment("matrix/two-step"), { threads: 1, recurrent: false });
const models = [shared, recurrent, continuous, matrpo, new TrpoCentral(spread, layers), qmix, plain];

const weightsOf = async (model: Model): Promise<Weights> => new Weights(await model.toBytes());

/** Observations by agent, standard normal. */
function observe({ spec }: Model, random: Random): Record<string, Float32Array> {
  return Object.fromEntries(
    spec.agents.map((agent, i) => [
      agent,
      Float32Array.from({ length: spec.observationSizes[i] }, () => random.normal()),
    ]),
  );
}

test("the table names every tensor of every family with its shape, and none that there is not", async () => {
  const rows = rowsBetween(readPage("guide/library"), "In other programs", "Pages").flatMap(
    ([names, shapes]) => {
      const ranks = [...shapes.matchAll(/\[([^\]]*)\]/g)].map(([, sizes]) => sizes.split(",").length);
      return [...names.matchAll(/`([^`]+)`/g)].map(([, name], i) => {
        const pattern = name
          .replaceAll(".", "\\.")
          .replaceAll("*", ".+")
          .replace(/\b[A-Z]\b/g, "\\d+");
        return { name, pattern: new RegExp(`^${pattern}$`), rank: ranks[i], used: false };
      });
    },
  );
  for (const model of models) {
    for (const [name, { shape }] of (await weightsOf(model)).tensors) {
      const fitting = rows.filter(({ pattern }) => pattern.test(name));
      assert.ok(fitting.length > 0, `${name} is in the table`);
      for (const row of fitting) {
        row.used = true;
        if (row.rank !== undefined) assert.is(shape.length, row.rank, `${name} [${shape}]`);
      }
    }
  }
  const unused = rows.filter(({ used }) => !used).map(({ name }) => name);
  assert.equal(unused, ["critics.C.memory"], "that of recurrent critics alone is not met here");
});

test("a shared policy sees the observation and who sees it, normalises what layers read, and takes the largest logit", async () => {
  const weights = await weightsOf(shared);
  const random = Random.fromSeed(1);
  const seen = new Set<number>();
  for (let situation = 0; situation < 20; situation++) {
    const observations = observe(shared, random);
    const predicted = shared.predict<number>(observations, { deterministic: true });
    for (const [i, agent] of shared.spec.agents.entries()) {
      let x = [...observations[agent], ...oneHot(i, 3)];
      for (const l of [0, 1]) x = weights.layer(`policies.0.layers.${l}`, x).map(relu);
      const action = largest(weights.layer("policies.0.output", x));
      assert.is(predicted[agent], action);
      seen.add(action);
    }
  }
  assert.ok(seen.size > 2, `actions ${[...seen]}`);
});

test("a policy with a memory goes through its gates", async () => {
  const weights = await weightsOf(recurrent);
  const random = Random.fromSeed(2);
  const memory = recurrent.newMemory();
  const remembered = recurrent.spec.agents.map(() => new Array<number>(7).fill(0));
  for (let step = 0; step < 5; step++) {
    const observations = observe(recurrent, random);
    const predicted = recurrent.predict<number>(observations, { deterministic: true, memory });
    for (const [i, agent] of recurrent.spec.agents.entries()) {
      let x = [...observations[agent], ...oneHot(i, 3)];
      for (const l of [0, 1]) x = weights.layer(`policies.0.layers.${l}`, x).map(Math.tanh);
      const gates = weights.layer("policies.0.recurrent", x);
      remembered[i] = weights.remember("policies.0.recurrent.memory", gates, remembered[i]);
      assert.is(predicted[agent], largest(weights.layer("policies.0.output", remembered[i])));
    }
    const off = remembered.flat().map((value, k) => Math.abs(value - memory[k]));
    assert.ok(Math.max(...off) < 1e-5, `${Math.max(...off)}: a few roundings of single precision`);
  }
});

test("the outputs of a policy of continuous actions are its means", async () => {
  const weights = await weightsOf(continuous);
  const { low, high, actionSize } = continuous.spec as Required<EnvironmentSpec>;
  const observations = observe(continuous, Random.fromSeed(3));
  const predicted = continuous.predict<Float32Array>(observations, { deterministic: true });
  let between = 0;
  for (const [i, agent] of continuous.spec.agents.entries()) {
    let x = [...observations[agent]];
    for (const l of [0, 1]) x = weights.layer(`policies.${i}.layers.${l}`, x).map(relu);
    const means = weights.layer(`policies.${i}.output`, x);
    const cut = means.map((mean, k) =>
      Math.min(Math.max(mean, low[i * actionSize + k]), high[i * actionSize + k]),
    );
    between += means.filter((mean, k) => mean === cut[k]).length;
    const off = cut.map((mean, k) => Math.abs(mean - predicted[agent][k]));
    assert.ok(Math.max(...off) < 1e-5, `${Math.max(...off)}: a few roundings of single precision`);
  }
  assert.ok(between > 3, `${between} of 15 means within their bounds`);
});

test("an agent of MATRPO acts by its own heads among those of all", async () => {
  const weights = await weightsOf(matrpo);
  const random = Random.fromSeed(4);
  const selu = (x: number): number => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x));
  for (let situation = 0; situation < 20; situation++) {
    const observations = observe(matrpo, random);
    const predicted = matrpo.predict<number>(observations, { deterministic: true });
    for (const [i, agent] of matrpo.spec.agents.entries()) {
      let x = [...observations[agent]];
      for (const l of [0, 1]) x = weights.layer(`agents.${i}.policy.layers.${l}`, x).map(selu);
      const logits = weights.layer(`agents.${i}.policy.layers.2`, x);
      assert.is(predicted[agent], largest(logits.slice(5 * i, 5 * i + 5)));
    }
  }
});

test("QMIX's agents see their last action, and who of their group they are", async () => {
  const weights = await weightsOf(qmix);
  const random = Random.fromSeed(5);
  const memory = qmix.newMemory();
  const groups = [[0], [1, 2]];
  const remembered = qmix.spec.agents.map(() => new Array<number>(64).fill(0));
  let before: Record<string, number> = {};
  for (let step = 0; step < 20; step++) {
    const observations = observe(qmix, random);
    const predicted = qmix.predict<number>(observations, { deterministic: true, memory });
    for (const [i, agent] of qmix.spec.agents.entries()) {
      const g = groups.findIndex((group) => group.includes(i));
      const place = groups[g].length > 1 ? oneHot(groups[g].indexOf(i), groups[g].length) : [];
      const seen = [...observations[agent], ...oneHot(before[agent] ?? -1, 5), ...place];
      const gates = weights.layer(`agents.${g}.gates`, weights.layer(`agents.${g}.input`, seen).map(relu));
      remembered[i] = weights.remember(`agents.${g}.memory`, gates, remembered[i]);
      assert.is(predicted[agent], largest(weights.layer(`agents.${g}.output`, remembered[i])));
    }
    before = predicted;
  }
});

test.run();
