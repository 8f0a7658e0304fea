import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { toParallel } from "../../src/environments/adapters.ts";
import { checkEnvironment } from "../../src/environments/check.ts";
import { environments, makeEnvironment } from "../../src/environments/registry.ts";
import { describeOptions } from "../../src/validation/describe.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";

test("every environment says what it is, and every option what it means", () => {
  assert.ok(Object.keys(environments).length > 0);
  for (const [id, entry] of Object.entries(environments)) {
    assert.is(entry.id, id);
    assert.match(entry.description, /^[A-Z].{20,100}\.$/);
    for (const option of describeOptions(entry.schema))
      assert.ok(option.description.length > 10, `${id}: ${option.name}`);
    assert.is(entry.load({}).spec.id, id);
  }
});

test("every environment keeps the contract over 2,000 steps", async () => {
  for (const id of Object.keys(environments))
    await checkEnvironment(toParallel(makeEnvironment(id)), { steps: 2000, id });
});

test("options reach the environment", () => {
  const { spec } = makeEnvironment("particle/cooperative-navigation", {
    agents: 4,
    landmarks: 2,
    episodeLimit: 9,
  });
  assert.equal([spec.agents.length, spec.observationSize, spec.episodeLimit], [4, 14, 9]);
});

test("unknown ids and options come back with the nearest known, wrong values with the range", () => {
  const id = "particle/cooperative-navigation";
  const cases: readonly (readonly [() => unknown, RegExp])[] = [
    [
      () => makeEnvironment("particle/cooperativ-navigation"),
      /unknown environment .* \(did you mean "particle\/cooperative-navigation"\?\)/,
    ],
    [() => makeEnvironment("chess"), /unknown environment "chess" \(known: particle\/cooperative-navigation/],
    [() => makeEnvironment("toString"), /unknown environment "toString"/],
    [() => makeEnvironment(id, { agent: 3 }), /navigation: unknown key "agent" \(did you mean "agents"\?\)/],
    [() => makeEnvironment(id, { agents: 2.5 }), /agents is 2.5; it must be an integer from 1 to 256/],
    [() => makeEnvironment(id, { agents: "3" }), /agents is "3"; it must be an integer from 1 to 256/],
    [
      () => makeEnvironment(id, { episodeLimit: 0 }),
      /episodeLimit is 0; it must be an integer from 1 to 1000000/,
    ],
  ];
  for (const [make, message] of cases) {
    assert.throws(
      make,
      (error: unknown) => error instanceof InvalidInputError && message.test(error.message),
    );
  }
});

test("any options either load or are refused in one line", () => {
  const value = fc.oneof(
    fc.integer({ min: -2, max: 8 }),
    fc.double(),
    fc.string(),
    fc.constantFrom(null, true, [], {}),
  );
  const options = fc.dictionary(
    fc.oneof(
      fc.constantFrom("agents", "landmarks", "hunters", "banks", "episodeLimit", "agnts"),
      fc.string(),
    ),
    value,
    { maxKeys: 3 },
  );
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(environments)), options, (id, given) => {
      try {
        makeEnvironment(id, given);
      } catch (error) {
        assert.instance(error, InvalidInputError);
        assert.not.match((error as Error).message, /\n/);
      }
    }),
    { numRuns: 1000 },
  );
});

test.run();
