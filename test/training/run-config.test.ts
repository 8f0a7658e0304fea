/** Configurations: who beats whom, and a message that helps for everything that is wrong. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { matrpoSchema } from "../../src/algorithms/matrpo/options.ts";
import { environments } from "../../src/environments/registry.ts";
import { resolveRun, runSchema } from "../../src/training/run-config.ts";
import { version } from "../../src/training/version.ts";
import { describeOptions } from "../../src/validation/describe.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";
import { fakeCatalogue } from "../support/fake-run.ts";
import { rejects } from "../support/rejects.ts";

const base = { environment: "test/counting", algorithm: "fake" };
const resolve = (file: object, flags: object = {}) =>
  resolveRun({ ...base, ...file }, flags, "file", fakeCatalogue);

test("a flag beats the file, the file beats the preset, the preset beats the default", () => {
  const gamma = (file: object, flags?: object) => (resolve(file, flags).options as { gamma?: number }).gamma;
  assert.is(gamma({}), 0.95);
  assert.is(gamma({ preset: "short" }), 0.5);
  assert.is(gamma({ preset: "short", options: { gamma: 0.7 } }), 0.7);
  assert.is(gamma({ preset: "short", options: { gamma: 0.7 } }, { options: { gamma: 0.8 } }), 0.8);
  assert.is(resolve({ seed: 3 }, { seed: 4 }).seed, 4);
  assert.is(resolve({ seed: 3 }, { seed: undefined }).seed, 3);
  assert.equal(
    resolve({ environmentOptions: { agents: 4 } }, { environmentOptions: { agents: 5 } }).environmentOptions,
    {
      agents: 5,
    },
  );
});

test("a resolved configuration keeps its options, whatever its preset has become, unless a preset is asked for", () => {
  const { options, ...resolved } = resolve({ preset: "short" });
  const { gamma: _, ...older } = options as { gamma?: number };
  const gamma = (flags: object = {}) =>
    (resolve({ ...resolved, options: older }, flags).options as { gamma?: number }).gamma;
  assert.is(gamma(), 0.95, "what the file does not know has its default");
  assert.is(gamma({ preset: "short" }), 0.5);
  assert.is(resolve({ ...resolved, options: older }).preset, "short");
});

test("a resolved configuration spells everything out and resolves to itself", () => {
  const config = resolveRun({}, {});
  assert.is(config.version, version);
  assert.equal(Object.keys(config.options).sort(), Object.keys(matrpoSchema.entries).sort());
  assert.equal(config.environmentOptions, { agents: 3, episodeLimit: 100, rewards: "private" });
  assert.equal(resolveRun(JSON.parse(JSON.stringify(config))), config);
});

test("a preset, or another algorithm or environment, on the command line beats the options of a resolved file", () => {
  const { options } = resolveRun({ preset: "paper" });
  const file = resolveRun({ environmentOptions: { agents: 4 }, options: { gamma: 0.9 } });
  assert.equal(resolveRun(file, { preset: "paper" }).options, options);
  assert.equal(resolveRun(file, { preset: "default" }), resolveRun({ environmentOptions: { agents: 4 } }));
  const mixed = resolveRun(file, { preset: "paper", options: { gamma: 0.8 } });
  assert.equal(mixed.options, { ...options, gamma: 0.8 }, "beside an option that beats both");

  const central = resolveRun({ algorithm: "trpo-central" }).options;
  assert.equal(resolveRun(file, { algorithm: "trpo-central" }).options, central);
  assert.equal(resolveRun(file, { algorithm: "matrpo" }), file, "no other algorithm");
  const treasure = resolveRun(file, { environment: "particle/treasure-collection" });
  const { environment, environmentOptions } = resolveRun({ environment: "particle/treasure-collection" });
  assert.equal(treasure, { ...file, environment, environmentOptions });
  assert.equal(resolveRun(file, { environment: file.environment }), file, "no other environment");
});

/** A name with one letter doubled. */
const misspell = (name: string): string => name.slice(0, 2) + name[1] + name.slice(2);

test("an algorithm may say how often its checkpoints are written, and the user beats it", () => {
  const every = (file: object, flags?: object) => resolveRun(file, flags).checkpointEvery;
  assert.is(every({}), 1);
  assert.is(every({ environment: "matrix/two-step", algorithm: "qmix" }), 50);
  assert.is(every({ environment: "matrix/two-step", algorithm: "qmix", checkpointEvery: 3 }), 3);
  assert.is(every({ environment: "matrix/two-step" }, { algorithm: "qmix", checkpointEvery: 2 }), 2);
});

test("every misspelt key suggests the right one", async () => {
  const places: readonly (readonly [readonly string[], (key: string) => object])[] = [
    [Object.keys(runSchema.entries), (key) => ({ [key]: 1 })],
    [Object.keys(matrpoSchema.entries), (key) => ({ options: { [key]: 1 } })],
    [
      describeOptions(environments["particle/cooperative-navigation"].schema).map(({ name }) => name),
      (key) => ({ environmentOptions: { [key]: 1 } }),
    ],
  ];
  for (const [names, place] of places) {
    assert.ok(names.length > 2);
    for (const name of names) {
      const key = misspell(name);
      const file = place(key);
      const error = await rejects(() => resolveRun(file), InvalidInputError, /unknown key/);
      assert.ok(error.message.includes(`"${key}"`), error.message);
      assert.ok(error.message.includes(`did you mean "${name}"`), error.message);
    }
  }
});

test("names that do not exist suggest those that do", async () => {
  await rejects(
    () => resolveRun({ algorithm: "matrop" }),
    InvalidInputError,
    /no algorithm "matrop"; did you mean "matrpo"/,
  );
  await rejects(
    () => resolveRun({ environment: "particle/coop" }),
    InvalidInputError,
    /particle\/cooperative-navigation/,
  );
  await rejects(
    () => resolveRun({ preset: "papr" }),
    InvalidInputError,
    /preset of matrpo "papr".*did you mean "paper"/,
  );
  await rejects(
    () => resolveRun({ algorithm: "toString" }),
    InvalidInputError,
    /no algorithm "toString"; known: matrpo/,
  );
});

test("values out of range are named with what is allowed", async () => {
  await rejects(() => resolve({ iterations: 0 }), InvalidInputError, /^file: iterations is 0; .*at least 1/);
  await rejects(
    () => resolve({}, { seed: "abc" }),
    InvalidInputError,
    /^command line: seed is "abc"; .*integer/,
  );
  await rejects(() => resolve({}, { iterations: 1.5 }), InvalidInputError, /iterations is 1\.5/);
  await rejects(
    () => resolve({ options: { gamma: 1.5 } }),
    InvalidInputError,
    /options of fake: gamma is 1\.5.*0 to 1/,
  );
  await rejects(() => resolveRun([]), InvalidInputError, /configuration/);
});

test("any JSON gives a configuration or a message of one line", () => {
  const key = fc.constantFrom(...Object.keys(runSchema.entries), "gamma", "__proto__", "constructor");
  const file = fc.oneof(fc.jsonValue(), fc.dictionary(key, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 3 }));
  const property = fc.property(file, (value) => {
    try {
      resolveRun(value);
    } catch (error) {
      assert.instance(error, InvalidInputError, (error as Error).stack);
      assert.not.match((error as Error).message, /\n/);
    }
  });
  fc.assert(property, { numRuns: 2000 });
});

test.run();
