import { test } from "uvu";
import * as assert from "uvu/assert";
import { allClose, close } from "../../support/close.ts";
import { act, mpe, mpeTasks, seenBy, stage } from "../../support/mpe.ts";

const [STAY, RIGHT, UP] = [0, 2, 4];

test("positions move by the old velocity by default, by the new one with velocity-first", () => {
  for (const [options, x] of [
    [{}, 0.1],
    [{ integrator: "position-first" }, 0.1],
    [{ integrator: "velocity-first" }, 0.125],
  ] as const) {
    const env = stage(
      "mpe/simple",
      { positions: [[0, 0]], velocities: [[1, 0]], landmarks: [[0, 0]] },
      options,
    );
    const rewards = act(env, [RIGHT]);
    allClose(env.saveState(0).state.velocities[0], [0.75 + 0.5, 0], 1e-15);
    allClose(rewards, [-x * x], 1e-7);
    allClose(seenBy(env, 0), [1.25, 0, -x, 0], 1e-7);
  }
});

test("the agents of tag have their own forces and speed limits", () => {
  const corners = [-3, -1, 1, 3].map((x) => [x, 3] as const);
  const far = corners.map(([x]) => [x, -3] as const).slice(0, 2);
  const env = stage("mpe/simple-tag", { positions: corners, landmarks: far });
  act(env, [RIGHT, RIGHT, UP, UP]);
  const speeds = () => env.saveState(0).state.velocities.map(([x, y]) => Math.hypot(x, y));
  allClose(speeds(), [0.3, 0.3, 0.3, 0.4], 1e-15);
  for (let step = 0; step < 15; step++) act(env, [RIGHT, RIGHT, UP, UP]);
  allClose(speeds(), [1, 1, 1, 1.3], 1e-12);
});

test("spread mixes coverage for all with each agent's own collisions", () => {
  const positions = [
    [0, 0],
    [0.28, 0],
    [5, 0],
  ] as const;
  const landmarks = [
    [0, 0.05],
    [0, 1],
    [5, 2],
  ] as const;
  // Old velocities are 0, so nothing moves in this step.
  const coverage = -(0.05 + 1 + 2);
  for (const [localRatio, expected] of [
    [0, [coverage, coverage, coverage]],
    [0.5, [coverage / 2 - 0.5, coverage / 2 - 0.5, coverage / 2]],
    [1, [-1, -1, 0]],
  ] as const) {
    const env = stage("mpe/simple-spread", { positions, landmarks }, { localRatio });
    allClose(act(env, [STAY, STAY, STAY]), expected, 1e-6);
    assert.equal(env.spec.metrics, ["collisions", "occupied", "landmarkDistances"]);
    allClose(env.batch.metrics, [1, 1, 3.05], 1e-6);
  }
});

test("reference pays an agent for the other one's way, which it alone knows", () => {
  const state = {
    positions: [
      [0, 0],
      [1, 0],
    ],
    landmarks: [
      [0, 2],
      [1, 3],
      [0, -1],
    ],
    goals: [1, 2],
  } as const;
  const ways = [-3, -1];
  for (const [localRatio, expected] of [
    [1, ways],
    [0, [-2, -2]],
    [0.5, [-2.5, -1.5]],
  ] as const) {
    const env = stage("mpe/simple-reference", state, { localRatio });
    // Agent 0 says "d", agent 1 nothing new but "a".
    allClose(act(env, [5 * 3, 0]), expected, 1e-6);
    allClose(seenBy(env, 1).slice(11), [0, 0, 0, 1, 0, 0, 0, 0, 0, 0], 0);
    allClose(seenBy(env, 0).slice(8, 11), [0.25, 0.75, 0.25], 1e-7);
    allClose(seenBy(env, 1).slice(8, 11), [0.25, 0.25, 0.75], 1e-7);
  }
});

