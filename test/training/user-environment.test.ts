/** Environments of users reach every algorithm whole: with bounds of continuous actions, states and masks. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { toParallel } from "../../src/environments/adapters.ts";
import { simpleSpread } from "../../src/environments/mpe/simple-spread.ts";
import { Happo, Mappo } from "../../src/training/policy-optimisation.ts";

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
    const actions = model.predict(observations) as Record<string, number[]>;
    all.push(...Object.values(actions).flat());
    ({ observations } = await world.step(actions));
  }
  assert.is(all.length, 25 * 3 * 5);
  // About means near 0 with deviations of 0.61, half of the draws are below 0.
  assert.ok(all.filter((value) => value === 0).length > 100);
  await model.close();
});

test.run();
