/** Random games: their tables, and that play follows them. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { toParallel } from "../../../src/environments/adapters.ts";
import { checkEnvironment } from "../../../src/environments/check.ts";
import { actionsOf } from "../../../src/environments/tabular/game.ts";
import { randomTabular } from "../../../src/environments/tabular/random.ts";
import { vectorise } from "../../../src/environments/vectorise.ts";
import { Random } from "../../../src/tensor/random.ts";
import { close } from "../../support/close.ts";
import { moveRandomly, play, seen } from "../../support/moves.ts";
import { refuses } from "../../support/refuses.ts";

test("rows of transitions and the start are distributions; a seed gives one game", () => {
  const { game } = randomTabular({ states: 5, agents: 3, actions: 2, seed: 7 });
  assert.is(game.transitions.length, 5 * 8 * 5);
  assert.is(game.rewards.length, 5 * 8);
  for (const table of [game.transitions, game.start]) {
    assert.ok(table.every((p) => p > 0));
    for (let row = 0; row < table.length; row += 5) {
      const sum = table.slice(row, row + 5).reduce((a, b) => a + b, 0);
      close(sum, 1, 1e-14, "sum of 5 probabilities");
    }
  }
  assert.equal(
    randomTabular({ states: 5, agents: 3, actions: 2, seed: 7, gamma: 0.5 }).game.rewards,
    game.rewards,
  );
  const other = randomTabular({ states: 5, agents: 3, actions: 2, seed: 8 }).game;
  assert.is.not(other.rewards[0], game.rewards[0]);
});

test("joint actions are numbered with the last agent's action fastest", () => {
  const choices = [2, 3, 2];
  assert.equal(
    [0, 1, 2, 6, 11].map((k) => actionsOf(choices, k)),
    [
      [0, 0, 0],
      [0, 0, 1],
      [0, 1, 0],
      [1, 0, 0],
      [1, 2, 1],
    ],
  );
});

test("everybody sees the state one-hot and gets the reward of the table", () => {
  const definition = randomTabular({ states: 3, agents: 2, actions: 3, seed: 1 });
  const env = vectorise(definition);
  for (let state = 0; state < 3; state++) {
    for (let k = 0; k < 9; k++) {
      env.loadState(0, { state: { state } });
      const hot = [0, 1, 2].map((s) => (s === state ? 1 : 0));
      assert.equal(seen(env).slice(0, 2), [[...hot, ...hot], hot]);
      const reward = Math.fround(definition.game.rewards[state * 9 + k]);
      assert.equal(play(env, Math.floor(k / 3), k % 3), [reward, reward]);
    }
  }
});

test("starts and next states come as often as the tables say", () => {
  const definition = randomTabular({ states: 4, agents: 2, actions: 2, seed: 3 });
  const copies = 20_000;
  const env = vectorise(definition, { copies });
  const count = () => {
    const counts = [0, 0, 0, 0];
    for (let c = 0; c < copies; c++) counts[env.saveState(c).state.state]++;
    return counts;
  };
  const agree = (counts: readonly number[], table: Float64Array, first: number, what: string) => {
    for (const [s, n] of counts.entries()) {
      const p = table[first + s];
      close(
        n / copies,
        p,
        4.5 * Math.sqrt((p * (1 - p)) / copies),
        `${what}, state ${s}: 4.5 standard errors`,
      );
    }
  };
  agree(count(), definition.game.start, 0, "start");
  for (let k = 0; k < 4; k++) {
    for (let c = 0; c < copies; c++) env.loadState(c, { state: { state: 2 } });
    for (let c = 0; c < copies; c++) env.batch.actions.set([k >> 1, k & 1], 2 * c);
    env.step();
    agree(count(), definition.game.transitions, (2 * 4 + k) * 4, `joint action ${k}`);
  }
});

test("episodes are cut at the limit, and a state saved in the middle continues to the same bits", () => {
  const env = vectorise(randomTabular({ episodeLimit: 6 }), { copies: 3, seed: 5 });
  const random = Random.fromSeed("moves");
  const actions = Array.from({ length: 10 }, () => {
    moveRandomly(env, random);
    return env.batch.actions.slice();
  });
  const steps = (from: number) =>
    actions.slice(from).map((moves) => {
      env.batch.actions.set(moves);
      env.step();
      return seen(env);
    });
  for (let i = 0; i < 4; i++) {
    env.batch.actions.set(actions[i]);
    env.step();
  }
  const saved = [0, 1, 2].map((c) => JSON.stringify(env.saveState(c)));
  const first = steps(4);
  assert.equal(first[1][5], [1, 1, 1], "truncated after 6 steps");
  assert.equal(first[1][4], [0, 0, 0], "never terminated");
  for (const [c, text] of saved.entries()) env.loadState(c, JSON.parse(text));
  assert.equal(steps(4), first);
});

test("it keeps the contract and refuses what is out of range or too large", async () => {
  await checkEnvironment(toParallel(randomTabular({ agents: 3 })), { steps: 300 });
  refuses(() => randomTabular({ gamma: 1 }), "gamma is 1", "below 1");
  refuses(() => randomTabular({ agents: 16, actions: 16 }), "smaller game");
  refuses(
    () => vectorise(randomTabular()).loadState(0, { state: { state: 8 } }),
    "state is 8",
    "from 0 to 7",
  );
});

test.run();
