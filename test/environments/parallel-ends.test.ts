/** How an episode of a user's environment ends, and who is there then. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { checkEnvironment } from "../../src/environments/check.ts";
import type { ParallelEnv, PerAgent } from "../../src/environments/environment.ts";
import { fromParallel } from "../../src/environments/from-parallel.ts";
import { discrete } from "../../src/environments/spaces.ts";
import { byAgent } from "../support/by-agent.ts";
import { HonestEnvironment } from "../support/honest-environment.ts";
import { refuses } from "../support/refuses.ts";

test("who terminates in the very step in which the clock runs out is not there afterwards", () => {
  // cat leaves by termination in step 2, which is the limit.
  const env = fromParallel(() => new HonestEnvironment() as ParallelEnv, { episodeLimit: 2 });
  env.reset();
  for (let step = 0; step < 2; step++) env.step();
  const { terminated, truncated, finalAlive, finalObservations, finalMask } = env.batch;
  assert.equal([terminated[0], truncated[0]], [0, 1]);
  assert.equal([...finalAlive], [1, 1, 0]);
  assert.equal([...finalObservations.subarray(10)], [0, 0, 0, 0, 0]);
  assert.equal([...finalMask.subarray(8)], [1, 0, 0, 0]);
});

/** In step 1 cat terminates; in step 2 ann and bob have these flags, and who terminates is left no choice. */
function endsWith(terminations: PerAgent<boolean>, truncations: PerAgent<boolean>): ParallelEnv {
  const [sight, choices] = [discrete(2), discrete(2)];
  const all = ["ann", "bob", "cat"];
  let agents: string[] = [];
  return {
    possibleAgents: all,
    get agents() {
      return agents;
    },
    observationSpace: () => sight,
    actionSpace: () => choices,
    actionMask: (agent) => (agents.length === 0 && terminations[agent] ? [0, 0] : [1, 0]),
    reset() {
      agents = all;
      return { observations: byAgent(all, () => 0) };
    },
    step() {
      const acted = agents;
      const last = acted.length === 2;
      agents = last ? acted.filter((agent) => !terminations[agent] && !truncations[agent]) : ["ann", "bob"];
      return {
        observations: byAgent(acted, () => 1),
        rewards: byAgent(acted, () => 0),
        terminations: byAgent(acted, (agent) => (last ? terminations[agent] : agent === "cat")),
        truncations: byAgent(acted, (agent) => last && truncations[agent]),
      };
    },
  };
}

test("an episode has terminated only if all who acted last have; otherwise a clock has stopped the others", async () => {
  for (const [terminations, truncations, ended, there, episodeLimit] of [
    [[true, false], [false, true], [0, 1], [0, 1, 0], 0],
    [[true, false], [true, true], [0, 1], [0, 1, 0], 0],
    [[true, false], [false, false], [0, 1], [0, 1, 0], 2],
    [[false, false], [true, true], [0, 1], [1, 1, 0], 0],
    [[true, true], [false, true], [1, 0], [1, 1, 0], 0],
  ] as const) {
    const flags = ([ann, bob]: readonly [boolean, boolean]) => ({ ann, bob });
    const make = () => endsWith(flags(terminations), flags(truncations));
    const env = fromParallel(make, { episodeLimit });
    env.reset();
    for (let step = 0; step < 2; step++) env.step();
    const { terminated, truncated, finalAlive, finalObservations } = env.batch;
    assert.equal([terminated[0], truncated[0]], ended);
    assert.equal([...finalAlive], there);
    // Of the two observations those who are there see the second.
    assert.equal(
      [...finalObservations],
      there.flatMap((one) => [0, one]),
    );
    if (episodeLimit === 0) await checkEnvironment(make());
  }
});

test("a step before the first reset is refused as the caller's fault", () => {
  const env = fromParallel(() => new HonestEnvironment() as ParallelEnv, { id: "orchard" });
  refuses(() => env.step(), "orchard, copy 0: no episode has begun; call reset() before the first step");
});

test.run();
