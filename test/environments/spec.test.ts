import { test } from "uvu";
import * as assert from "uvu/assert";
import { makeSpec } from "../../src/environments/spec.ts";
import { refuses } from "../support/refuses.ts";

const facts = { id: "test/pair", agents: ["a", "b"], observationSizes: [1, 2], headSizes: [[2], [3]] };

test("a state has no views of agents unless an environment says so, and room for those it says", () => {
  assert.is(makeSpec(facts).agentStateSize, 0);
  assert.is(makeSpec({ ...facts, stateSize: 6, agentStateSize: 3 }).agentStateSize, 3);
  for (const agentStateSize of [4, -1, 1.5]) {
    refuses(
      () => makeSpec({ ...facts, stateSize: 6, agentStateSize }),
      "test/pair",
      `agentStateSize is ${agentStateSize}`,
    );
  }
});

test.run();
