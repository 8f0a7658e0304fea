/** Environments of users reach every algorithm whole: with bounds of continuous actions, states and masks. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { QmixOptions } from "../../src/algorithms/qmix/options.ts";
import { toParallel } from "../../src/environments/adapters.ts";
import { checkEnvironment } from "../../src/environments/check.ts";
import { simpleSpread } from "../../src/environments/mpe/simple-spread.ts";
import type { EnvironmentSource } from "../../src/training/environment-source.ts";
import { Matrpo } from "../../src/training/matrpo.ts";
import type { IterationMetrics } from "../../src/training/metrics.ts";
import type { Model } from "../../src/training/model.ts";
import { Happo, Mappo } from "../../src/training/policy-optimisation.ts";
import { Qmix } from "../../src/training/qmix.ts";
import { luckWorld } from "../support/luck-world.ts";
import { refuses } from "../support/refuses.ts";

const small = { hiddenSizes: [8], stepsPerIteration: 50, environmentCopies: 2, epochs: 1, criticEpochs: 1 };
/** Refuses, as `step`, whatever is not in its spaces. */
const strict = () => toParallel(simpleSpread({ actions: "continuous" }));

for (const Kind of [Mappo, Happo]) {
  test(`${Kind.name} trains where actions beyond their bounds are refused`, async () => {
    const model = new Kind(strict, small);
    await model.learn(100);
    assert.is(model.iteration, 2);
    const { length } = await model.evaluate({ episodes: 3, deterministic: false });
    assert.is(length.mean, 25);
    await model.close();
  });
}

test("predictions of continuous actions lie in their space, at a bound where the draw lay beyond it", async () => {
  const model = new Mappo(strict, small);
  const world = strict();
  let { observations } = await world.reset({ seed: 1 });
  const all: number[] = [];
  for (let step = 0; step < 25; step++) {
    const actions = model.predict<Float32Array>(observations);
    all.push(...Object.values(actions).flatMap((own) => [...own]));
    ({ observations } = await world.step(actions));
  }
  assert.is(all.length, 25 * 3 * 5);
  // About means near 0 with deviations of 0.61, half of the draws are below 0.
  assert.ok(all.filter((value) => value === 0).length > 100);
  await model.close();
});

const learning = { hiddenSizes: [16], stepsPerIteration: 80, environmentCopies: 4, gamma: 0 };

/** The last of a measurement of training. */
async function last<T>(model: Model, steps: number, read: (metrics: IterationMetrics) => T): Promise<T> {
  const found: T[] = [];
  await model.learn(steps, { onIteration: (metrics) => found.push(read(metrics)) });
  await model.close();
  return found[found.length - 1];
}

test("a critic sees the state of a user's environment, and policies keep to the masks of its infos", async () => {
  await checkEnvironment(luckWorld());
  const explained = (source: EnvironmentSource) =>
    last(new Mappo(source, learning), 20 * 80, ({ explainedVariance }) => explainedVariance?.[0] as number);
  const seeing = await explained(luckWorld);
  const blind = await explained({ make: luckWorld, stateSize: 0 });
  // All of the luck is in the state and nothing of it elsewhere.
  assert.ok(seeing > 0.9 && blind < 0.1, `explained variance ${seeing} with the state, ${blind} without`);
});

test("the mixer of QMIX sees the state of a user's environment, and its agents keep to the masks", async () => {
  const options: QmixOptions = {
    ...{ stepsPerIteration: 80, environmentCopies: 4, gamma: 0, teamReward: "mean", recurrent: false },
    ...{
      hiddenSize: 8,
      mixingSize: 8,
      hypernetSize: 8,
      optimiser: "adam",
      learningRate: 0.01,
      batchEpisodes: 8,
    },
  };
  const loss = (source: EnvironmentSource) =>
    last(new Qmix(source, options), 20 * 80, ({ details }) => details?.loss as number);
  const seeing = await loss(luckWorld);
  const blind = await loss({ make: luckWorld, stateSize: 0 });
  // Without the state the best guess is 0, off by 1 each time.
  assert.ok(seeing < 0.1 && blind > 0.7, `mean squared error ${seeing} with the state, ${blind} without`);
});

test("a time limit and a name can be given beside the environment, and what is none is refused", async () => {
  const model = new Mappo({ make: luckWorld, episodeLimit: 2, id: "luck" }, small);
  assert.equal([model.spec.id, model.spec.episodeLimit, model.spec.maskSize], ["luck", 2, 3]);
  assert.is((await model.evaluate({ episodes: 3 })).length.mean, 2);
  assert.type(model.predict({ ann: [0] }, { actionMasks: { ann: [0, 0, 1] } }).ann, "number");
  const make = (source: unknown) => () => new Mappo(source as EnvironmentSource, small);
  refuses(make({ make: luckWorld, maskd: true }), 'unknown key "maskd" (did you mean "masked"?)');
  refuses(make(luckWorld()), "a function that makes a new one each time");
  refuses(make({ make: luckWorld() }), "make is", "it must be a function");
  refuses(make(undefined), "the environment is undefined");
  refuses(() => new Matrpo(luckWorld), "action masks, which matrpo does not learn");
});

test.run();
