/** Whole trainings: the two-step game, which QMIX solves and a plain sum of utilities cannot; a game with illegal actions. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { QmixOptions } from "../../../src/algorithms/qmix/options.ts";
import { type EnvironmentDefinition, StepOutcome } from "../../../src/environments/environment.ts";
import { makeSpec } from "../../../src/environments/spec.ts";
import { makeEnvironment, Qmix } from "../../../src/index.ts";

/** As in the paper, all play is random; small networks are enough. */
const quick: QmixOptions = {
  recurrent: false,
  hiddenSize: 32,
  mixingSize: 8,
  hypernetSize: 16,
  epsilonEnd: 1,
  stepsPerIteration: 400,
  teamReward: "mean",
  learningRate: 1e-3,
  targetEpisodes: 50,
  updatesPerEpisode: 0.5,
};

/** What the greedy team gets, after so many steps. */
async function greedyReturn(
  environment: EnvironmentDefinition,
  options: QmixOptions,
  steps: number,
  seed: number,
): Promise<number> {
  const model = new Qmix(environment, { ...options, seed, threads: 1 });
  await model.learn(steps);
  const { return: total } = await model.evaluate({ deterministic: true, episodes: 2 });
  return total.mean / model.spec.agents.length;
}

test("in the two-step game QMIX finds the 8, the sum of utilities only the sure 7", async () => {
  for (const [mixer, expected] of [
    ["qmix", 8],
    ["vdn", 7],
  ] as const) {
    for (const seed of [1, 2, 3]) {
      assert.is(
        await greedyReturn(makeEnvironment("matrix/two-step"), { ...quick, mixer }, 1_600, seed),
        expected,
      );
    }
  }
});

/**
 * Both agents see the step, of four. Choice step mod 3 is illegal and throws; of the others the first pays 1, if the
 * other agent takes it too, and ends the episode at odd steps, where waiting with the second costs nothing.
 */
const masked: EnvironmentDefinition<number> = {
  spec: makeSpec({
    id: "test/masked",
    agents: ["first", "second"],
    observationSizes: [4, 4],
    headSizes: [[3], [3]],
    masked: true,
    episodeLimit: 4,
  }),
  create(copies) {
    const steps = new Int32Array(copies);
    return {
      reset: (copy) => {
        steps[copy] = 0;
      },
      step(copy, _random, { actions, rewards }) {
        const step = steps[copy]++;
        const chosen = [actions[copy * 2], actions[copy * 2 + 1]];
        assert.ok(chosen.every((choice) => choice !== step % 3));
        const taken = chosen.every((choice) => choice === (step % 3 === 0 ? 1 : 0));
        rewards.fill(taken ? 1 : 0, copy * 2, copy * 2 + 2);
        return taken && step % 2 === 1 ? StepOutcome.terminated : StepOutcome.running;
      },
      observe(copy, { observations, mask }) {
        for (let agent = copy * 2; agent < copy * 2 + 2; agent++) {
          for (let k = 0; k < 4; k++) observations[agent * 4 + k] = k === steps[copy] ? 1 : 0;
          for (let k = 0; k < 3; k++) mask[agent * 3 + k] = k === steps[copy] % 3 ? 0 : 1;
        }
      },
      saveState: (copy) => steps[copy],
      loadState: (copy, step) => {
        steps[copy] = step;
      },
    };
  },
};

test("with illegal actions and a time limit it never takes one and finds the best that is legal", async () => {
  const options: QmixOptions = { ...quick, epsilonEnd: 0.3, epsilonSteps: 4_000, timeLimits: "terminal" };
  // 1 at step 0, wait at step 1, 1 at step 2, 1 at step 3.
  for (const seed of [1, 2]) assert.is(await greedyReturn(masked, options, 5_000, seed), 3);
});

test.run();
