/** Each algorithm learns what small worlds have to teach, in seconds. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { A2po, Coppo, Happo, Hatrpo, Ippo, Mappo } from "../../../src/index.ts";
import { aimingWorld } from "../../support/aiming-world.ts";
import { mailboxWorld } from "../../support/mailbox-world.ts";
import { smallTraining } from "../../support/small-training.ts";

const clipped = { ...smallTraining, learningRate: 0.01 };
const bounded = { ...smallTraining, maxKl: 0.02 };
const plain = { gamma: 0, entropyCoefficient: 0 };

const letters = mailboxWorld("self");
const readers = {
  ippo: () => new Ippo(letters, clipped),
  mappo: () => new Mappo(letters, clipped),
  coppo: () => new Coppo(letters, clipped),
  happo: () => new Happo(letters, clipped),
  hatrpo: () => new Hatrpo(letters, bounded),
  a2po: () => new A2po(letters, clipped),
};
for (const [name, make] of Object.entries(readers)) {
  test(`${name} learns to answer what is seen`, async () => {
    const model = make();
    await model.learn(25 * smallTraining.stepsPerIteration);
    const { return: found } = await model.evaluate({ episodes: 20, deterministic: true, seed: 5 });
    // Both right at each of 10 steps: 20; guessing: 10.
    assert.ok(found.mean > 19.5, `${name}: ${found.mean}`);
  });
}

const targets = aimingWorld();
const shooters = {
  ippo: () => new Ippo(targets, { ...clipped, ...plain }),
  mappo: () => new Mappo(targets, { ...clipped, ...plain }),
  coppo: () => new Coppo(targets, { ...clipped, ...plain }),
  happo: () => new Happo(targets, { ...clipped, ...plain }),
  hatrpo: () => new Hatrpo(targets, { ...bounded, gamma: 0 }),
  a2po: () => new A2po(targets, { ...clipped, ...plain }),
};
for (const [name, make] of Object.entries(shooters)) {
  test(`${name} learns to aim with real actions`, async () => {
    const model = make();
    await model.learn(40 * smallTraining.stepsPerIteration);
    const { return: found } = await model.evaluate({ episodes: 40, deterministic: true, seed: 5 });
    // Always 0 costs 10 · E x² = 0.83 an episode.
    assert.ok(found.mean > -0.25, `${name}: ${found.mean}`);
  });
}

test.run();
