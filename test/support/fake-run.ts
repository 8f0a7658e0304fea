/** Runs of the fake algorithm on the counting environment, a few milliseconds each. */
import * as v from "valibot";
import { type Catalogue, type RunConfig, resolveRun } from "../../src/training/run-config.ts";
import { countingEnvironment } from "./counting-environment.ts";
import { fakeEntry } from "./fake-algorithm.ts";

export const fakeCatalogue: Catalogue = {
  algorithms: { fake: fakeEntry },
  environments: {
    "test/counting": {
      id: "test/counting",
      description: "For tests.",
      schema: v.strictObject({ agents: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 2) }),
      load: () => countingEnvironment,
    },
  },
};

/** A resolved configuration with these changes. */
export function fakeConfig(changes: object = {}): RunConfig {
  const base = { environment: "test/counting", algorithm: "fake", iterations: 4 };
  return resolveRun({ ...base, ...changes }, {}, "test", fakeCatalogue);
}
