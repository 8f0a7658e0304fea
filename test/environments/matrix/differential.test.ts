/** The games with real actions at points worked out by hand. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { toParallel } from "../../../src/environments/adapters.ts";
import { checkEnvironment } from "../../../src/environments/check.ts";
import { differentialGame } from "../../../src/environments/matrix/differential.ts";
import { vectorise } from "../../../src/environments/vectorise.ts";
import { Random } from "../../../src/tensor/random.ts";
import { allClose, close } from "../../support/close.ts";
import { play } from "../../support/moves.ts";
import { refuses } from "../../support/refuses.ts";

test("the product pays a₁a₂, and actions beyond the box count as its edge", () => {
  const env = vectorise(differentialGame());
  assert.is(env.spec.action, "continuous");
  assert.instance(env.batch.actions, Float32Array);
  assert.equal([...(env.spec.low as Float32Array), ...(env.spec.high as Float32Array)], [-10, -10, 10, 10]);
  assert.equal(play(env, -0.25, 0.25), [-0.0625, -0.0625]);
  assert.equal(play(env, 3, -2), [-6, -6]);
  assert.equal(play(env, 1000, 0.5), [5, 5]);
  assert.equal(play(env, Number.NEGATIVE_INFINITY, -99), [100, 100]);
  assert.equal([...env.batch.terminated], [1]);
  assert.equal(play(vectorise(differentialGame({ limit: 2 })), 3, 3), [4, 4]);
});

test("the two hills are 0 and 10 high, and the wide one is the higher between them", () => {
  const env = vectorise(differentialGame({ kind: "two-hills" }));
  const cases = [
    [-5, -5, 0],
    [5, 5, 10],
    [5, 4, 9],
    [-2, -5, -0.8],
    [-2, -2, -1.6],
    [0, 0, -0.8 * (50 / 9)], // the narrow hill is at −40 there
    [5, -5, -0.8 * (100 / 9)], // and at −90 here
  ];
  for (const [a, b, reward] of cases) allClose(play(env, a, b), [reward, reward], 1e-6, `at (${a}, ${b})`);
});

test("uniform play of the product is paid 0 on average", () => {
  const env = vectorise(differentialGame({ limit: 1 }), { copies: 20_000 });
  const random = Random.fromSeed("uniform");
  for (let i = 0; i < env.batch.actions.length; i++) env.batch.actions[i] = random.uniform(-1, 1);
  env.step();
  const mean = env.batch.rewards.reduce((sum, value) => sum + value, 0) / 40_000;
  close(mean, 0, 4 * Math.sqrt(1 / 9 / 20_000), "4 standard errors; the variance is 1/9");
});

test("they keep the contract and refuse NaN and wrong options", async () => {
  for (const kind of ["product", "two-hills"] as const)
    await checkEnvironment(toParallel(differentialGame({ kind })), { steps: 100 });
  refuses(() => play(vectorise(differentialGame()), 0, Number.NaN), "agent 1 chose action NaN", "-10 to 10");
  refuses(() => differentialGame({ kind: "hills" as "product" }), "kind", "two-hills");
  refuses(() => differentialGame({ limit: 0 }), "limit is 0", "above 0");
});

test.run();
