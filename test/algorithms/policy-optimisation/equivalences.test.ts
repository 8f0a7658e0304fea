/** Where algorithms of the family are the same thing, and what must not matter. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { normaliseAdvantages } from "../../../src/algorithms/policy-optimisation/advantage-normalisation.ts";
import { vectorise } from "../../../src/environments/vectorise.ts";
import type { AgentBatch, Batch } from "../../../src/rollouts/batch.ts";
import { Collector } from "../../../src/rollouts/collector.ts";
import { Random } from "../../../src/tensor/random.ts";
import { taskShape as shapeOf } from "../../../src/training/learner.ts";
import { allClose, close, sameBits } from "../../support/close.ts";
import {
  type FamilyId,
  familyIds,
  makeFamily,
  playedBatch,
  savedBits,
  uneven,
} from "../../support/family.ts";
import { clockEnvironment } from "../../support/masked-environment.ts";
import { randomBatch, taskShape } from "../../support/random-batch.ts";

/** All algorithms with the same critic, epochs and normalisation. */
const common = { epochs: 3, criticEpochs: 2, criticSharing: "one", critic: "central", teamReward: "sum" };
const same = { ...common, sharing: "separate", advantageNormalisation: "agent" };
const clipped = familyIds.filter((id) => id !== "hatrpo");

test("with one agent CoPPO, HAPPO and A2PO are PPO to the bit", () => {
  const task = taskShape(1);
  const after = (id: FamilyId, options: object = {}) => {
    const trainer = makeFamily(id, { ...same, ...options }, { task });
    for (const seed of [1, 2]) trainer.update(playedBatch(trainer, task, seed));
    return savedBits(trainer);
  };
  const ppo = after("ippo");
  for (const id of clipped) sameBits(after(id), ppo, id);
  sameBits(after("a2po", { clipStart: 0.1, rescore: true }), ppo, "whatever c");
});

test("HAPPO's and A2PO's first agent is MAPPO's agent to the bit, the second is not", () => {
  const policies = (id: FamilyId, options: object = {}) => {
    const trainer = makeFamily(id, { ...same, ...options });
    trainer.update(playedBatch(trainer, uneven));
    return trainer.policies.map(({ parameters }) => parameters);
  };
  const mappo = policies("mappo");
  const sequential = [
    policies("happo", { order: "fixed" }),
    policies("a2po", { order: "fixed", clipRule: "constant" }),
  ];
  for (const found of sequential) {
    sameBits(found[0], mappo[0]);
    assert.not.equal(found[1], mappo[1]);
  }
});

test("A2PO without correction, outer bound and adaptive ranges is HAPPO with the factor inside", () => {
  const options = { ...same, order: "fixed" };
  const after = (id: FamilyId, more: object) => {
    const trainer = makeFamily(id, { ...options, ...more });
    trainer.update(playedBatch(trainer, uneven));
    return savedBits(trainer);
  };
  // λ = 0 leaves nothing of a trace to be corrected.
  const a2po = after("a2po", { gaeLambda: 0, clipRule: "constant", outerClip: "none" });
  sameBits(a2po, after("happo", { gaeLambda: 0, placement: "inside" }));
});

test("A2PO with GAE, a factor outside of constant clips and HAPPO's order is HAPPO; without a factor it is something else", () => {
  const after = (id: FamilyId, options: object) => {
    const trainer = makeFamily(id, { ...same, ...options });
    trainer.update(playedBatch(trainer, uneven));
    return savedBits(trainer);
  };
  const plain = {
    advantage: "gae",
    placement: "outside",
    clipRule: "constant",
    outerClip: "none",
    order: "random",
  };
  const happo = after("happo", {});
  sameBits(after("a2po", plain), happo);
  assert.not.equal(after("a2po", { ...plain, factor: "none" }), happo);
  assert.not.equal(after("a2po", { ...plain, advantage: "preopc" }), happo);
});

