/** The two-step game, move by move, with its exact values. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { toParallel } from "../../../src/environments/adapters.ts";
import { checkEnvironment } from "../../../src/environments/check.ts";
import { twoStep } from "../../../src/environments/matrix/two-step.ts";
import { vectorise } from "../../../src/environments/vectorise.ts";
import { Random } from "../../../src/tensor/random.ts";
import { close } from "../../support/close.ts";
import { moveRandomly, play } from "../../support/moves.ts";
import { refuses } from "../../support/refuses.ts";

test("agent 0 alone picks the game, and each game pays as in its table", () => {
  const payoffs = [
    [
      [7, 7],
      [7, 7],
    ],
    [
      [0, 1],
      [1, 8],
    ],
  ];
  for (const first of [0, 1]) {
    for (const idle of [0, 1]) {
      for (const a of [0, 1]) {
        for (const b of [0, 1]) {
          const env = vectorise(twoStep());
          assert.equal([...env.batch.observations], [1, 0, 0, 1, 0, 0]);
          assert.equal(play(env, first, idle), [0, 0]);
          const shown = first === 0 ? [0, 1, 0] : [0, 0, 1];
          assert.equal([...env.batch.observations], [...shown, ...shown]);
          assert.equal([...env.batch.state], shown);
          assert.is(env.batch.terminated[0], 0);
          const reward = payoffs[first][a][b];
          assert.equal(play(env, a, b), [reward, reward]);
          assert.equal([...env.batch.terminated, ...env.batch.truncated], [1, 0]);
          assert.equal([...env.batch.metrics], [reward === 8 ? 1 : 0]);
          assert.equal([...env.batch.finalState], shown);
          assert.equal([...env.batch.state], [1, 0, 0]);
        }
      }
    }
  }
});

test("random play is paid (7 + 2.5)/2", () => {
  const env = vectorise(twoStep(), { copies: 10_000 });
  const random = Random.fromSeed("two");
  for (let step = 0; step < 2; step++) {
    moveRandomly(env, random);
    env.step();
  }
  const mean = env.batch.episodeReturns.reduce((sum, value) => sum + value, 0) / 20_000;
  close(mean, 4.75, 4 * Math.sqrt(10.1875 / 10_000), "4 standard errors; the variance is 10.1875");
});

test("a state saved between the steps continues in the same way", () => {
  const env = vectorise(twoStep(), { copies: 2 });
  env.batch.actions.set([1, 0, 0, 0]);
  env.step();
  const saved = JSON.parse(JSON.stringify(env.saveState(0)));
  assert.equal(saved.state, { stage: 2 });
  env.loadState(1, saved);
  env.batch.actions.set([1, 1, 1, 1]);
  env.step();
  assert.equal([...env.batch.rewards], [8, 8, 8, 8]);
  assert.equal([...env.batch.episodeLengths], [2, 2]);
});

test("it keeps the contract and refuses options, actions and stages that do not exist", async () => {
  await checkEnvironment(toParallel(twoStep()), { steps: 200, longestEpisode: 2 });
  refuses(() => twoStep({ agents: 2 }), 'unknown key "agents"');
  const env = vectorise(twoStep());
  refuses(() => play(env, 0, 2), "agent 1 chose action 2", "from 0 to 1");
  refuses(() => env.loadState(0, { state: { stage: 3 } }), "stage is 3", "from 0 to 2");
});

test.run();