test("a speaker stays where it is, even when a state says that it moves", () => {
  const positions = [
    [0.5, 0.5],
    [0, 0],
  ] as const;
  const velocities = [
    [1, 1],
    [1, 1],
  ] as const;
  const env = stage("mpe/simple-speaker-listener", { positions, velocities, goals: [1] });
  act(env, [1, STAY]);
  const { state } = env.saveState(0);
  assert.equal(state.positions[0], [0.5, 0.5]);
  allClose(state.positions[1], [0.1, 0.1], 1e-15);
  assert.equal(seenBy(env, 1).slice(8), [0, 1, 0]);
});

test("what it costs to be far out grows to 1 at the border, then like e², up to 10 a coordinate", () => {
  for (const [x, y, cost] of [
    [0.9, -0.89, 0],
    [0.95, 0, 0.5],
    [-0.95, 0.97, 1.2],
    [1, 0, 1],
    [1.5, 0, Math.E],
    [2.1, 0, Math.exp(2.2)],
    [2.2, -9, 20],
  ]) {
    const positions = [[7, 7] as const, [x, y] as const];
    const env = stage("mpe/simple-tag", { positions }, { adversaries: 1, obstacles: 0 });
    allClose(act(env, [STAY, STAY]), [0, -cost], 2e-6, `at ${x}, ${y}`);
    close(env.batch.metrics[1], cost, 2e-6);
  }
});

test("every adversary is paid for every tag, a good agent pays for its own", () => {
  const positions = [
    [0, 0],
    [0.2, 0],
    [0.1, 0.05],
    [0.1, -0.05],
    [-0.5, 0],
  ] as const;
  const env = stage("mpe/simple-tag", { positions }, { adversaries: 2, goodAgents: 3, obstacles: 0 });
  assert.equal(act(env, [STAY, STAY, STAY, STAY, STAY]), [40, 40, -20, -20, 0]);
  assert.is(env.batch.metrics[0], 4);
});

test("in world comm tags, meals, the border and the ways to prey and food are paid", () => {
  const positions = [
    [0, 0],
    [0, 1],
    [0.1, 0],
    [0.95, 0],
  ] as const;
  const landmarks = [
    [0.15, 0],
    [0.1, 0.5],
  ] as const;
  const counts = { adversaries: 2, goodAgents: 2, obstacles: 0, food: 2, forests: 0 };
  const env = stage("mpe/simple-world-comm", { positions, landmarks }, counts);
  const rewards = act(env, [0, STAY, STAY, STAY]);
  const hunt = Math.hypot(0.1, 1);
  allClose(rewards, [5 - 0.01, 5 - 0.1 * hunt, -5 + 2 - 0.05 * 0.05, -2 * 0.5 - 0.05 * 0.8], 1e-6);
  allClose(env.batch.metrics, [1, 1, 0.5], 1e-6);
});

/** Who sees whom, as rows of 1 and 0: whether the offset of another agent is not 0. */
function sight(positions: readonly (readonly [number, number])[], forests: number): number[][] {
  const landmarks = [[9, 9] as const, ...[0, 5].slice(0, forests).map((x) => [x, 0] as const)];
  const counts = { adversaries: 2, goodAgents: 2, obstacles: 0, food: 1, forests };
  const velocities = positions.map(() => [0.5, 0.5] as const);
  const env = stage("mpe/simple-world-comm", { positions, velocities, landmarks }, counts);
  const first = 4 + 2 * landmarks.length;
  return positions.map((_, agent) => {
    const offsets = seenBy(env, agent).slice(first, first + 6);
    return [0, 1, 2].map((k) => (offsets[2 * k] === 0 && offsets[2 * k + 1] === 0 ? 0 : 1));
  });
}

