import { createHash } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../../src/tensor/random.ts";
import { allClose } from "../../support/close.ts";
import { marlstone, tiny } from "../../support/command-line.ts";
import { act, type MpeEnv, mpe, mpeTasks } from "../../support/mpe.ts";
import { actRandomly } from "../../support/random-play.ts";
import { refuses } from "../../support/refuses.ts";
import { inFolder } from "../../support/temporary.ts";

test("any step can be replayed from a saved state to the same bits, with either kind of actions", () => {
  for (const id of mpeTasks) {
    for (const actions of ["discrete", "continuous"]) {
      const env = mpe(id, { actions }, 2, 9);
      const other = mpe(id, { actions });
      const random = Random.fromSeed("replay");
      const half = (list: ArrayLike<number>) => Array.prototype.slice.call(list, list.length / 2);
      for (let step = 0; step < 40; step++) {
        if (step % 13 === 0) other.loadState(0, JSON.parse(JSON.stringify(env.saveState(1))));
        actRandomly(env, random);
        other.batch.actions.set(half(env.batch.actions));
        env.step();
        other.step();
        assert.equal([...other.batch.observations], half(env.batch.observations));
        assert.equal([...other.batch.state], half(env.batch.state));
        assert.equal([...other.batch.rewards], half(env.batch.rewards));
        assert.equal([...other.batch.metrics], half(env.batch.metrics));
        assert.equal(other.saveState(0), env.saveState(1));
      }
    }
  }
});

function bitsOf(env: MpeEnv): string {
  const random = Random.fromSeed("bits");
  const hash = createHash("sha256");
  for (let step = 0; step < 60; step++) {
    actRandomly(env, random);
    env.step();
    const { observations, rewards, metrics } = env.batch;
    for (const { buffer } of [observations, rewards, metrics]) hash.update(new Uint8Array(buffer));
  }
  return hash.digest("hex").slice(0, 16);
}

test("the bits of 60 steps of 20 copies are what they were", () => {
  const found = mpeTasks.map((id) => [
    bitsOf(mpe(id, {}, 20, 1)),
    bitsOf(mpe(id, { actions: "continuous", integrator: "velocity-first" }, 20, 1)),
  ]);
  assert.equal(found, [
    ["3454c18d3868f165", "c00456d1781376c6"],
    ["9868a51143d9965a", "09bad45072bfb066"],
    ["f696eb5068fdc847", "be514d1afc1d2044"],
    ["b2d114ddc1f8b81e", "af661698c57e9139"],
    ["2d4b848ef7d33798", "cda6af65d7bc8ec4"],
    ["292521709a2973d5", "9b67ead885b00ca8"],
    ["ff03566404ada54a", "630499f702a87174"],
    ["571e6f87f81acd1c", "0f3e46f64006d49e"],
    ["3c10f822a31abc54", "7929e4369aca23db"],
  ]);
});

test("episodes start at rest and silent, uniform in their squares, with uniform secrets", () => {
  for (const id of mpeTasks) {
    const env = mpe(id, {}, 600, 4);
    const states = Array.from({ length: 600 }, (_, copy) => env.saveState(copy).state);
    const inside = /tag|world/.test(id) ? 0.9 : 1;
    const check = (values: readonly number[], size: number) => {
      const n = values.length;
      assert.ok(values.every((x) => x >= -size && x < size));
      const mean = values.reduce((sum, x) => sum + x, 0) / n;
      const square = values.reduce((sum, x) => sum + x * x, 0) / n;
      // Five standard errors of the mean and of the mean square.
      allClose([mean], [0], 5 * size * Math.sqrt(1 / 3 / n), `${id} mean`);
      allClose([square], [(size * size) / 3], 5 * size * size * Math.sqrt(4 / 45 / n), `${id} square`);
    };
    check(
      states.flatMap(({ positions }) => positions.flat()),
      1,
    );
    check(
      states.flatMap(({ landmarks }) => landmarks.flat()),
      inside,
    );
    const still = states.flatMap(({ velocities, utterances = [] }) => [velocities, utterances].flat(2));
    assert.ok(still.every((x) => x === 0));
    const secrets = states[0].goals?.length ?? 0;
    for (let k = 0; k < secrets; k++) {
      const counts = [0, 0, 0];
      for (const { goals = [] } of states) counts[goals[k]]++;
      const values = counts.filter((count) => count > 0);
      assert.is(values.length, /push|crypto|adversary/.test(id) ? 2 : 3);
      // Five standard deviations of a count.
      const p = 1 / values.length;
      for (const count of values) allClose([count], [600 * p], 5 * Math.sqrt(600 * p * (1 - p)), id);
    }
  }
});

test("a state of the wrong shape is refused with all that is wrong, and leaves the copy as it was", () => {
  const env = mpe("mpe/simple-reference");
  const { state } = env.saveState(0);
  const load = (changes: object) => () => env.loadState(0, { state: { ...state, ...changes } });
  refuses(load({ goals: [0, 3] }), "state of mpe/simple-reference", "goals[1] is 3", "from 0 to 2");
  refuses(load({ goals: undefined }), "goals");
  refuses(load({ utterances: [[1], [1]] }), "utterances[0]", "length 10");
  refuses(load({ positions: [[0, 0]] }), "positions", "length 2");
  refuses(load({ utterances: state.utterances?.slice(1) }), "utterances", "length 2");
  refuses(load({ goal: [1, 1] }), 'unknown key "goal" (did you mean "goals"?)');
  assert.equal(env.saveState(0).state, state);
});

test("without utterances in a state nobody has said anything yet", () => {
  const env = mpe("mpe/simple-speaker-listener");
  act(env, [2, 0]);
  const { utterances, ...state } = env.saveState(0).state;
  assert.equal(utterances, [[0, 0, 1]]);
  env.loadState(0, { state });
  assert.equal(env.saveState(0).state.utterances, [[0, 0, 0]]);
});

test("the command line trains agents of unequal sizes and reports the metrics", () =>
  inFolder(async (folder) => {
    const words = ["train", ...tiny, "--iterations", "1", "--environment", "mpe/simple-speaker-listener"];
    const trained = await marlstone([...words, "--out", `${folder}/run`]);
    assert.is(trained.code, 0, trained.err);
    const { out } = await marlstone(["evaluate", `${folder}/run`, "--episodes", "4"]);
    assert.match(out, /speaker_0 .*\n.*listener_0 .*\n[\s\S]*distance /);
  }));

test.run();
