import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { toParallel } from "../../../src/environments/adapters.ts";
import { checkEnvironment } from "../../../src/environments/check.ts";
import type { EnvironmentSpec } from "../../../src/environments/environment.ts";
import { makeEnvironment } from "../../../src/environments/registry.ts";
import { Random } from "../../../src/tensor/random.ts";
import { NonFiniteError } from "../../../src/validation/errors.ts";
import { act, mpe, mpeTasks, stage } from "../../support/mpe.ts";
import { actRandomly } from "../../support/random-play.ts";
import { refuses } from "../../support/refuses.ts";

/** Agents, and each one's numbers of observations, of discrete choices, and of continuous actions. */
const published: Readonly<Record<string, readonly (readonly [string, number, number, number])[]>> = {
  "mpe/simple": [["agent_0", 4, 5, 5]],
  "mpe/simple-spread": [
    ["agent_0", 18, 5, 5],
    ["agent_1", 18, 5, 5],
    ["agent_2", 18, 5, 5],
  ],
  "mpe/simple-reference": [
    ["agent_0", 21, 50, 15],
    ["agent_1", 21, 50, 15],
  ],
  "mpe/simple-speaker-listener": [
    ["speaker_0", 3, 3, 3],
    ["listener_0", 11, 5, 5],
  ],
  "mpe/simple-tag": [
    ["adversary_0", 16, 5, 5],
    ["adversary_1", 16, 5, 5],
    ["adversary_2", 16, 5, 5],
    ["agent_0", 14, 5, 5],
  ],
  "mpe/simple-adversary": [
    ["adversary_0", 8, 5, 5],
    ["agent_0", 10, 5, 5],
    ["agent_1", 10, 5, 5],
  ],
  "mpe/simple-push": [
    ["adversary_0", 8, 5, 5],
    ["agent_0", 19, 5, 5],
  ],
  "mpe/simple-crypto": [
    ["eve_0", 4, 4, 4],
    ["bob_0", 8, 4, 4],
    ["alice_0", 8, 4, 4],
  ],
  "mpe/simple-world-comm": [
    ["leadadversary_0", 34, 20, 9],
    ["adversary_0", 34, 5, 5],
    ["adversary_1", 34, 5, 5],
    ["adversary_2", 34, 5, 5],
    ["agent_0", 28, 5, 5],
    ["agent_1", 28, 5, 5],
  ],
};

test("agents and spaces are those that MPE2 publishes, nothing padded", () => {
  assert.equal(Object.keys(published), mpeTasks);
  for (const [id, agents] of Object.entries(published)) {
    const choosing = toParallel(makeEnvironment(id));
    const driving = toParallel(makeEnvironment(id, { actions: "continuous" }));
    assert.equal(
      choosing.possibleAgents,
      agents.map(([name]) => name),
    );
    for (const [name, seen, choices, numbers] of agents) {
      assert.equal(choosing.observationSpace(name), {
        type: "box",
        shape: [seen],
        low: -Infinity,
        high: Infinity,
      });
      assert.equal(choosing.actionSpace(name), { type: "discrete", n: choices });
      const [low, high] = [0, 1].map((bound) => new Float32Array(numbers).fill(bound));
      assert.equal(driving.actionSpace(name), { type: "box", shape: [numbers], low, high });
    }
    const { spec } = makeEnvironment(id);
    assert.is(
      spec.stateSize,
      agents.reduce((sum, [, seen]) => sum + seen, 0),
    );
    assert.is(spec.episodeLimit, 25);
  }
});

test("numbers of agents and landmarks change names and sizes", () => {
  const shape = ({ agents, observationSizes, stateSize }: EnvironmentSpec) => [
    agents.join(" "),
    ...observationSizes,
    stateSize,
  ];
  const { spec: spread } = makeEnvironment("mpe/simple-spread", { agents: 5, episodeLimit: 7 });
  assert.equal(shape(spread), ["agent_0 agent_1 agent_2 agent_3 agent_4", 30, 30, 30, 30, 30, 150]);
  assert.is(spread.episodeLimit, 7);
  assert.equal(shape(makeEnvironment("mpe/simple-spread", { agents: 1 }).spec), ["agent_0", 6, 6]);
  const tag = { goodAgents: 2, adversaries: 1, obstacles: 0 };
  assert.equal(shape(makeEnvironment("mpe/simple-tag", tag).spec), [
    "adversary_0 agent_0 agent_1",
    12,
    10,
    10,
    32,
  ]);
  assert.equal(shape(makeEnvironment("mpe/simple-adversary", { goodAgents: 1 }).spec), [
    "adversary_0 agent_0",
    4,
    6,
    10,
  ]);
  const world = { goodAgents: 1, adversaries: 1, obstacles: 0, food: 1, forests: 0 };
  assert.equal(shape(makeEnvironment("mpe/simple-world-comm", world).spec), [
    "leadadversary_0 agent_0",
    14,
    8,
    22,
  ]);
});