test("agents that share a policy move it by the mean over their rows: twins as far as one of them", () => {
  const batch = randomBatch(taskShape(1, 4, 3), 2, 8, 1, 4);
  const [one] = batch.agents;
  const state = { state: one.observations, cutStates: one.cutObservations };
  const shared = { ...same, teamReward: "mean", sharing: "shared", agentNumbers: false, epochs: 1 };
  const norm = (agents: number) => {
    const trainer = makeFamily("ippo", shared, { task: { ...taskShape(agents, 4, 3), stateSize: 4 } });
    const actions = Int32Array.from(
      { length: agents * batch.rows },
      (_, i) => batch.actions[Math.floor(i / agents)],
    );
    const twins = { ...batch, ...state, actions, agents: new Array<AgentBatch>(agents).fill(one) };
    const { details = {} } = trainer.update(twins);
    return (details.policyGradientNorm as readonly number[])[0];
  };
  // The same terms, summed up in another order of f32.
  close(norm(2), norm(1), 1e-5);
});

test("one pass of one minibatch makes CoPPO MAPPO", () => {
  const after = (id: FamilyId) => {
    const trainer = makeFamily(id, { ...same, epochs: 1 });
    trainer.update(playedBatch(trainer, uneven));
    return savedBits(trainer);
  };
  sameBits(after("coppo"), after("mappo"));
});

test("HATRPO without factors takes the same steps in any order; with them only the first is the same", () => {
  const steps = (options: object): Float32Array[] => {
    const trainer = makeFamily("hatrpo", { maxKl: 0.05, ...options });
    trainer.update(playedBatch(trainer, uneven));
    return trainer.policies.map(({ parameters }) => parameters);
  };
  const without = steps({ factor: "none", order: "fixed" });
  const drawn = steps({ factor: "none", order: "greedy" });
  const weighted = steps({ order: "fixed" });
  for (const agent of [0, 1, 2]) sameBits(drawn[agent], without[agent], `agent ${agent}`);
  sameBits(weighted[0], without[0], "first");
  for (const agent of [1, 2]) assert.not.equal(weighted[agent], without[agent]);
});

test("at the first step nothing has moved: ratios and factors of 1, nothing clipped", () => {
  for (const id of ["ippo", "mappo", "coppo"] as const) {
    const trainer = makeFamily(id, { epochs: 1 });
    const { details = {} } = trainer.update(playedBatch(trainer, uneven));
    for (const name of ["ratioDeviation", "factorDeviation", "clipFraction"]) {
      // The bits of acting, judging and training are the same.
      assert.equal(details[name], [0, 0, 0], `${id} ${name}`);
    }
  }
});

test("normalised advantages do not depend on the size of rewards, nor on absent rows", () => {
  const numbers = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 6, maxLength: 12 });
  fc.assert(
    fc.property(
      numbers,
      fc.double({ min: 0.5, max: 50, noNaN: true }),
      fc.constantFrom("agent" as const, "team" as const),
      (values, scale, over) => {
        const first = Float64Array.from(values);
        const second = first.map((value, i) => value * 0.5 - i);
        const alive = [0, 1].map((agent) => Uint8Array.from(values, (_, i) => Number((i + agent) % 3 > 0)));
        const expected = normaliseAdvantages([first, second], alive, 0, over);
        const larger = [first, second].map((part) => part.map((value) => scale * value + 7));
        const found = normaliseAdvantages(larger, alive, 0, over);
        const there = values.filter((_, i) => alive[0][i]);
        const spread = Math.max(...there) - Math.min(...there);
        // ε = 10⁻⁵ beside the deviation is what remains of the scale.
        if (spread > 0.1) allClose(found, expected, 2e-3);
        const absent = first.map((value, i) => (alive[0][i] ? value : 1e6));
        const kept = normaliseAdvantages([absent, second], alive, 0, over);
        for (const [i, one] of alive[0].entries()) if (one) allClose([kept[i]], [expected[i]], 0);
      },
    ),
  );
});

/** A batch in which agent 0 is away in every third row; there it saw and did something else when `other`. */
function withAbsence(batch: Batch, width: number, other: boolean): Batch {
  const [first, ...rest] = batch.agents;
  const alive = first.alive.map((_, row) => (row % 3 === 0 ? 0 : 1));
  const size = first.observations.length / batch.rows;
  const observations = first.observations.map((value, i) =>
    other && !alive[Math.floor(i / size)] ? value + 1 : value,
  );
  const actions = batch.actions.slice();
  if (other)
    for (let row = 0; row < batch.rows; row += 3)
      actions[row * width] = 1 - Math.min(1, actions[row * width]);
  return { ...batch, agents: [{ ...first, alive, observations }, ...rest], actions };
}

