/** State and masks of a user's environment: where they are found, and what is said when they do not fit. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { checkEnvironment } from "../../src/environments/check.ts";
import type { Info, ParallelEnv, PerAgent } from "../../src/environments/environment.ts";
import { fromParallel } from "../../src/environments/from-parallel.ts";
import { box } from "../../src/environments/spaces.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";
import { HonestEnvironment, plainEnvironment } from "../support/honest-environment.ts";
import { refuses } from "../support/refuses.ts";
import { rejects } from "../support/rejects.ts";

type Plain = ReturnType<typeof plainEnvironment>;
const make = () => new HonestEnvironment() as ParallelEnv;
const plain = (parts: Partial<Plain> = {}) => Object.assign(plainEnvironment(), parts) as ParallelEnv;

/** Shows in its infos that ann must not choose 1. */
function masking(): ParallelEnv {
  const environment = plainEnvironment() as HonestEnvironment;
  const { reset, step } = environment;
  const infos: PerAgent<Info> = { ann: { action_mask: [1, 0, 1] } };
  environment.reset = (options) => ({ ...reset(options), infos });
  environment.step = (actions) => ({ ...step(actions), infos });
  return environment as ParallelEnv;
}

test("the state is as long as its space says, or as an option says, and 0 does without it", () => {
  assert.is(fromParallel(make).spec.stateSize, 2);
  assert.is(fromParallel(make, { stateSize: 2 }).spec.stateSize, 2);
  assert.is(fromParallel(make, { agentStateSize: 0 }).spec.agentStateSize, 0);
  const undeclared = () => plain({ state: () => [1, 2, 3] });
  const env = fromParallel(undeclared, { stateSize: 3, agentStateSize: 1 });
  env.reset();
  assert.equal([...env.batch.state], [1, 2, 3]);
  assert.is(env.spec.agentStateSize, 1);
  for (const source of [make, undeclared, () => plain({ stateSpace: box(0, 1) })]) {
    assert.is(fromParallel(source, { stateSize: 0 }).spec.stateSize, 0);
  }
});

test("a state without a length, of another one, or that is not there is refused with what to do", () => {
  const undeclared = () => plain({ state: () => [1, 2, 3] });
  refuses(() => fromParallel(undeclared), "it has state() but no stateSpace", "{ make, stateSize: length }");
  refuses(() => fromParallel(make, { stateSize: 3 }), "stateSize is 3, but stateSpace has 2 numbers");
  refuses(() => fromParallel(() => plain(), { stateSize: 3 }), "stateSize is 3, but no state()");
  refuses(() => fromParallel(() => plain({ stateSpace: box(0, 1) })), "it has stateSpace, but no state()");
  refuses(() => fromParallel(make, { agentStateSize: 1 }), "agentStateSize is 1 for 3 agents");
  const shapeless = () => plain({ state: () => [1], stateSpace: { type: "discrete", n: 3 } as never });
  refuses(() => fromParallel(shapeless), "stateSpace", "it must be a box");
  const env = fromParallel(undeclared, { stateSize: 2 });
  refuses(() => env.reset(), "copy 0, reset: state() has 3 numbers; the space has 2");
});

test("masks in infos are found by a first reset, which moves no episode", () => {
  const found = fromParallel(masking, { copies: 2, seed: 3 });
  const told = fromParallel(masking, { copies: 2, seed: 3, masked: true });
  for (const env of [found, told]) {
    env.reset();
    env.step();
    assert.equal([...env.batch.mask.subarray(0, 8)], [1, 0, 1, 0, 1, 1, 1, 1]);
  }
  assert.equal(found.batch.observations, told.batch.observations);
});

