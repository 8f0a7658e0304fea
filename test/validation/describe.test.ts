import { test } from "uvu";
import * as assert from "uvu/assert";
import * as v from "valibot";
import { describe, describeOptions, schemaNode } from "../../src/validation/describe.ts";

test("schemas are put into words", () => {
  const cases: readonly (readonly [v.GenericSchema, string])[] = [
    [v.number(), "a number"],
    [v.pipe(v.number(), v.finite()), "a finite number"],
    [v.pipe(v.number(), v.integer(), v.minValue(2)), "an integer of at least 2"],
    [v.pipe(v.number(), v.gtValue(0), v.maxValue(1)), "a number above 0 and at most 1"],
    [
      v.pipe(v.number(), v.integer(), v.minValue(4), v.maxValue(64), v.multipleOf(4)),
      "an integer from 4 to 64 and a multiple of 4",
    ],
    [v.pipe(v.pipe(v.number(), v.integer()), v.description("x"), v.minValue(1)), "an integer of at least 1"],
    [v.string(), "a string"],
    [v.pipe(v.string(), v.regex(/^[a-z]+$/)), "a string matching /^[a-z]+$/"],
    [v.boolean(), "true or false"],
    [v.literal("auto"), '"auto"'],
    [v.picklist(["a", "b"]), 'one of "a", "b"'],
    [v.nullable(v.boolean()), "true or false or null"],
    [v.optional(v.union([v.undefined(), v.boolean(), v.number()])), "true or false or a number"],
    [v.array(v.string()), "a list, each value a string"],
    [v.pipe(v.array(v.string()), v.length(2)), "a list of length 2, each value a string"],
    [v.pipe(v.array(v.number()), v.minLength(1)), "a list of length at least 1, each value a number"],
    [v.pipe(v.array(v.number()), v.maxLength(3)), "a list of length at most 3, each value a number"],
    [v.strictTuple([v.number(), v.boolean()]), "a list [a number, true or false]"],
    [v.record(v.string(), v.number()), "an object, each value a number"],
    [v.object({ a: v.number(), b: v.number() }), "an object with keys a, b"],
    [v.variant("kind", [v.object({ kind: v.literal("x") })]), 'an object with "kind"'],
    [v.unknown(), "any value"],
    [v.date(), "a value of type date"],
  ];
  for (const [schema, phrase] of cases) assert.is(describe(schemaNode(schema)), phrase);
});

test("the end of exact integers is said to who goes beyond it, and to nobody else", () => {
  const seed = schemaNode(v.pipe(v.number(), v.safeInteger(), v.minValue(0)));
  for (const given of [2 ** 53, -1e300]) assert.is(describe(seed, given), "an integer from 0 to 2^53 − 1");
  for (const given of [2 ** 53 - 1, 1.5, "x"]) assert.is(describe(seed, given), "an integer of at least 0");
  const limited = schemaNode(v.optional(v.pipe(v.number(), v.safeInteger(), v.maxValue(64))));
  assert.is(describe(limited, 1e300), "an integer of at most 64");
});

test("options are listed with description, range and default", () => {
  const schema = v.strictObject({
    agents: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.description("How many.")), 3),
    sizes: v.optional(v.array(v.number()), () => [1, 2]),
    name: v.string(),
  });
  assert.equal(describeOptions(schema), [
    { name: "agents", description: "How many.", allowed: "an integer of at least 1", default: 3 },
    { name: "sizes", description: "", allowed: "a list, each value a number", default: [1, 2] },
    { name: "name", description: "", allowed: "a string", default: undefined },
  ]);
});

test.run();