test("forests hide who is inside from who is not, but not from the leader", () => {
  const away = [-3, -3] as const;
  // Leader and one adversary outside, both good agents in the first forest.
  assert.equal(sight([away, [-2, 0], [0, 0.1], [0.1, 0]], 2), [
    [1, 1, 1],
    [1, 0, 0],
    [0, 0, 1],
    [0, 0, 1],
  ]);
  // Good agents in different forests; the adversary beside the first of them.
  assert.equal(sight([away, [0, -0.1], [0, 0.1], [5, 0]], 2), [
    [1, 1, 1],
    [0, 1, 0],
    [0, 1, 0],
    [0, 0, 0],
  ]);
  assert.equal(sight([away, [-2, 0], [0, 0.1], [0.1, 0]], 0), [
    [1, 1, 1],
    [1, 1, 1],
    [1, 1, 1],
    [1, 1, 1],
  ]);
});

test("who is hidden shows no velocity, and each knows in which forest it is itself", () => {
  const positions = [
    [-3, -3],
    [-2, 0],
    [0, 0.1],
  ] as const;
  const velocities = [
    [1, 0],
    [0, 1],
    [0.5, 0.25],
  ] as const;
  const landmarks = [
    [9, 9],
    [0, 0],
    [-2, 0.3],
  ] as const;
  const counts = { adversaries: 2, goodAgents: 1, obstacles: 0, food: 1, forests: 2 };
  const utterances = [[0, 0.5, 0, 1]];
  const env = stage("mpe/simple-world-comm", { positions, velocities, landmarks, utterances }, counts);
  const tail = (agent: number) => seenBy(env, agent).slice(14);
  assert.equal(tail(0), [0.5, 0.25, -1, -1, 0, 0.5, 0, 1]);
  assert.equal(tail(1), [0, 0, -1, 1, 0, 0.5, 0, 1]);
  assert.equal(tail(2), [1, -1]);
});

test("Eve pays for what she misses, Bob and Alice for what Bob misses and Eve does not", () => {
  const [right, wrong, elsewhere] = [1, 0, 3];
  for (const [eve, bob, expected, correct] of [
    [right, right, [0, 0, 0], [1, 1]],
    [wrong, right, [-2, 2, 2], [1, 0]],
    [right, elsewhere, [0, -2, -2], [0, 1]],
    [elsewhere, wrong, [-2, 0, 0], [0, 0]],
  ] as const) {
    const env = stage("mpe/simple-crypto", { goals: [1, 0] });
    assert.equal(
      act(env, [eve, bob, 2]).map((x) => x + 0),
      [...expected],
    );
    assert.equal([...env.batch.metrics], [...correct]);
    assert.equal(seenBy(env, 0), [0, 0, 1, 0]);
    assert.equal(seenBy(env, 1), [1, 0, 0, 0, 0, 0, 1, 0]);
    assert.equal(seenBy(env, 2), [0, 1, 0, 0, 1, 0, 0, 0]);
  }
});

test("in continuous crypto, to say nothing is not to err", () => {
  const env = stage("mpe/simple-crypto", { goals: [1, 0] }, { actions: "continuous" });
  allClose(act(env, [0, 0, 0, 0, 0, 0.5, 0, 0, 1, 1, 1, 1]), [0, -0.25, -0.25], 1e-7);
  // Who says nothing, or two words as loud, is not correct.
  assert.equal([...env.batch.metrics], [1, 0]);
  allClose(act(env, [0, 0, 0.25, 0, 0, 0, 0, 0, 1, 1, 1, 1]), [-1.0625, 1.0625, 1.0625], 1e-7);
  act(env, [0, 0.5, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0]);
  assert.equal([...env.batch.metrics], [1, 1]);
});

test("agents and landmarks in one place give finite numbers", () => {
  for (const id of mpeTasks) {
    const env = mpe(id);
    const { positions, landmarks } = env.saveState(0).state;
    const here = positions.map(() => [0.5, 0.5] as const);
    const there = landmarks.map(() => [0.5, 0.5] as const);
    const piled = stage(id, { positions: here, landmarks: there });
    for (let step = 0; step < 20; step++) {
      piled.step();
      assert.ok([...piled.batch.observations, ...piled.batch.rewards].every(Number.isFinite), id);
    }
  }
});

test.run();
