/** Agents that are not there: their rows teach nobody anything. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Ippo } from "../../../src/index.ts";
import type { Batch } from "../../../src/rollouts/batch.ts";
import { allClose, sameBits } from "../../support/close.ts";
import { type FamilyId, makeFamily, playedBatch, savedBits, uneven } from "../../support/family.ts";
import { LEAVING, leavingWorld, STAYING } from "../../support/leaving-world.ts";
import { smallTraining } from "../../support/small-training.ts";

/** Agent 1 leaves after `stay` of the 5 steps of each episode. What it saw then is multiplied by `blur`. */
function leave(batch: Batch, stay: number, blur = 1): Batch {
  const [first, own, ...others] = batch.agents;
  const alive = own.alive.map((_, row) => (row % 5 < stay ? 1 : 0));
  const width = own.observations.length / batch.rows;
  const observations = own.observations.map((x, i) => (alive[Math.floor(i / width)] ? x : blur * x));
  const cutObservations = own.cutObservations.map((x) => blur * x);
  const rewards = own.rewards.map((reward, row) => reward * alive[row]);
  const gone = { alive, cutAlive: own.cutAlive.map(() => 0) };
  return {
    ...batch,
    agents: [first, { ...own, ...gone, rewards, observations, cutObservations }, ...others],
  };
}

test("who may leave or stay for more does not leave for what a critic guesses of its absence", async () => {
  const options = { learningRate: 0.01, entropyCoefficient: 0.001, valueMasks: true };
  const model = new Ippo(leavingWorld, { ...smallTraining, ...options });
  let found = 0;
  await model.learn(10 * smallTraining.stepsPerIteration, {
    onIteration: ({ agentReturns }) => {
      found = agentReturns[0] ?? 0;
    },
  });
  assert.ok(found > LEAVING + 0.8 * (STAYING - LEAVING), `${found}`);
});

for (const id of ["ippo", "a2po"] as const) {
  test(`with its own rewards and valueMasks, what an agent would have seen in its absence changes nothing: ${id}`, () => {
    const options = { critic: "local", criticSharing: "separate", valueMasks: true };
    const update = (blur: number, teamReward = "own") => {
      const given = { ...options, teamReward };
      const trainer = makeFamily(id, { ...given, deathMasking: false });
      const metrics = trainer.update(leave(playedBatch(trainer, uneven), 2, blur));
      return { metrics, bits: savedBits(trainer) };
    };
    const [seen, blurred] = [update(1), update(-3)];
    sameBits(blurred.bits, seen.bits);
    assert.equal(blurred.metrics, seen.metrics);
    assert.not.equal(update(-3, "sum").bits, update(1, "sum").bits, "the team is paid on");
  });
}

test("explained variance is over the rows in which the agent was there, of a common critic over all", () => {
  const agent = 1;
  const explained = (id: FamilyId) => {
    const trainer = makeFamily(id, { gamma: 0, gaeLambda: 0 });
    const batch = playedBatch(trainer, uneven);
    const constant = batch.agents[agent].rewards.map(() => 3);
    const agents = batch.agents.map((one, i) => (i === agent ? { ...one, rewards: constant } : one));
    return trainer.update(leave({ ...batch, agents }, 2)).explainedVariance as readonly number[];
  };
  // Always paid the same while it is there, there is nothing to explain.
  assert.is(explained("ippo")[agent], 0);
  assert.equal(new Set(explained("mappo")).size, 1);
});

test("value masks where the team is paid on are warned of once", () => {
  const warnings = (options: object) => {
    const trainer = makeFamily("mappo", {
      valueMasks: true,
      critic: "local",
      criticSharing: "separate",
      ...options,
    });
    return [1, 2].map((seed) => trainer.update(playedBatch(trainer, uneven, seed)).warnings);
  };
  const [first, second] = warnings({});
  assert.is(first.length, 1);
  assert.match(first[0], /valueMasks is true, but teamReward is "sum".*teamReward to "own"/);
  assert.equal(second, []);
  assert.equal(warnings({ teamReward: "own" }), [[], []]);
  assert.equal(warnings({ critic: "central", criticSharing: "one" }), [[], []], "a view in common");
  assert.equal(warnings({ valueMasks: false }), [[], []]);
});

/** The same rows and cuts of the first half of the copies alone. */
function firstHalf(batch: Batch): Batch {
  const half = <T extends Float32Array | Int32Array | Uint8Array>(all: T): T =>
    all.subarray(0, all.length / 2) as T;
  const agents = batch.agents.map(({ observations, rewards, cutObservations, alive, cutAlive }) => ({
    observations: half(observations),
    rewards: half(rewards),
    cutObservations: half(cutObservations),
    alive: half(alive),
    cutAlive: half(cutAlive),
  }));
  const { rows, copies, actions, memory, terminated, truncated, cuts } = batch;
  const flags = { terminated: half(terminated), truncated: half(truncated), cuts: half(cuts) };
  const sizes = { rows: rows / 2, copies: copies / 2 };
  return { ...batch, ...sizes, ...flags, agents, actions: half(actions), memory: half(memory) };
}

for (const klForm of ["exact", "unweighted-k3"] as const) {
  test(`a trust-region step of a policy that remembers is as if rows of its absence were not there: ${klForm}`, () => {
    const settings = {
      klForm,
      maxKl: 1, // so far that the bound itself, not the model of it, decides how long the step is
      factor: "none",
      recurrent: true,
      chunkLength: 5,
      cgDamping: 0.01,
    };
    const steps = { stepsPerIteration: 40, environmentCopies: 4 };
    const update = (change: (batch: Batch) => Batch) => {
      const trainer = makeFamily("hatrpo", { ...settings, ...steps });
      const batch = playedBatch(trainer, uneven);
      const { kl, details } = trainer.update(
        change({ ...batch, memory: new Float32Array(batch.copies * trainer.memorySize) }),
      );
      const { stepScale, surrogateGain, policyGradientNorm } = details as Record<string, number[]>;
      return [kl[1], stepScale[1], surrogateGain[1], policyGradientNorm[1]];
    };
    const own = update(firstHalf);
    const found = update((batch) => {
      const agents = batch.agents.map((agent, i) => {
        if (i !== 1) return agent;
        const alive = agent.alive.map((_, row) => (row < batch.rows / 2 ? 1 : 0));
        // What stands in those rows is far from all that it has seen.
        return {
          ...agent,
          alive,
          observations: agent.observations.map((x, k) => (alive[k >> 1] ? x : 9 * x * x)),
        };
      });
      return { ...batch, agents };
    });
    assert.ok(own[1] > 0 && own[1] < 1, `${own}`);
    // The same sums in f32, in another order.
    allClose(found, own, 1e-4);
  });
}

test.run();
