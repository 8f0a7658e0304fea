/** What critics see, what they are paid, and what follows for advantages. */
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { TaskShape } from "../../../src/algorithms/algorithm.ts";
import { criticPlans, criticView } from "../../../src/algorithms/policy-optimisation/critic-views.ts";
import { Estimate } from "../../../src/algorithms/policy-optimisation/estimates.ts";
import { familyDefaults } from "../../../src/algorithms/policy-optimisation/options.ts";
import { TeamAdvantages } from "../../../src/algorithms/policy-optimisation/team-advantages.ts";
import type { Batch } from "../../../src/rollouts/batch.ts";
import { allClose } from "../../support/close.ts";
import { randomBatch, taskShape } from "../../support/random-batch.ts";
import { refuses } from "../../support/refuses.ts";

const golden = JSON.parse(readFileSync(new URL("../../golden/a2po.json", import.meta.url), "utf8")).trace;

/** The golden trace as one copy's batch; the value after the time limit is 0.4, after the last row that of the trace. */
function goldenEstimate(timeLimits: "bootstrap" | "terminal" | "zero"): Estimate {
  const { r, v, vlast, done, trunc, gamma, lam } = golden;
  const rows = r.length;
  const cuts = Int32Array.from([2, 5, 7]);
  const batch = {
    ...randomBatch(taskShape(1), 1, rows),
    cuts,
    terminated: Uint8Array.from(done, (end: number, row) => end - trunc[row]),
    truncated: Uint8Array.from(trunc),
  };
  const settings = { ...familyDefaults, gamma, gaeLambda: lam, timeLimits };
  const cutValues = Float32Array.of(9, 0.4, vlast);
  return new Estimate(batch, Float32Array.from(r), Float32Array.from(v), cutValues, settings);
}

test("golden advantages with real last observations, and with the last step's advantage at 0", () => {
  // Rewards and values are f32 here.
  allClose(goldenEstimate("bootstrap").advantages(), golden.gae_bootstrap.A, 1e-6);
  allClose(goldenEstimate("zero").advantages(), golden.gae, 1e-6);
  const rho = Float64Array.from(golden.rho);
  allClose(goldenEstimate("zero").advantages(rho), golden.preopc_paper, 1e-6);
});

test("as a terminal state, a time limit is followed by nothing", () => {
  const { r, v } = golden;
  const found = goldenEstimate("terminal").advantages();
  allClose([found[5]], [r[5] - v[5]], 1e-6);
  assert.is.not(found[4], goldenEstimate("bootstrap").advantages()[4]);
});

test("an agent's own returns end when it leaves for good, not where it is away for a while; the team's go on", () => {
  const rows = 8;
  const batch = { ...randomBatch(taskShape(1), 1, rows), cuts: Int32Array.of(3, 7) };
  const ends = { terminated: new Uint8Array(rows), truncated: Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 0) };
  const rewards = Float32Array.of(1, 2, 4, 0, 8, 0, 16, 32);
  const values = Float32Array.of(3, 5, 7, 11, 13, 17, 19, 23);
  // Gone after row 2 of the first episode; away in row 5, and gone after the last.
  const presence = { alive: Uint8Array.of(1, 1, 1, 0, 1, 0, 1, 1), cutAlive: Uint8Array.of(0, 0) };
  const returns = (timeLimits: "bootstrap" | "zero", own = true) => {
    const settings = { ...familyDefaults, gamma: 1, gaeLambda: 1, timeLimits };
    const cutValues = Float32Array.of(100, 200);
    const given = [{ ...batch, ...ends }, rewards, values, cutValues, settings] as const;
    return [...new Estimate(...given, own ? presence : undefined).advantages()].map(
      (a, row) => a + values[row],
    );
  };
  assert.equal(returns("bootstrap"), [7, 6, 4, 0, 56, 48, 48, 32]);
  assert.equal(returns("zero"), returns("bootstrap"), "no limit has stopped it");
  assert.equal(returns("bootstrap", false), [107, 106, 104, 100, 256, 248, 248, 232]);
});

const task: TaskShape = { ...taskShape(2, 2, 3), stateSize: 3 };

/** Two rows and two cuts; agent 1 is away in the second row and after the first cut. */
function smallBatch(): Batch {
  const batch = randomBatch(task, 2, 1);
  const alive = [Uint8Array.of(1, 1), Uint8Array.of(1, 0)];
  const cutAlive = [Uint8Array.of(1, 1), Uint8Array.of(0, 1)];
  const agents = batch.agents.map((agent, i) => ({
    ...agent,
    observations: Float32Array.of(1, 2, 3, 4).map((x) => x + 10 * i),
    cutObservations: Float32Array.of(5, 6, 7, 8).map((x) => x + 10 * i),
    rewards: Float32Array.of(1 + i, 3 + 3 * i),
    alive: alive[i],
    cutAlive: cutAlive[i],
  }));
  const state = Float32Array.of(-1, -2, -3, -4, -5, -6);
  return { ...batch, agents, state, cutStates: state.map((x) => x - 10) };
}

type Settings = Partial<Parameters<typeof criticPlans>[1]>;

function views(settings: Settings, given = task, batch = smallBatch()) {
  const all = { ...familyDefaults, ...settings };
  return criticPlans(given, all).map((plan) => ({ plan, ...criticView(given, all, plan, batch) }));
}

