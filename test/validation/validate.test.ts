import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as v from "valibot";
import { InvalidInputError } from "../../src/validation/errors.ts";
import { validate } from "../../src/validation/validate.ts";

const size = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(512));
const schema = v.strictObject({
  gamma: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 0.99),
  maxKl: v.optional(v.pipe(v.number(), v.gtValue(0)), 0.01),
  activation: v.optional(v.picklist(["selu", "relu", "tanh"]), "selu"),
  hiddenSizes: v.optional(v.pipe(v.array(size), v.minLength(1), v.maxLength(4)), [64]),
  penalty: v.optional(v.union([v.literal("auto"), v.pipe(v.number(), v.finite())]), "auto"),
  clip: v.optional(v.nullable(v.pipe(v.number(), v.ltValue(1))), null),
  adam: v.optional(v.strictObject({ rate: v.optional(v.number(), 1e-3), steps: v.optional(size, 3) }), {}),
  topology: v.optional(
    v.variant("kind", [
      v.strictObject({ kind: v.literal("ring"), agents: size }),
      v.strictObject({ kind: v.literal("star"), centre: v.pipe(v.number(), v.integer(), v.minValue(0)) }),
    ]),
  ),
  name: v.optional(v.pipe(v.string(), v.nonEmpty())),
  range: v.optional(
    v.pipe(
      v.strictTuple([v.number(), v.number()]),
      v.check(([low, high]) => low <= high, "the first number must not exceed the second"),
    ),
  ),
});

function complaint(value: unknown): string {
  try {
    validate(schema, value, "options of matrpo");
  } catch (error) {
    assert.instance(error, InvalidInputError);
    return (error as Error).message;
  }
  return "";
}

test("defaults are filled in at every depth", () => {
  assert.equal(validate(schema, { adam: { steps: 5 } }, "options"), {
    gamma: 0.99,
    maxKl: 0.01,
    activation: "selu",
    hiddenSizes: [64],
    penalty: "auto",
    clip: null,
    adam: { rate: 1e-3, steps: 5 },
  });
});

test("each fault is named with key path, value, and what is allowed", () => {
  const cases: readonly (readonly [unknown, string])[] = [
    [{ gamma: 1.5 }, "gamma is 1.5; it must be a number from 0 to 1"],
    [{ gamma: "1" }, 'gamma is "1"; it must be a number from 0 to 1'],
    [{ gamma: Number.NaN }, "gamma is NaN; it must be a number from 0 to 1"],
    [{ gamma: null }, "gamma is null; it must be a number from 0 to 1"],
    [{ maxKl: 0 }, "maxKl is 0; it must be a number above 0"],
    [
      { activation: "Relu" },
      'activation is "Relu"; it must be one of "selu", "relu", "tanh" (did you mean "relu"?)',
    ],
    [{ activation: 3 }, 'activation is 3; it must be one of "selu", "relu", "tanh"'],
    [{ hiddenSizes: [64, 0] }, "hiddenSizes[1] is 0; it must be an integer from 1 to 512"],
    [
      { hiddenSizes: [] },
      "hiddenSizes is []; it must be a list of length 1 to 4, each value an integer from 1 to 512",
    ],
    [
      { hiddenSizes: 64 },
      "hiddenSizes is 64; it must be a list of length 1 to 4, each value an integer from 1 to 512",
    ],
    [{ penalty: "aut" }, 'penalty is "aut"; it must be "auto" or a finite number (did you mean "auto"?)'],
    [{ clip: 2 }, "clip is 2; it must be a number below 1 or null"],
    [{ clip: "no" }, 'clip is "no"; it must be a number below 1 or null'],
    [{ adam: { steps: 0.5 } }, "adam.steps is 0.5; it must be an integer from 1 to 512"],
    [{ adam: [], gamma: true }, "gamma is true; it must be a number from 0 to 1"],
    [{ adam: 1 }, "adam is 1; it must be an object with keys rate, steps"],
    [{ topology: { kind: "ring" } }, "topology.agents is missing; it must be an integer from 1 to 512"],
    [
      { topology: { kind: "rng" } },
      'topology.kind is "rng"; it must be "ring" or "star" (did you mean "ring"?)',
    ],
    [
      { topology: { kind: "star", centre: 0, agents: 3 } },
      'unknown key "topology.agents" (known: kind, centre)',
    ],
    [{ name: "" }, 'name is ""; it must be a non-empty string'],
    [{ range: [2, 1] }, "range: the first number must not exceed the second"],
    [{ range: [2] }, "range[1] is missing; it must be a number"],
    [
      3,
      "got 3; it must be an object with keys gamma, maxKl, activation, hiddenSizes, penalty, clip, adam, topology, name, range",
    ],
  ];
  for (const [value, expected] of cases) assert.is(complaint(value), `options of matrpo: ${expected}`);
});

test("unknown keys are all named, each with the nearest known", () => {
  assert.is(
    complaint({ gama: 1, activaton: "selu", adam: { rte: 1 }, zzzzzzzz: 0 }),
    'options of matrpo: unknown key "adam.rte" (did you mean "rate"?); unknown key "gama" (did you mean "gamma"?); ' +
      'unknown key "activaton" (did you mean "activation"?); unknown key "zzzzzzzz" (known: gamma, maxKl, activation, ' +
      "hiddenSizes, penalty, clip, adam, topology, name, range)",
  );
});

test("all faults stand in one line, once each", () => {
  const text = complaint({ gamma: -1, maxKl: "x", hiddenSizes: [0.5, 1000] });
  assert.is(text.split("; ").filter((part) => part.includes(" is ")).length, 4);
  assert.is(text.match(/hiddenSizes\[0\]/g)?.length, 1);
});

test("whatever is given, the outcome is options or one readable line", () => {
  const key = fc.oneof(
    fc.constantFrom(...Object.keys(schema.entries), "gama", "__proto__", "toString"),
    fc.string(),
  );
  const value = fc.oneof(
    fc.jsonValue(),
    fc.double(),
    fc.bigInt(),
    fc.constantFrom(undefined, Symbol("s"), () => 1, new Float32Array(3)),
  );
  fc.assert(
    fc.property(fc.oneof(fc.dictionary(key, value, { maxKeys: 5 }), value), (given) => {
      assert.not.match(complaint(given), /\n|\[object/);
      assert.ok(complaint(given).length < 3000);
    }),
    { numRuns: 1500 },
  );
});

test.run();
