import { test } from "uvu";
import * as assert from "uvu/assert";
import { act, type MpeEnv, mpe, mpeTasks, stage } from "../../support/mpe.ts";

const looks = (env: MpeEnv) =>
  env.draw?.(0).shapes.map((shape) => {
    if (shape?.kind !== "circle") return shape;
    return [shape.label ?? "", shape.color, shape.radius, shape.outline ?? false];
  });

test("landmarks come before agents, each as large as it is and at its place", () => {
  for (const id of mpeTasks) {
    const env = mpe(id);
    const { positions, landmarks } = env.saveState(0).state;
    const shapes = env.draw?.(0).shapes ?? [];
    assert.equal(
      shapes.map((shape) => shape?.kind === "circle" && [shape.x, shape.y]),
      [...landmarks, ...positions],
    );
    for (const shape of shapes) assert.ok(shape?.kind === "circle" && shape.radius > 0);
  }
});

test("talkers show the word that they said last, agents and landmarks the secrets", () => {
  const env = stage("mpe/simple-reference", { goals: [0, 2] });
  const [red, green, blue] = ["#d55e00", "#009e73", "#0072b2"];
  const marks = [red, green, blue].map((color) => ["", color, 0.05, false]);
  assert.equal(looks(env), [...marks, ["0", blue, 0.05, false], ["1", red, 0.05, false]]);
  act(env, [5 * 2 + 1, 5 * 9]);
  assert.equal(looks(env), [...marks, ["0: c", blue, 0.05, false], ["1: j", red, 0.05, false]]);
  const adversary = looks(stage("mpe/simple-adversary", { goals: [1] }));
  assert.equal(adversary?.slice(0, 2), [
    ["", "#333333", 0.08, false],
    ["", "#009e73", 0.08, false],
  ]);
  assert.equal(adversary?.[2], ["A0", "#d55e00", 0.15, false]);
});

test("forests are rings, and the leader differs from who follows it", () => {
  const shapes = looks(mpe("mpe/simple-world-comm")) ?? [];
  assert.equal(
    shapes.map((shape) => (shape as unknown[])[3]),
    [false, false, false, true, true, ...new Array(6).fill(false)],
  );
  assert.equal(
    shapes.slice(5).map((shape) => (shape as unknown[])[0]),
    ["L0", "A0", "A1", "A2", "0", "1"],
  );
  assert.is.not((shapes[5] as unknown[])[1], (shapes[6] as unknown[])[1]);
});

test.run();
