/** Options against docs/algorithms/trpo.md, and against those of MATRPO: what means the same is the same. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { matrpoPresets, matrpoSchema } from "../../../src/algorithms/matrpo/options.ts";
import {
  trpoCentralPresets,
  trpoCentralSchema,
  trpoIndependentPresets,
  trpoIndependentSchema,
} from "../../../src/algorithms/trpo/options.ts";
import { describeOptions } from "../../../src/validation/describe.ts";
import { validate } from "../../../src/validation/validate.ts";
import { testDocumentation } from "../../support/documented-options.ts";

testDocumentation({ page: "trpo", schema: trpoIndependentSchema, presets: trpoIndependentPresets });

type Options = Readonly<Record<string, unknown>>;
const options = (schema: Parameters<typeof describeOptions>[0]) =>
  new Map(describeOptions(schema).map((option) => [option.name, option]));

test("the central baseline has the options of the independent one, without the division of δ", () => {
  const [central, independent] = [options(trpoCentralSchema), options(trpoIndependentSchema)];
  assert.ok(independent.delete("divideMaxKl"));
  assert.equal([...central], [...independent]);
  for (const name of ["default", "paper", "official"] as const) {
    const settings = validate(trpoIndependentSchema, trpoIndependentPresets[name], "options");
    const { divideMaxKl, ...rest } = settings;
    assert.is(divideMaxKl, name === "default");
    assert.equal(validate(trpoCentralSchema, trpoCentralPresets[name], "options"), rest);
  }
});

test("what MATRPO has too has the same words, range and default, but for how a lonely step is solved", () => {
  const [matrpo, trpo] = [options(matrpoSchema), options(trpoIndependentSchema)];
  const other = [...trpo.values()].filter((option) => {
    const twin = matrpo.get(option.name);
    return JSON.stringify(twin) !== JSON.stringify(option);
  });
  const names = other.map(({ name }) => name).sort();
  assert.equal(names, ["divideMaxKl", "lineSearch", "solver", "subspaceStart"]);
});

test("the presets spend, sample and test alike in all algorithms", () => {
  for (const name of ["default", "paper", "official"] as const) {
    const matrpo: Options = validate(matrpoSchema, matrpoPresets[name], "options");
    const trpo: Options = validate(trpoCentralSchema, trpoCentralPresets[name], "options");
    const differing = Object.keys(trpo).filter(
      (key) => JSON.stringify(trpo[key]) !== JSON.stringify(matrpo[key]),
    );
    const own = ["lineSearch", "solver", "subspaceStart"];
    assert.equal(
      differing.filter((key) => !own.includes(key)),
      [],
      name,
    );
  }
});

test.run();
