import { test } from "uvu";
import * as assert from "uvu/assert";
import { toParallel } from "../../src/environments/adapters.ts";
import type { EnvironmentDefinition, ParallelStep } from "../../src/environments/environment.ts";
import { StepOutcome } from "../../src/environments/environment.ts";
import { cooperativeNavigation } from "../../src/environments/particle/cooperative-navigation.ts";
import { box } from "../../src/environments/spaces.ts";
import { makeSpec } from "../../src/environments/spec.ts";
import { vectorise } from "../../src/environments/vectorise.ts";
import { byAgent } from "../support/by-agent.ts";
import { countingEnvironment } from "../support/counting-environment.ts";
import { refuses } from "../support/refuses.ts";
import { walk } from "../support/walk.ts";

test("the view plays the episodes of copy 0", () => {
  const env = vectorise(walk({ episodeLimit: 4 }), { seed: 6 });
  const view = toParallel(walk({ episodeLimit: 4 }), { seed: 6 });
  assert.equal(view.agents, []);
  for (let episode = 0; episode < 6; episode++) {
    const { observations } = view.reset() as { observations: Record<string, Float32Array> };
    assert.equal([...observations.left], [env.batch.observations[0]]);
    assert.equal([...observations.right], [...env.batch.observations.subarray(3)]);
    for (let over = false; !over; ) {
      assert.equal(view.agents, env.batch.alive[1] ? ["left", "right"] : ["left"]);
      env.batch.actions.set([1, 2]);
      env.step();
      const acting = view.agents;
      const reply = view.step(
        Object.fromEntries(acting.map((agent) => [agent, agent === "left" ? 1 : 2])),
      ) as never as Record<string, Record<string, unknown>>;
      over = env.batch.terminated[0] + env.batch.truncated[0] > 0;
      assert.equal(Object.keys(reply.rewards), acting);
      assert.is(reply.rewards.left, env.batch.rewards[0]);
      assert.is(reply.truncations.left, env.batch.truncated[0] === 1);
      assert.is(reply.terminations.left, env.batch.terminated[0] === 1);
      const from = over ? env.batch.finalObservations : env.batch.observations;
      assert.is((reply.observations.left as Float32Array)[0], from[0]);
      assert.is(view.agents.length === 0, over);
    }
    assert.equal(Array.from(view.state?.() ?? []), [...env.batch.finalState], "the end stays in sight");
  }
});

test("spaces are open boxes and choices, the same objects at every call", () => {
  const view = toParallel(cooperativeNavigation());
  assert.equal(view.observationSpace("agent_1"), {
    type: "box",
    shape: [14],
    low: -Infinity,
    high: Infinity,
  });
  assert.equal(view.actionSpace("agent_1"), { type: "discrete", n: 5 });
  assert.is(view.actionSpace("agent_2"), view.actionSpace("agent_2"));
  assert.throws(() => view.actionSpace("agent_7"), /no agent agent_7 \(did you mean "agent_0"\?\)/);
});

test("masks, states and drawings come from the environment when it has them", () => {
  const view = toParallel(walk({ length: 5 }));
  view.reset();
  assert.equal(Array.from(view.actionMask?.("left") ?? []), [1, 1, 0]);
  assert.equal(view.stateSpace, box(-Infinity, Infinity, [2]));
  assert.is(toParallel(countingEnvironment).stateSpace, undefined);
  assert.is(view.draw, undefined);
  const navigation = toParallel(cooperativeNavigation());
  navigation.reset();
  assert.is(navigation.actionMask, undefined);
  assert.is(navigation.draw?.().shapes.length, 6);
});