test("one central critic sees the state and is paid the team's reward", () => {
  const [view, ...others] = views({});
  assert.is(others.length, 0);
  assert.equal(view.plan, { agents: [0, 1], common: true, inputSize: 3 });
  assert.equal([...view.input], [-1, -2, -3, -4, -5, -6]);
  assert.equal([...view.cutInput], [-11, -12, -13, -14, -15, -16]);
  assert.equal(view.rewards, [Float32Array.of(3, 9)]);
  assert.equal(views({ teamReward: "mean" })[0].rewards, [Float32Array.of(1.5, 4.5)]);
});

test("without a state the central critic sees all observations one after another", () => {
  const stateless = { ...task, stateSize: 0 };
  const batch = { ...smallBatch(), state: new Float32Array(0), cutStates: new Float32Array(0) };
  const [{ plan, input, cutInput }] = views({}, stateless, batch);
  assert.is(plan.inputSize, 4);
  assert.equal([...input], [1, 2, 11, 12, 3, 4, 13, 14]);
  assert.equal([...cutInput], [5, 6, 15, 16, 7, 8, 17, 18]);
});

test("one critic with a view for each agent sees state, observation and number; of absent agents the number alone", () => {
  const [view] = views({ criticInput: "state-and-observation", teamReward: "own" });
  assert.equal(view.plan, { agents: [0, 1], common: false, inputSize: 7 });
  assert.equal(
    [...view.input],
    [
      [-1, -2, -3, 1, 2, 1, 0],
      [-4, -5, -6, 3, 4, 1, 0],
      [-1, -2, -3, 11, 12, 0, 1],
      [0, 0, 0, 0, 0, 0, 1],
    ].flat(),
  );
  assert.equal([...view.cutInput.subarray(14, 21)], [0, 0, 0, 0, 0, 0, 1]);
  assert.equal(view.rewards, [Float32Array.of(1, 3), Float32Array.of(2, 6)]);
  const [seen] = views({ criticInput: "state-and-observation", deathMasking: false });
  assert.equal([...seen.input.subarray(21)], [-4, -5, -6, 13, 14, 0, 1]);
});

test("a state may end with a view for each agent: critics see what is common, or the agent's own view and number", () => {
  const viewed: TaskShape = { ...task, stateSize: 3, agentStateSize: 1 };
  assert.equal([...views({}, viewed)[0].input], [-1, -4], "what is common");
  const [one] = views({ criticInput: "agent-state" }, viewed);
  assert.equal(one.plan, { agents: [0, 1], common: false, inputSize: 3 });
  assert.equal(
    [...one.input],
    [
      [-2, 1, 0],
      [-5, 1, 0],
      [-3, 0, 1],
      [0, 0, 1],
    ].flat(),
  );
  assert.equal(
    [...one.cutInput],
    [
      [-12, 1, 0],
      [-15, 1, 0],
      [0, 0, 1],
      [-16, 0, 1],
    ].flat(),
  );
  const own = views({ criticInput: "agent-state", criticSharing: "separate" }, viewed);
  assert.equal(
    own.map(({ input }) => [...input]),
    [
      [-2, -5],
      [-3, 0],
    ],
  );
  const nothingCommon: TaskShape = { ...viewed, stateSize: 4, agentStateSize: 2 };
  const state = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const batch = { ...smallBatch(), state, cutStates: state };
  assert.equal([...views({}, nothingCommon, batch)[0].input], [...state], "all views are the state");
  refuses(() => views({ criticInput: "agent-state" }), "no view of the state");
});

test("corrected advantages are weighted with how likely their states have become, and only those", () => {
  const batch = { ...randomBatch(task, 1, 4), cuts: Int32Array.of(3) };
  const numbers = Float32Array.of(1, -2, 3, 5);
  const make = (stateRatios: boolean) => {
    const options = { ...familyDefaults, stateRatios, advantageNormalisation: "none" as const, traceClip: 2 };
    const estimates = [0, 1].map(() => new Estimate(batch, numbers, numbers, Float32Array.of(1), options));
    return new TeamAdvantages(estimates, [Uint8Array.of(1, 1, 1, 1), Uint8Array.of(1, 1, 1, 1)], options);
  };
  const [plain, weighted] = [make(false), make(true)];
  assert.equal([...weighted.normalised(1)], [...plain.normalised(1)], "nobody has moved yet");
  for (const ratios of [
    [9, 9, 9, 9],
    [0.5, 3, 1.5, 7],
  ]) {
    for (const one of [plain, weighted]) one.correct(1, Float64Array.from(ratios));
  }
  // From 1: times ½, times 3 that is bounded by 2, times 1½.
  const visits = [1, 0.5, 1, 1.5];
  allClose(
    weighted.normalised(1),
    [...plain.normalised(1)].map((advantage, row) => advantage * visits[row]),
    1e-12,
  );
  assert.equal([...weighted.normalised(0)], [...plain.normalised(0)], "of the others");
});

test("critics of their own see one agent's observation, or the state each", () => {
  const local = views({ critic: "local", criticSharing: "separate", teamReward: "own" });
  assert.equal(
    local.map(({ plan }) => plan.inputSize),
    [2, 2],
  );
  assert.equal([...local[1].input], [11, 12, 0, 0]);
  const central = views({ criticSharing: "separate" });
  assert.equal([...central[0].input], [-1, -2, -3, -4, -5, -6]);
  assert.equal([...central[1].input], [-1, -2, -3, 0, 0, 0]);
});

test.run();