test("what an absent agent sees and does moves nothing", () => {
  for (const id of familyIds) {
    const after = (other: boolean) => {
      const trainer = makeFamily(id, { critic: "local", criticSharing: "separate" });
      const batch = playedBatch(trainer, uneven);
      // Four heads: agents a, b (two) and c.
      trainer.update(withAbsence(batch, 4, other));
      return savedBits(trainer);
    };
    sameBits(after(true), after(false), id);
  }
});

test("rows in which nobody was there count in no mean: a batch with them teaches what one without does", () => {
  const task = taskShape(2, 4, 3);
  const [copies, steps] = [2, 8];
  const whole = randomBatch(task, copies, steps, 1, 4);
  const there = whole.agents.map((agent) => ({
    ...agent,
    alive: agent.alive.map((_, row) => Number(row < steps)),
  }));
  const first = <T extends Float32Array | Uint8Array>(values: T): T =>
    values.slice(0, values.length / copies) as T;
  const half = {
    ...whole,
    rows: steps,
    copies: 1,
    actions: whole.actions.slice(0, whole.actions.length / copies),
    terminated: first(whole.terminated),
    truncated: first(whole.truncated),
    cuts: whole.cuts.slice(0, whole.cuts.length / copies),
    agents: there.map((agent) => ({
      observations: first(agent.observations),
      rewards: first(agent.rewards),
      cutObservations: first(agent.cutObservations),
      alive: first(agent.alive),
      cutAlive: first(agent.cutAlive),
    })),
  };
  const critics = { critic: "local", criticSharing: "separate", teamReward: "own", valueMasks: true };
  for (const id of familyIds) {
    const clips = id === "hatrpo" ? {} : { epochs: 1, entropyCoefficient: 1 };
    const update = (batch: Batch): Readonly<Record<string, readonly number[]>> => {
      const trainer = makeFamily(id, { ...critics, ...clips, criticEpochs: 1, valueNorm: "none" }, { task });
      const { details, kl } = trainer.update(batch);
      return { ...(details as Readonly<Record<string, readonly number[]>>), kl };
    };
    const [among, alone] = [update({ ...whole, agents: there }), update(half)];
    for (const name of ["policyGradientNorm", "valueGradientNorm", "valueLoss", "kl"] as const) {
      const [found, expected] = [among, alone].map((all) => all[name]);
      // The same terms, summed up in another order of f32.
      for (const [i, value] of expected.entries()) close(found[i], value, 1e-4 * value, `${id} ${name} ${i}`);
    }
  }
});

test("an agent that was absent all the time keeps its policy", () => {
  for (const id of familyIds) {
    const trainer = makeFamily(id, { sharing: "separate" });
    const batch = playedBatch(trainer, uneven);
    const [first, ...rest] = batch.agents;
    const before = trainer.policies.map(({ parameters }) => parameters.slice());
    trainer.update({ ...batch, agents: [{ ...first, alive: new Uint8Array(batch.rows) }, ...rest] });
    sameBits(trainer.policies[0].parameters, before[0], id);
    assert.not.equal(trainer.policies[1].parameters, before[1]);
  }
});

test("illegal actions are never chosen, and training goes on", () => {
  const task = shapeOf(vectorise(clockEnvironment, { copies: 1 }).spec);
  for (const id of familyIds) {
    for (const sharing of ["separate", "shared"]) {
      const trainer = makeFamily(id, { sharing }, { task });
      const environment = vectorise(clockEnvironment, { copies: 4 });
      const collector = new Collector(environment, 40, Random.fromSeed(3));
      for (let iteration = 0; iteration < 2; iteration++) {
        const batch = collector.collect(trainer) as Batch;
        for (let row = 0; row < batch.rows; row++) {
          for (const agent of [0, 1]) {
            const legal = batch.agents[agent].masks?.[row * 3 + batch.actions[row * 2 + agent]];
            assert.is(legal, 1, `${id}, row ${row}`);
          }
        }
        const { kl, entropy } = trainer.update(batch);
        assert.ok([...kl, ...entropy].every(Number.isFinite));
      }
    }
  }
});

test("rewards decide: other rewards, other policies", () => {
  const batch = randomBatch(uneven, 4, 10, 1);
  const after = (sign: number) => {
    const trainer = makeFamily("mappo");
    const agents = batch.agents.map((agent) => ({ ...agent, rewards: agent.rewards.map((r) => sign * r) }));
    trainer.update({ ...batch, agents });
    return trainer.policies[0].parameters;
  };
  assert.not.equal(after(1), after(-1));
});

test.run();
