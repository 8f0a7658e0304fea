import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Phase, parts, phaseNames } from "../../src/profiling/phases.ts";
import { makeProfile, secondsOf } from "../../src/profiling/profile.ts";
import { close } from "../support/close.ts";

test("phases are summed over stopwatches and joined to parts", () => {
  const first = { acting: 1, environment: 2, vectors: 3 };
  const second = { acting: 4, values: 5, lineSearch: 0 };
  const profile = makeProfile(7, [first, second]);
  assert.is(profile.iterations, 7);
  assert.is(profile.seconds, 15);
  assert.equal(profile.phases, { acting: 5, environment: 2, values: 5, vectors: 3, lineSearch: 0 });
  assert.equal(profile.shares, {
    sampling: 7 / 15,
    "value fit": 5 / 15,
    "basis building": 3 / 15,
    activations: 0,
    "policy gradients": 0,
    "line search": 0,
    evaluation: 0,
    saving: 0,
    other: 0,
  });
  assert.is(secondsOf("sampling", profile.phases), 7);
});

test("nothing measured has no shares", () => {
  const { seconds, shares, phases } = makeProfile(0, []);
  assert.is(seconds, 0);
  assert.ok(Object.values(shares).every((share) => share === 0));
  assert.equal(phases, {});
});

test("the shares of any profile sum to 1 and its phases to its seconds, up to rounding", () => {
  const seconds = fc.dictionary(
    fc.constantFrom<Phase>(...phaseNames),
    fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
    { minKeys: 1 },
  );
  fc.assert(
    fc.property(fc.array(seconds, { minLength: 1 }), (measured) => {
      const profile = makeProfile(1, measured);
      const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
      close(sum(Object.values(profile.shares)), 1, 1e-12);
      close(sum(Object.values(profile.phases)) / profile.seconds, 1, 1e-12);
      close(sum(parts.map((part) => secondsOf(part, profile.phases))) / profile.seconds, 1, 1e-12);
    }),
  );
});

test.run();
