/** Each algorithm learns what small worlds have to teach, in seconds. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { A2po, Coppo, Happo, Hatrpo, Ippo, Mappo } from "../../../src/index.ts";
import { aimingWorld } from "../../support/aiming-world.ts";
import { mailboxWorld } from "../../support/mailbox-world.ts";

const models = { ippo: Ippo, mappo: Mappo, coppo: Coppo, happo: Happo, hatrpo: Hatrpo, a2po: A2po };

/** Observations of one number tell nothing after layer normalisation. */
const small = {
  stepsPerIteration: 200,
  environmentCopies: 10,
  hiddenSizes: [16],
  inputNorm: false,
  learningRate: 0.01,
  criticLearningRate: 0.01,
  threads: 1,
};

for (const [name, Model] of Object.entries(models)) {
  test(`${name} learns to answer what is seen`, async () => {
    const model = new Model(mailboxWorld("self"), { ...small, seed: 1 });
    await model.learn(25 * small.stepsPerIteration);
    const { return: found } = await model.evaluate({ episodes: 20, deterministic: true, seed: 5 });
    // Both right at each of 10 steps: 20; guessing: 10.
    assert.ok(found.mean > 19.5, `${name}: ${found.mean}`);
  });

  test(`${name} learns to aim with real actions`, async () => {
    const model = new Model(aimingWorld(), { ...small, gamma: 0, entropyCoefficient: 0, seed: 1 });
    await model.learn(40 * small.stepsPerIteration);
    const { return: found } = await model.evaluate({ episodes: 40, deterministic: true, seed: 5 });
    // Always 0 costs 10 · E x² = 0.83 an episode.
    assert.ok(found.mean > -0.25, `${name}: ${found.mean}`);
  });
}

test.run();
