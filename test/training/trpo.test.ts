/** The two baselines as models: what they see, what they are paid, and what they can learn from it. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ParallelEnv } from "../../src/environments/environment.ts";
import { cooperativeNavigation } from "../../src/environments/particle/cooperative-navigation.ts";
import { Matrpo } from "../../src/training/matrpo.ts";
import { TrpoCentral, TrpoIndependent } from "../../src/training/trpo.ts";
import { CheckpointError, InvalidInputError } from "../../src/validation/errors.ts";
import { HonestEnvironment } from "../support/honest-environment.ts";
import { mailboxWorld, STEPS } from "../support/mailbox-world.ts";
import { rejects } from "../support/rejects.ts";

const small = { hiddenSizes: [8], stepsPerIteration: 400, environmentCopies: 8, gamma: 0, maxKl: 0.05 };
const EPISODES = 200;
/** Of the mean return of EPISODES when every pay is a toss: 2 · STEPS tosses with variance ¼ each. */
const TOSSING_ERROR = Math.sqrt((2 * STEPS) / 4 / EPISODES);

async function learned(model: TrpoCentral | TrpoIndependent): Promise<number> {
  await model.learn(40 * small.stepsPerIteration);
  return (await model.evaluate({ episodes: EPISODES, seed: 5, deterministic: true })).return.mean;
}

test("who reads its own letters learns to, alone or at the centre: every step pays both", async () => {
  assert.is(await learned(new TrpoIndependent(mailboxWorld("self"), small)), 2 * STEPS);
  assert.is(await learned(new TrpoCentral(mailboxWorld("self"), small)), 2 * STEPS);
});

test("letters for others: the centre delivers them all, independent agents can do no better than toss", async () => {
  assert.is(await learned(new TrpoCentral(mailboxWorld("other"), small)), 2 * STEPS);
  const alone = await learned(new TrpoIndependent(mailboxWorld("other"), small));
  assert.ok(Math.abs(alone - STEPS) < 4 * TOSSING_ERROR, `independent agents got ${alone}`);
});

test("the team observes the state of the world and answers for everyone", () => {
  const definition = cooperativeNavigation({ agents: 3 });
  const { stateSize } = definition.spec;
  const model = new TrpoCentral(definition, small);
  assert.equal(model.spec.agents, ["team"]);
  assert.equal(model.spec.observationSizes, [stateSize]);
  const { team } = model.predict({ team: new Float32Array(stateSize) });
  assert.is((team as Int32Array).length, 3);
  assert.throws(() => model.predict({ agent_0: new Float32Array(stateSize) }), /no agent "agent_0".*team/);
  assert.throws(() => model.predict({ team: [1, 2] }), /observation of team/);
});

test("in a user's environment the team observes the state, or everyone's observations one after another", async () => {
  const make = () => new HonestEnvironment() as ParallelEnv;
  const options = { ...small, environmentCopies: 2 };
  assert.equal(new TrpoCentral({ make, masked: false }, options).spec.observationSizes, [2]);
  const model = new TrpoCentral({ make, masked: false, stateSize: 0 }, options);
  assert.equal(model.spec.observationSizes, [3 + 4 + 5]);
  await model.learn(1);
  const { team } = model.predict({ team: new Float32Array(12) });
  assert.is((team as Int32Array).length, 4);
  await model.close();
});

test("returns of the team are those of its agents together", async () => {
  const definition = cooperativeNavigation({ agents: 2, episodeLimit: 20 });
  const central = new TrpoCentral(definition, small);
  const { return: team, agentReturns } = await central.evaluate({ episodes: 6 });
  assert.equal(Object.keys(agentReturns), ["team"]);
  assert.equal(agentReturns.team, team);
  const [metrics] = await firstMetrics(central);
  assert.is(metrics.meanReturn, metrics.agentReturns[0]);
});

async function firstMetrics(model: TrpoCentral) {
  const seen: { meanReturn: number | null; agentReturns: readonly (number | null)[] }[] = [];
  await model.learn(1, { onIteration: (metrics) => seen.push(metrics) });
  return seen;
}

test("checkpoints go back into their own algorithm and no other", async () => {
  const definition = cooperativeNavigation({ agents: 2 });
  const central = await new TrpoCentral(definition, { ...small, seed: 2 }).learn(1);
  const bytes = await central.toBytes();
  const again = await new TrpoCentral(definition, { ...small, seed: 2 }).fromBytes(bytes);
  assert.equal(await again.toBytes(), bytes);
  for (const Other of [TrpoIndependent, Matrpo]) {
    const other = new Other(definition, { hiddenSizes: [8] });
    await rejects(() => other.fromBytes(bytes), CheckpointError, /another task: algorithm is "trpo-central"/);
  }
});

test("options of one baseline are refused by the other", () => {
  const definition = cooperativeNavigation({ agents: 2 });
  const divided = { ...small, divideMaxKl: true };
  assert.throws(
    () => new TrpoCentral(definition, divided),
    (error: unknown) => error instanceof InvalidInputError && /unknown key "divideMaxKl"/.test(error.message),
  );
  new TrpoIndependent(definition, { ...divided, preset: "paper" });
});

test.run();