test("several heads and continuous actions have their own spaces", () => {
  const define = (
    facts: Partial<Parameters<typeof makeSpec>[0]>,
    heard: number[][],
  ): EnvironmentDefinition => ({
    spec: makeSpec({
      id: "test/heads",
      agents: ["a", "b"],
      observationSizes: [1, 1],
      headSizes: [[2, 3], [4]],
      ...facts,
    }),
    create: () => ({
      reset: () => undefined,
      step: (_copy, _random, batch) => {
        heard.push([...batch.actions]);
        return StepOutcome.terminated;
      },
      observe: () => undefined,
      saveState: () => null,
      loadState: () => undefined,
    }),
  });
  const heard: number[][] = [];
  const heads = toParallel(define({}, heard));
  assert.equal(heads.actionSpace("a"), { type: "multi_discrete", nvec: [2, 3] });
  assert.equal(heads.actionSpace("b"), { type: "discrete", n: 4 });
  heads.reset();
  heads.step({ a: [1, 2], b: 3 });
  const bounds = [
    { low: [-1, -2], high: [1, 2] },
    { low: [0], high: [9] },
  ];
  const reals = toParallel(define({ headSizes: [[], []], bounds }, heard));
  assert.equal(reals.actionSpace("b"), {
    type: "box",
    shape: [1],
    low: Float32Array.of(0),
    high: Float32Array.of(9),
  });
  reals.reset();
  reals.step({ a: [0.5, -1.5], b: [4] });
  assert.equal(heard, [
    [1, 2, 3, 0],
    [0.5, -1.5, 4, 0],
  ]);
});

test("a saved view goes on exactly, through JSON, and a seed repeats an episode", () => {
  const view = toParallel(cooperativeNavigation({ agents: 2, episodeLimit: 6 }), { seed: 1 });
  const play = (steps: number) =>
    Array.from({ length: steps }, () => JSON.stringify(view.step({ agent_0: 2, agent_1: 4 })));
  view.reset({ seed: 3 });
  const whole = play(6);
  view.reset({ seed: 3 });
  assert.equal(play(2), whole.slice(0, 2));
  const saved = JSON.parse(JSON.stringify(view.saveState?.()));
  assert.equal(play(4), whole.slice(2));
  assert.equal(view.agents, []);
  view.loadState?.(saved);
  assert.equal(view.agents, ["agent_0", "agent_1"]);
  assert.equal(play(4), whole.slice(2));
});

test("a view saved under a longer limit ends at its next step", () => {
  const long = toParallel(walk({ length: 50, episodeLimit: 9 }));
  long.reset();
  for (let step = 0; step < 5; step++) long.step(byAgent(long.agents, () => 1));
  const view = toParallel(walk({ length: 50, episodeLimit: 3 }));
  view.loadState?.(long.saveState?.());
  const { terminations, truncations } = view.step({ left: 1 }) as ParallelStep<Float32Array>;
  assert.equal([terminations, truncations, view.agents], [{ left: false }, { left: true }, []]);
});

test("wrong actions are refused with step, agent and reason", () => {
  const view = toParallel(cooperativeNavigation({ agents: 2, episodeLimit: 1 }));
  assert.throws(() => view.step({}), /step 1: the episode is over; call reset\(\)/);
  view.reset();
  assert.throws(() => view.step({ agent_0: 1 }), /step 1: actions has no entry for agent agent_1/);
  assert.throws(
    () => view.step({ agent_0: 1, agent_1: 5 }),
    /action of agent agent_1 is 5; it must be an integer from 0 to 4/,
  );
  assert.throws(() => view.step({ agent_0: 1, agent_1: Number.NaN }), /action of agent agent_1 is NaN/);
  view.step({ agent_0: 1, agent_1: 0 });
  assert.throws(() => view.step({ agent_0: 1, agent_1: 0 }), /step 2: the episode is over/);
  assert.throws(
    () => view.loadState?.({ steps: -1 }),
    /saved view of particle\/cooperative-navigation: .*steps is -1/,
  );
});

test("unknown options and what is no definition are refused", () => {
  refuses(() => toParallel(walk(), { sead: 4 } as object), 'options of toParallel: unknown key "sead"');
  refuses(() => toParallel(undefined as never), "toParallel: got undefined; it must be a definition");
});

test.run();
