/** Predictions are what the environment's `step` takes, to the type, and remember what the policy does. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { toParallel } from "../../src/environments/adapters.ts";
import type { ParallelEnv } from "../../src/environments/environment.ts";
import { simpleSpread } from "../../src/environments/mpe/simple-spread.ts";
import { makeEnvironment } from "../../src/environments/registry.ts";
import { box, discrete, multiDiscrete, type Space } from "../../src/environments/spaces.ts";
import { Mappo } from "../../src/training/policy-optimisation.ts";
import { Qmix } from "../../src/training/qmix.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";
import { rejects } from "../support/rejects.ts";

const small = {
  ...{ hiddenSizes: [4], stepsPerIteration: 8, environmentCopies: 1, epochs: 1, criticEpochs: 1 },
  ...{ inputNorm: false, threads: 1 },
};

/** One agent in this space; keeps the actions that it was given. */
function keeping<A>(space: Space, given: unknown[]): ParallelEnv<number[], A> {
  const seen = box(0, 1, [1]);
  let step = 0;
  return {
    possibleAgents: ["only"],
    agents: ["only"],
    observationSpace: () => seen,
    actionSpace: () => space,
    reset: () => {
      step = 0;
      return { observations: { only: [0.5] } };
    },
    step: ({ only }) => {
      given.push(only);
      const ended = ++step === 4;
      return {
        observations: { only: [0.5] },
        rewards: { only: 1 },
        terminations: { only: ended },
        truncations: { only: false },
      };
    },
  };
}

const kind = (value: unknown) =>
  `${(value as object).constructor.name} ${(value as ArrayLike<number>).length}`;

for (const [title, space, expected] of [
  ["a choice", discrete(2), "Number undefined"],
  ["a list of one choice", multiDiscrete([2]), "Int32Array 1"],
  ["a list of choices", multiDiscrete([2, 3]), "Int32Array 2"],
  ["one real number", box(-1, 1, [1]), "Float32Array 1"],
  ["real numbers", box(-1, 1, [2, 2]), "Float32Array 4"],
] as const) {
  test(`${title} is predicted as training hands it to step`, async () => {
    const given: unknown[] = [];
    const model = new Mappo(() => keeping(space, given), small);
    await model.learn(8);
    assert.equal(new Set(given.map(kind)), new Set([expected]));
    assert.is(kind(model.predict({ only: [0.5] }).only), expected);
  });
}

test("step takes what predict gives without a cast, whatever it declares", async () => {
  const one: ParallelEnv<number[], number> = keeping(discrete(2), []);
  const many: ParallelEnv<number[], Float32Array> = keeping(box(-1, 1, [1]), []);
  const built = toParallel(simpleSpread());
  const chooses = new Mappo(() => keeping(discrete(2), []), small);
  const moves = new Mappo(() => keeping(box(-1, 1, [1]), []), small);
  const spreads = new Mappo(simpleSpread(), small);
  await one.step(chooses.predict({ only: [0.5] }));
  await many.step(moves.predict({ only: [0.5] }));
  const { observations } = await built.reset({ seed: 1 });
  const { rewards } = await built.step(spreads.predict(observations));
  assert.ok(Object.values(rewards).every(Number.isFinite));
});

const lamps = { agent_0: [1, 0, 0], agent_1: [1, 0, 0] };

test("a policy that remembers is not asked without its memory, which it moves on", async () => {
  const model = new Qmix(makeEnvironment("matrix/two-step"), { environmentCopies: 1, threads: 1 });
  for (const options of [{}, { deterministic: true }, { memory: undefined as never }]) {
    await rejects(
      () => model.predict(lamps, options),
      InvalidInputError,
      /const memory = model\.newMemory\(\)/,
    );
  }
  const short = { memory: new Float32Array(3) };
  await rejects(
    () => model.predict(lamps, short),
    InvalidInputError,
    /memory has 3 numbers; .* remembers \d\d/,
  );
  const memory = model.newMemory();
  model.predict(lamps, { memory });
  assert.ok(memory.some((value) => value !== 0));
});

test("the same lines serve a policy without a memory", () => {
  const model = new Mappo(simpleSpread(), small);
  const observations = { agent_0: new Float32Array(18) };
  const memory = model.newMemory();
  const [given, none] = [{ memory }, {}].map((own) =>
    model.predict(observations, { deterministic: true, ...own }),
  );
  assert.is(memory.length, 0);
  assert.equal(given, none);
});

test.run();
