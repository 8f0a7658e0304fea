/** A recorded episode holds a frame before each step and every agent's rewards. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Algorithm } from "../../src/algorithms/algorithm.ts";
import { cooperativeNavigation } from "../../src/environments/particle/cooperative-navigation.ts";
import { makeEnvironment } from "../../src/environments/registry.ts";
import { vectorise } from "../../src/environments/vectorise.ts";
import type { Actions, Situation } from "../../src/rollouts/joint-policy.ts";
import { Matrpo } from "../../src/training/matrpo.ts";
import { recordEpisode } from "../../src/training/record-episode.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";
import { countingCopies } from "../support/counting-environment.ts";
import { rejects } from "../support/rejects.ts";

const still: Algorithm = {
  id: "still",
  act: (_: Situation, actions: Actions) => void actions.fill(0),
  update() {
    throw new Error("nothing is learned here");
  },
  sampleFrom() {},
  save: () => ({ tensors: {}, facts: {} }),
  load() {},
};

test("frames and rewards cover the episode, the same for the same seed", async () => {
  const definition = makeEnvironment("particle/cooperative-navigation", { agents: 2, episodeLimit: 7 });
  const record = (seed: number) => recordEpisode(still, vectorise(definition), { seed, deterministic: true });
  const episode = await record(3);
  assert.is(episode.frames.length, 7);
  assert.is(episode.rewards.length, 7);
  assert.equal(episode.agents, ["agent_0", "agent_1"]);
  assert.ok(episode.rewards.every((row) => row.length === 2 && row[0] < 0));
  assert.equal(episode.frames[6], episode.frames[0]);
  assert.equal(await record(3), episode);
  assert.not.equal(await record(4), episode);
});

test("recording leaves a model as it was, also with sampled actions, and plays what it learned", async () => {
  const options = { hiddenSizes: [8], stepsPerIteration: 100, environmentCopies: 4, seed: 2 };
  const model = new Matrpo(cooperativeNavigation({ agents: 2, episodeLimit: 9 }), options);
  const before = await model.toBytes();
  const sampled = await model.recordEpisode({ deterministic: false });
  assert.equal(await model.toBytes(), before);
  const { agents, observationSizes } = model.spec;
  model.predict(Object.fromEntries(agents.map((agent, i) => [agent, new Float32Array(observationSizes[i])])));
  assert.equal(await model.recordEpisode({ deterministic: false }), sampled);
  assert.not.equal((await model.recordEpisode({ deterministic: false, seed: 2 })).rewards, sampled.rewards);
  const likeliest = await model.recordEpisode();
  assert.not.equal(likeliest, sampled);
  const total = likeliest.rewards.flat().reduce((sum, reward) => sum + reward, 0);
  const { return: team } = await model.evaluate({ episodes: 1 });
  assert.ok(
    Math.abs(total - team.mean) < 1e-9,
    "the episode that evaluate plays; sums differ in their order",
  );
});

test("an episode of more than 10,000 steps is cut there, and says so", async () => {
  const record = (episodeLimit: number) =>
    recordEpisode(still, vectorise(cooperativeNavigation({ agents: 1, episodeLimit })));
  const [whole, longer] = [await record(10_000), await record(10_001)];
  assert.equal([whole.rewards.length, whole.cut], [10_000, undefined]);
  assert.equal([longer.rewards.length, longer.frames.length, longer.cut], [10_000, 10_000, true]);
});

test("an environment that cannot draw is named", async () => {
  const call = () => recordEpisode(still, countingCopies(1), { seed: 1, deterministic: true });
  await rejects(call, InvalidInputError, /test\/counting does not draw itself/);
});

test.run();
