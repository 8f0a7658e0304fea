/** A recorded episode holds a frame before each step and every agent's rewards. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Algorithm } from "../../src/algorithms/algorithm.ts";
import { makeEnvironment } from "../../src/environments/registry.ts";
import { vectorise } from "../../src/environments/vectorise.ts";
import type { Actions, Situation } from "../../src/rollouts/joint-policy.ts";
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

test("an environment that cannot draw is named", async () => {
  const call = () => recordEpisode(still, countingCopies(1), { seed: 1, deterministic: true });
  await rejects(call, InvalidInputError, /test\/counting does not draw itself/);
});

test.run();
