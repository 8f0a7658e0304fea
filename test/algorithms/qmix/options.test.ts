/** Options against docs/algorithms/qmix.md. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { qmixPresets, qmixSchema } from "../../../src/algorithms/qmix/options.ts";
import { describeOptions } from "../../../src/validation/describe.ts";
import { testDocumentation } from "../../support/documented-options.ts";

testDocumentation({ page: "qmix", schema: qmixSchema, presets: qmixPresets });

test("every option has a description", () => {
  for (const { name, description } of describeOptions(qmixSchema)) assert.ok(description, name);
});

test.run();
