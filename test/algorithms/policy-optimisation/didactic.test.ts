/** What docs/results/didactic-games.md says of steps that go too far together, by training: returns of an agent. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  A2po,
  Coppo,
  differentialGame,
  Happo,
  Hatrpo,
  halfHalf,
  Mappo,
  matrixGame,
} from "../../../src/index.ts";

/** Tables of logits, 1,000 plays an iteration. */
const table = {
  hiddenSizes: [] as number[],
  inputNorm: false,
  stepsPerIteration: 1000,
  environmentCopies: 1000,
  criticLearningRate: 0.05,
  threads: 1,
  seed: 1,
};

/** To the best answer in one update. */
const far = { ...table, learningRate: 0.1, epochs: 40, clip: 5, entropyCoefficient: 0 };

/** Anti-coordination where uniform policies play 0 with probability ⅔: 1 is everybody's best answer. */
const twoThirds = () =>
  matrixGame({
    payoff: [
      [0, 0, 2],
      [0, 0, 2],
      [2, 2, -1],
    ],
  });

interface Learner {
  learn(
    steps: number,
    options: { onIteration(metrics: { meanReturn: number | null }): void },
  ): Promise<unknown>;
}

/** [iterations] mean return of an agent, before each update. */
async function returnsOf(model: Learner, iterations: number, plays: number, agents = 2): Promise<number[]> {
  const returns: number[] = [];
  const onIteration = ({ meanReturn }: { meanReturn: number | null }) => {
    returns.push(Number(meanReturn) / agents);
  };
  await model.learn(iterations * plays, { onIteration });
  return returns;
}

test("at once all take the same best answer and get −1; in turn, and with a look at the others, they get 2", async () => {
  const afterOne = async (model: Learner) => (await returnsOf(model, 2, 1000))[1];
  const atOnce = await afterOne(new Mappo(twoThirds(), { ...far, sharing: "separate" }));
  assert.ok(atOnce < -0.9, `MAPPO ${atOnce}`);
  for (const Model of [Coppo, Happo, A2po]) {
    const inTurn = await afterOne(new Model(twoThirds(), far));
    assert.ok(inTurn > 1.9, `${Model.name} ${inTurn}`);
  }
});

test("trust-region steps at once go to and fro; in turn they reach different actions", async () => {
  const hatrpo = (factor: "none" | "preceding") =>
    returnsOf(new Hatrpo(twoThirds(), { ...table, cgDamping: 0.001, maxKl: 0.5, factor }), 8, 1000);
  const atOnce = await hatrpo("none");
  // Four standard errors of a mean of 1,000 plays, whose deviation is at most 1.5.
  const noise = 0.2;
  for (let update = 1; update < 7; update += 2) {
    assert.ok(atOnce[update] < atOnce[update - 1] - noise, `down: ${atOnce}`);
    assert.ok(atOnce[update + 1] > atOnce[update] + noise, `up: ${atOnce}`);
  }
  assert.ok((await hatrpo("preceding"))[7] > 1.9);
});

test("a product of two numbers gets negative by steps at once, and better by steps in turn", async () => {
  const options = {
    ...table,
    outputGain: 0.25,
    stepsPerIteration: 4000,
    environmentCopies: 4000,
    cgDamping: 0,
  };
  const hatrpo = (factor: "none" | "preceding") =>
    // Seed 4 begins with means of −¼ and ¼; steps of 1 need a KL of 1/(2σ²), σ = e^−½.
    returnsOf(new Hatrpo(differentialGame(), { ...options, maxKl: 1.35914, factor, seed: 4 }), 2, 4000);
  const [[before, atOnce], [, inTurn]] = [await hatrpo("none"), await hatrpo("preceding")];
  // −1/16 with a standard error of σ²/√4000 ≈ 0.006.
  assert.ok(Math.abs(before + 0.0625) < 0.03, `${before}`);
  assert.ok(atOnce < -0.2, `${atOnce}`);
  assert.ok(inTurn > 0.5, `${inTurn}`);
});

test("agents who are one and have no number stay at 2/2ⁿ; with numbers they get 1", async () => {
  const last = async (agentNumbers: boolean) => {
    const options = { ...table, learningRate: 0.05, entropyCoefficient: 0, agentNumbers };
    return (await returnsOf(new Mappo(halfHalf({ agents: 4 }), options), 30, 1000, 4)).slice(-10);
  };
  const mean = (await last(false)).reduce((sum, value) => sum + value / 10, 0);
  // Four standard errors of 10,000 plays, √(⅛ · ⅞ / 10 000) = 0.0033 each; shared policies cannot do better.
  assert.ok(mean < 0.125 + 0.0133 && mean > 0.1, `${mean}`);
  assert.ok(Math.min(...(await last(true))) > 0.9);
});

test.run();
