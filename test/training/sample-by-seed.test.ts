/** What is sampled in evaluations and recordings follows from their seed, and from nothing that was drawn before. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Algorithm } from "../../src/algorithms/algorithm.ts";
import { algorithms } from "../../src/algorithms/registry.ts";
import { makeEnvironment } from "../../src/environments/registry.ts";
import { Model } from "../../src/training/model.ts";
import { resolveRun } from "../../src/training/run-config.ts";
import { sampleBySeed } from "../../src/training/sample-by-seed.ts";
import { makeLearner } from "../../src/training/setup.ts";

const optionsOf = (algorithm: string) => ({
  ...{ stepsPerIteration: 20, environmentCopies: 2 },
  ...(algorithm === "qmix" ? { hiddenSize: 4 } : { hiddenSizes: [4] }),
});

/** A team on a game without chance of its own, and a move of every random stream that it acts by. */
function team(algorithm: string) {
  const options = { ...optionsOf(algorithm), threads: 1 };
  const model = new Model(algorithms[algorithm], makeEnvironment("matrix/climbing"), options);
  const { agents, observationSizes } = model.spec;
  const seen = Object.fromEntries(agents.map((agent, i) => [agent, new Array(observationSizes[i]).fill(1)]));
  return { model, move: () => model.predict(seen, { memory: model.newMemory() }) };
}

for (const algorithm of Object.keys(algorithms)) {
  test(`${algorithm}: a sampled evaluation is the same after other draws, another with another seed`, async () => {
    const { model, move } = team(algorithm);
    const play = (seed: number) => model.evaluate({ episodes: 20, seed, deterministic: false });
    const first = await play(1);
    move();
    const before = await model.toBytes();
    assert.equal(await play(1), first);
    assert.equal(await model.toBytes(), before, "its streams are back where they were");
    const means = new Set([first.return.mean]);
    for (const seed of [2, 3, 4]) means.add((await play(seed)).return.mean);
    assert.ok(means.size > 1, "luck of its own a seed");
  });

  test(`${algorithm}: streams of a seed move acting alone, and no two agents draw the same`, () => {
    const streams = actingStreams(algorithm, {});
    assert.is(new Set(streams).size, streams.length);
  });
}

for (const algorithm of ["matrpo", "trpo-independent"]) {
  test(`${algorithm}: agents that share their noise share it under a seed, too`, () => {
    const streams = actingStreams(algorithm, { sharedNoise: true });
    assert.is(streams.length, 2);
    assert.is(new Set(streams).size, 1);
  });
}

/** States of the streams that its agents act by under a seed; fails when anything else has moved. */
function actingStreams(id: string, more: object): string[] {
  const options = { ...optionsOf(id), ...more };
  const config = resolveRun({ algorithm: id, environment: "matrix/climbing", options });
  const { algorithm } = makeLearner(config);
  const before = split(algorithm);
  sampleBySeed(algorithm, 5);
  const after = split(algorithm);
  assert.equal(after.rest, before.rest);
  assert.equal(
    after.streams.filter((stream) => before.streams.includes(stream)),
    [],
  );
  return after.streams;
}

/** The state of an algorithm, the streams that it acts by apart. */
function split(algorithm: Algorithm) {
  const { tensors, facts } = algorithm.save();
  const acts = ([name]: readonly [string, unknown]) => /acting|exploring/.test(name);
  const entries = Object.entries(facts);
  const streams = entries.filter(acts).flatMap(([, value]) => {
    const all = value as readonly unknown[];
    return (Array.isArray(all[0]) ? all : [all]).map((stream) => JSON.stringify(stream));
  });
  return { streams, rest: { tensors, facts: entries.filter((entry) => !acts(entry)) } };
}

test.run();