test("wrong options are refused by name", () => {
  const make = (id: string, options: object) => () => makeEnvironment(`mpe/${id}`, options);
  refuses(make("simple-spread", { N: 3 }), 'unknown key "N"');
  refuses(make("simple-spread", { localRatio: 1.5 }), "localRatio is 1.5; it must be a number from 0 to 1");
  refuses(make("simple-tag", { obstacles: -1 }), "obstacles is -1; it must be an integer from 0 to 256");
  refuses(make("simple-world-comm", { food: 0 }), "food is 0; it must be an integer from 1 to 256");
  refuses(make("simple-push", { localRatio: 0.5 }), 'unknown key "localRatio"');
  refuses(make("simple", { integrator: "euler" }), '"position-first", "velocity-first"');
  refuses(make("simple", { actions: "continous" }), 'did you mean "continuous"?');
});

const playedOptions: Readonly<Record<string, object>> = {
  "mpe/simple-spread": { agents: 2, localRatio: 0 },
  "mpe/simple-tag": { goodAgents: 2, adversaries: 1, obstacles: 0 },
  "mpe/simple-adversary": { goodAgents: 1 },
  "mpe/simple-world-comm": { goodAgents: 1, adversaries: 1, obstacles: 0, food: 1, forests: 0 },
};

for (const id of mpeTasks) {
  test(`${id} keeps the contract of environments with forces and utterances as actions`, async () => {
    await checkEnvironment(toParallel(makeEnvironment(id, { actions: "continuous" })), { steps: 300 });
    const options = { ...playedOptions[id], integrator: "velocity-first", actions: "discrete" };
    await checkEnvironment(toParallel(makeEnvironment(id, options)), { steps: 300 });
  });
}

test("a choice equals the continuous action that is 1 for its move and its word, to the bit", () => {
  for (const id of mpeTasks) {
    const choosing = mpe(id, {}, 4, 3);
    const driving = mpe(id, { actions: "continuous" }, 4, 3);
    const { agents, headSizes } = choosing.spec;
    const { actionSize, actionSizes } = driving.spec;
    const random = Random.fromSeed(id);
    for (let step = 0; step < 40; step++) {
      actRandomly(choosing, random);
      driving.batch.actions.fill(0);
      for (const [slot, action] of choosing.batch.actions.entries()) {
        const agent = slot % agents.length;
        const moves = headSizes[agent][0] % 5 === 0;
        const talks = !moves || actionSizes[agent] > 5;
        if (moves) driving.batch.actions[slot * actionSize + (action % 5)] = 1;
        const word = Math.floor(action / (moves ? 5 : 1));
        if (talks) driving.batch.actions[slot * actionSize + (moves ? 5 : 0) + word] = 1;
      }
      choosing.step();
      driving.step();
      assert.equal(driving.batch.observations, choosing.batch.observations);
      assert.equal(driving.batch.rewards, choosing.batch.rewards);
      assert.equal(driving.batch.metrics, choosing.batch.metrics);
    }
  }
});

test("continuous actions are clipped to the box, and NaN is refused with the agent's name", () => {
  const clip = (x: number) => Math.min(Math.max(x, 0), 1);
  const numbers = fc.array(fc.oneof(fc.double({ min: -2, max: 3, noNaN: true }), fc.constant(Infinity)), {
    minLength: 18,
    maxLength: 18,
  });
  fc.assert(
    fc.property(numbers, (given) => {
      const play = (actions: readonly number[]) => {
        const env = stage("mpe/simple-reference", { goals: [0, 1] }, { actions: "continuous" });
        return [...act(env, [...actions, ...actions.slice(0, 12)]), ...env.batch.observations];
      };
      assert.equal(play(given), play(given.map(clip)));
    }),
    { numRuns: 50 },
  );
  const env = mpe("mpe/simple-speaker-listener", { actions: "continuous" });
  env.batch.actions[env.spec.actionSize + 2] = Number.NaN;
  assert.throws(
    () => env.step(),
    (error: Error) =>
      error instanceof NonFiniteError && /listener_0 is NaN; give numbers from 0 to 1/.test(error.message),
  );
});

test("choices outside the space are refused with the range of the agent that made them", () => {
  const cases = [
    ["mpe/simple-reference", 1, 50, 49],
    ["mpe/simple-speaker-listener", 0, 3, 2],
    ["mpe/simple-speaker-listener", 1, 5, 4],
    ["mpe/simple-world-comm", 0, 20, 19],
    ["mpe/simple-crypto", 2, -1, 3],
  ] as const;
  for (const [id, agent, action, last] of cases) {
    const env = mpe(id);
    env.batch.actions[agent] = action;
    refuses(
      () => env.step(),
      `agent ${agent} chose action ${action}; it must be an integer from 0 to ${last}`,
    );
  }
});

test.run();
