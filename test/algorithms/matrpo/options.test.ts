/** Options against docs/algorithms/matrpo.md: the names, defaults and ranges of its tables are those that are checked. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { matrpoPresets, matrpoSchema } from "../../../src/algorithms/matrpo/options.ts";
import { validate } from "../../../src/validation/validate.ts";
import { testDocumentation } from "../../support/documented-options.ts";
import { refuses } from "../../support/refuses.ts";

testDocumentation({ page: "matrpo", schema: matrpoSchema, presets: matrpoPresets });

const settings = (options: object) => validate(matrpoSchema, options, "matrpo options");

test("a topology of one's own is two keys with whole numbers", () => {
  const own = {
    agents: 3,
    links: [
      [0, 1],
      [1, 2],
    ],
  };
  assert.equal(settings({ topology: own }).topology, own);
  for (const bad of [
    { agents: 0, links: [] },
    { agents: 3 },
    { ...own, links: [[0, 1.5]] },
    { ...own, x: 1 },
  ]) {
    refuses(() => settings({ topology: bad }), "topology");
  }
});

test("several mistakes are reported together", () => {
  refuses(
    () => settings({ gama: 0.9, maxKl: 0, valueEpochs: 1.5, solver: "cg" }),
    "gama",
    "maxKl is 0",
    "valueEpochs is 1.5",
    'solver is "cg"',
  );
});

test.run();
