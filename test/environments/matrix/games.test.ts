/** Payoffs of the games of one move, entry by entry, and their statistics under random play. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { toParallel } from "../../../src/environments/adapters.ts";
import { checkEnvironment } from "../../../src/environments/check.ts";
import type { EnvironmentDefinition } from "../../../src/environments/environment.ts";
import { matrixGame, type Payoff } from "../../../src/environments/matrix/game.ts";
import { halfHalf } from "../../../src/environments/matrix/half-half.ts";
import { antiCoordination, climbing, penalty } from "../../../src/environments/matrix/payoffs.ts";
import { vectorise } from "../../../src/environments/vectorise.ts";
import { Random } from "../../../src/tensor/random.ts";
import { allClose, close } from "../../support/close.ts";
import { moveRandomly, play, seen } from "../../support/moves.ts";
import { refuses } from "../../support/refuses.ts";

const games: readonly (readonly [string, EnvironmentDefinition, readonly (readonly number[])[]])[] = [
  [
    "climbing",
    climbing(),
    [
      [11, -30, 0],
      [-30, 7, 6],
      [0, 0, 5],
    ],
  ],
  [
    "penalty",
    penalty({ k: -50 }),
    [
      [10, 0, -50],
      [0, 2, 0],
      [-50, 0, 10],
    ],
  ],
  [
    "anti-coordination",
    antiCoordination(),
    [
      [0, 2],
      [2, -1],
    ],
  ],
];

for (const [name, definition, payoff] of games) {
  test(`${name} pays every joint action as in its table, to both, and ends after one step`, () => {
    const env = vectorise(definition);
    const best = Math.max(...payoff.flat());
    for (const [a, row] of payoff.entries()) {
      for (const [b, expected] of row.entries()) {
        assert.equal(play(env, a, b), [expected, expected]);
        assert.equal([...env.batch.terminated, ...env.batch.truncated], [1, 0]);
        assert.equal([...env.batch.episodeReturns, ...env.batch.episodeLengths], [expected, expected, 1]);
        assert.equal([...env.batch.metrics], [expected === best ? 1 : 0]);
        assert.equal([...env.batch.observations, ...env.batch.state], [1, 1, 1]);
      }
    }
  });

  test(`random play of ${name} is paid the mean of the table`, () => {
    const env = vectorise(definition, { copies: 5000 });
    moveRandomly(env, Random.fromSeed(name));
    env.step();
    const entries = payoff.flat();
    const mean = entries.reduce((sum, value) => sum + value, 0) / entries.length;
    const variance = entries.reduce((sum, value) => sum + (value - mean) ** 2, 0) / entries.length;
    const sample = env.batch.episodeReturns.reduce((sum, value) => sum + value, 0) / 2 / 5000;
    close(sample, mean, 4 * Math.sqrt(variance / 5000), "mean of 5,000 games, 4 standard errors");
  });
}

test("half-half pays 1 for the two joint actions that tell the halves apart, 0 for all others", () => {
  for (const agents of [2, 4, 6]) {
    const env = vectorise(halfHalf({ agents }), { copies: 2 ** agents });
    for (let joint = 0; joint < 2 ** agents; joint++) {
      for (let i = 0; i < agents; i++)
        env.batch.actions[joint * agents + i] = (joint >> (agents - 1 - i)) & 1;
    }
    env.step();
    const paid = Array.from({ length: 2 ** agents }, (_, joint) => env.batch.rewards[joint * agents]);
    const ones = 2 ** (agents / 2) - 1;
    const right = [ones, ones << (agents / 2)]; // 0…01…1 and 1…10…0
    assert.equal(
      paid,
      paid.map((_, joint) => (right.includes(joint) ? 1 : 0)),
    );
    assert.equal([...env.batch.metrics], paid);
    for (let i = 0; i < env.batch.rewards.length; i++)
      assert.is(env.batch.rewards[i], paid[Math.floor(i / agents)]);
  }
});

test("a shared random policy is paid 2/2ⁿ by half-half", () => {
  const env = vectorise(halfHalf({ agents: 4 }), { copies: 20_000 });
  moveRandomly(env, Random.fromSeed("half"));
  env.step();
  const mean = env.batch.metrics.reduce((sum, value) => sum + value, 0) / 20_000;
  close(mean, 1 / 8, 4 * Math.sqrt(1 / 8 / 20_000), "4 standard errors");
});

test("matrix/game takes nested lists of any depth, row-major", () => {
  const payoff = [
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    [
      [7, 8, 9],
      [10, 11, 12.5],
    ],
  ];
  const env = vectorise(matrixGame({ payoff }));
  assert.equal(env.spec.headSizes, [[2], [2], [3]]);
  assert.equal(play(env, 1, 0, 2), [9, 9, 9]);
  assert.equal(play(env, 0, 1, 0), [4, 4, 4]);
  assert.equal([...env.batch.metrics], [0]);
  assert.equal(play(env, 1, 1, 2), [12.5, 12.5, 12.5]);
  assert.equal([...env.batch.metrics], [1]);
  allClose(play(vectorise(matrixGame({ payoff: [3, 4] })), 1), [4], 0, "one agent");
});

test("payoffs that are uneven, empty, too large or not numbers are refused", () => {
  const wrong = (payoff: unknown) => () => matrixGame({ payoff: payoff as Payoff });
  refuses(wrong([[1, 2], [3]]), "payoff", "[3]", "length 2");
  refuses(wrong([[1, 2], 3]), "payoff", "length 2");
  refuses(wrong([1, [2]]), "payoff", "[2]", "finite number");
  refuses(wrong([1, Number.NaN]), "NaN", "finite number");
  refuses(wrong([[], []]), "empty");
  refuses(wrong([]), "empty");
  refuses(wrong(new Array(70_000).fill(0)), "70000 joint actions");
  refuses(wrong(7), "payoff is 7");
});

test("wrong options and actions are refused by name", () => {
  refuses(() => penalty({ k: 1 }), "k is 1", "at most 0");
  refuses(() => climbing({ k: 1 }), 'unknown key "k"');
  refuses(() => halfHalf({ agents: 3 }), "agents is 3", "multiple of 2");
  const env = vectorise(climbing());
  refuses(() => play(env, 0, 3), "matrix/climbing", "agent 1 chose action 3", "from 0 to 2");
  refuses(() => play(env, -1, 0), "agent 0 chose action -1");
});

test("games of one move keep the contract, and save and load nothing", async () => {
  for (const [id, definition] of [...games, ["half-half", halfHalf()], ["game", matrixGame()]] as const) {
    await checkEnvironment(toParallel(definition), { steps: 100, id });
    const env = vectorise(definition);
    const saved = env.saveState(0);
    assert.equal(saved.state, {});
    env.loadState(0, JSON.parse(JSON.stringify(saved)));
    assert.equal(
      seen(env)[0],
      definition.spec.agents.map(() => 1),
    );
    refuses(() => env.loadState(0, { state: { step: 1 } }), 'unknown key "step"');
  }
});

test.run();
