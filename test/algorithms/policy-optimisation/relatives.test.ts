/** Where algorithms of the family must coincide, to the bit: whole updates, not only their formulas. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { sameBits } from "../../support/close.ts";
import { type FamilyId, makeFamily, playedBatch, uneven } from "../../support/family.ts";
import { taskShape } from "../../support/random-batch.ts";

/** Every policy's parameters after two updates, [policies]. */
function learn(id: FamilyId, options: object, task = uneven): Float32Array[] {
  const trainer = makeFamily(id, options, { task });
  for (const seed of [1, 2]) trainer.update(playedBatch(trainer, task, seed));
  return trainer.policies.map(({ parameters }) => parameters);
}

/** What differs by default. */
const alike = {
  epochs: 4,
  criticEpochs: 3,
  criticSharing: "one",
  advantageNormalisation: "agent",
  sharing: "separate",
};

test("for one agent MAPPO, CoPPO, HAPPO and A2PO are PPO", () => {
  const lone = taskShape(1, 4, 3);
  const [expected] = learn("mappo", alike, lone);
  for (const id of ["coppo", "happo", "a2po"] as const) sameBits(learn(id, alike, lone)[0], expected, id);
});

test("the first agent of HAPPO learns as in MAPPO with separate parameters, the others do not", () => {
  const [simultaneous, sequential] = [learn("mappo", alike), learn("happo", { ...alike, order: "fixed" })];
  sameBits(sequential[0], simultaneous[0], "first");
  for (const agent of [1, 2]) assert.not.equal(sequential[agent], simultaneous[agent]);
});

test("one pass of one minibatch makes CoPPO MAPPO", () => {
  const once = { ...alike, epochs: 1 };
  for (const [i, parameters] of learn("coppo", once).entries()) {
    sameBits(parameters, learn("mappo", once)[i], `policy ${i}`);
  }
});

test("HATRPO without factors takes the same steps in any order; with them only the first is the same", () => {
  const steps = (options: object) => learn("hatrpo", { maxKl: 0.05, ...options });
  const without = steps({ factor: "none", order: "fixed" });
  for (const [i, parameters] of steps({ factor: "none", order: "random" }).entries()) {
    sameBits(parameters, without[i], `policy ${i}`);
  }
  const weighted = steps({ order: "fixed" });
  sameBits(weighted[0], without[0], "first");
  for (const agent of [1, 2]) assert.not.equal(weighted[agent], without[agent]);
});

test.run();
