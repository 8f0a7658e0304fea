import { test } from "uvu";
import * as assert from "uvu/assert";
import { checkEnvironment } from "../../src/environments/check.ts";
import type { ParallelEnv } from "../../src/environments/environment.ts";
import { InvalidInputError, NonFiniteError } from "../../src/validation/errors.ts";
import { type Choice, HonestEnvironment, plainEnvironment } from "../support/honest-environment.ts";
import { rejects } from "../support/rejects.ts";
import { behaviourFaults } from "./faults/behaviour.ts";
import { optionalPartFaults } from "./faults/optional-parts.ts";
import { replyFaults } from "./faults/replies.ts";

test("an honest environment passes, with and without its optional parts", async () => {
  await checkEnvironment(new HonestEnvironment(), { steps: 500, longestEpisode: 6 });
  await checkEnvironment(plainEnvironment());
});

test("an honest environment that answers later passes", async () => {
  const quick = new HonestEnvironment();
  const slow: ParallelEnv<Choice, Choice> = {
    possibleAgents: quick.possibleAgents,
    get agents() {
      return quick.agents;
    },
    observationSpace: quick.observationSpace,
    actionSpace: quick.actionSpace,
    reset: async (options) => quick.reset(options),
    step: async (actions) => quick.step(actions),
  };
  await checkEnvironment(slow, { steps: 50 });
});

for (const [name, spoil, message, nonFinite] of [...replyFaults, ...behaviourFaults, ...optionalPartFaults]) {
  test(`caught: ${name}`, async () => {
    const environment = new HonestEnvironment();
    spoil(environment);
    let caught: unknown;
    await checkEnvironment(environment, { steps: 200, longestEpisode: 9, id: "orchard" }).catch((error) => {
      caught = error;
    });
    assert.instance(caught, nonFinite ? NonFiniteError : InvalidInputError, "nothing was caught");
    const text = (caught as Error).message;
    assert.match(text, message);
    assert.match(text, /^orchard[^\n]*$/);
  });
}

test("what is no environment is refused as such", async () => {
  const expected = /^environment: checkEnvironment got undefined; it must be an environment/;
  await rejects(() => checkEnvironment(undefined as never), InvalidInputError, expected);
});

test("wrong options of the check are refused by name", async () => {
  let caught: unknown;
  await checkEnvironment(new HonestEnvironment(), { step: 3 } as object).catch((error) => {
    caught = error;
  });
  assert.match(
    (caught as Error).message,
    /options of checkEnvironment: unknown key "step" \(did you mean "steps"\?\)/,
  );
});

test.run();