test("null is no mask, from actionMask and in infos", async () => {
  const unmasked = () => {
    const environment = plainEnvironment() as HonestEnvironment;
    const { reset, step } = environment;
    const infos = { ann: { action_mask: null } } as never;
    environment.reset = (options) => ({ ...reset(options), infos });
    environment.step = (actions) => ({ ...step(actions), infos });
    return environment as ParallelEnv;
  };
  for (const [source, masks] of [
    [unmasked, []],
    [() => Object.assign(unmasked(), { actionMask: () => null }) as ParallelEnv, [1, 1, 1, 0]],
  ] as const) {
    await checkEnvironment(source(), { steps: 20 });
    const env = fromParallel(source);
    env.reset();
    env.step();
    assert.equal([...env.batch.mask.subarray(0, 4)], masks);
  }
});

test("masks that come up later are refused, unless one has said that there are some, or that they do not count", () => {
  const late = () => {
    const environment = masking() as HonestEnvironment;
    const { reset } = environment;
    environment.reset = (options) => ({ ...reset(options), infos: {} });
    return environment as ParallelEnv;
  };
  const play = (masked?: boolean) => {
    const env = fromParallel(late, masked === undefined ? {} : { masked });
    env.reset();
    env.step();
    return [...env.batch.mask.subarray(0, 4)];
  };
  refuses(
    play,
    "step 1: agent ann has an action mask, but a first reset showed none",
    "{ make, masked: true }",
  );
  assert.equal(play(true), [1, 0, 1, 0]);
  assert.equal(play(false), []);
  const ignoring = fromParallel(make, { masked: false });
  ignoring.reset();
  assert.is(ignoring.spec.maskSize, 0);
});

test("after a termination masks may leave nothing to choose, and do not count", async () => {
  const ending = () => {
    const environment = new HonestEnvironment();
    const { step } = environment;
    environment.actionMask = () => (environment.agents.length > 0 ? undefined : [0, 0, 0]);
    environment.step = (actions) => {
      const reply = step(actions);
      return environment.agents.length > 0
        ? reply
        : { ...reply, terminations: reply.truncations, truncations: reply.terminations };
    };
    return environment as ParallelEnv;
  };
  await checkEnvironment(ending(), { steps: 60 });
  const env = fromParallel(ending);
  env.reset();
  while (env.batch.terminated[0] === 0) env.step();
  assert.equal([...env.batch.finalMask.subarray(0, 8)], [1, 1, 1, 0, 1, 1, 1, 1]);
  assert.equal([...env.batch.mask.subarray(0, 8)], [1, 1, 1, 0, 1, 1, 1, 1]);
});

test("a slow environment is reset once at a time, and must say that it masks", async () => {
  let pending = 0;
  const slow = (): ParallelEnv => {
    const quick = masking();
    return {
      ...(quick as HonestEnvironment),
      get agents() {
        return quick.agents;
      },
      async reset(options) {
        assert.is(pending++, 0, "two resets at the same time");
        await new Promise((resolve) => setImmediate(resolve));
        pending--;
        return quick.reset(options);
      },
    } as ParallelEnv;
  };
  const told = fromParallel(slow, { masked: true });
  await told.reset();
  assert.equal([...told.batch.mask.subarray(0, 4)], [1, 0, 1, 0]);
  const silent = fromParallel(slow);
  await rejects(() => silent.reset(), InvalidInputError, /reset: agent ann has an action mask/);
});

test("a slow environment that cannot be reset says so when it counts", async () => {
  const broken = () => plain({ reset: () => Promise.reject(new RangeError("offline")) as never });
  const env = fromParallel(broken);
  await new Promise((resolve) => setImmediate(resolve));
  await rejects(() => env.reset(), RangeError, /offline/);
});

test("continuous actions have no masks", () => {
  const reach = box(-1, 1);
  const real = () => plain({ actionSpace: () => reach, actionMask: () => [1] });
  refuses(() => fromParallel(real, { masked: true }), "masked is true, but actions are continuous");
  refuses(() => fromParallel(real).reset(), "agent ann has an action mask, but its actions are continuous");
  assert.is(fromParallel(real, { masked: false }).reset(), undefined);
});

test.run();
