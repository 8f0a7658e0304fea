/** Identities and bounds on random games, and the printed statements that fail. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../src/tensor/random.ts";
import { driftTime } from "../../src/theory/bounds.ts";
import { randomLambda, randomUpdate } from "../../src/theory/cases.ts";
import { type Claim, claims } from "../../src/theory/claims.ts";
import { meadowAndMarsh } from "../../src/theory/counterexample.ts";
import { identities } from "../../src/theory/identities.ts";
import { studyClaims, studyIdentities } from "../../src/theory/studies.ts";
import { close } from "../support/close.ts";

/** What rounding may add to errors of returns of order 100; the largest seen in 4,000 games is 3e-12. */
const ROUNDING = 1e-10;

const claim = (name: string): Claim => claims.find((other) => other.name === name) as Claim;
const ratios = (name: string, update = meadowAndMarsh()): number[] =>
  claim(name)
    .measure(update, 0.95)
    .map(({ left, right }) => left / right);

test("every identity holds in random updates of random games", () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const update = randomUpdate(Random.fromSeed(seed));
      for (const { name, holds, error } of identities) if (holds) close(error(update), 0, ROUNDING, name);
    }),
    { numRuns: 150 },
  );
});

test("every identity holds where policies are certain, whose ratios have no value", () => {
  const update = meadowAndMarsh();
  for (const { name, holds, error } of identities) if (holds) close(error(update), 0, ROUNDING, name);
});

test("every bound holds in random updates of random games", () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const random = Random.fromSeed(seed);
      const update = randomUpdate(random);
      const lambda = randomLambda(random);
      for (const { name, status, measure } of claims) {
        if (status !== "proved") continue;
        for (const { left, right } of measure(update, lambda))
          assert.ok(left <= right + ROUNDING * (1 + right), `${name}: ${left} > ${right}`);
      }
    }),
    { numRuns: 300 },
  );
});

test("the performance difference is far off without 1/(1 − γ)", () => {
  const rows = studyIdentities({ games: 40, seed: 1 });
  const row = rows.find(({ holds }) => !holds);
  assert.ok((row?.largestError ?? 0) > 10);
});

test("CoPPO's surrogate without 1/(1 − γ) breaks its bound in some random games", () => {
  const rows = studyClaims({ games: 200, seed: 1 });
  for (const { name, status, violations } of rows) {
    if (status !== "false") assert.is(violations, 0, name);
  }
  const row = rows.find(({ name }) => name === "CoPPO without 1/(1 − γ), as printed");
  assert.ok((row?.violations ?? 0) > 0);
  assert.ok((row?.largest ?? 0) > 1.5);
});

test("HAPPO's one-agent bound with base J(π) fails at the meadow and the marsh, by nearly 2", () => {
  const [first, second] = ratios("HAPPO, one agent, base J(π), as printed");
  assert.ok(first < 1, "agent 0 changes α = ½ itself and pays for it");
  assert.ok(second > 1.85, `agent 1 does not change: ${second}`);
  for (const { name, status } of claims) {
    if (status === "proved")
      for (const ratio of ratios(name)) assert.ok(ratio <= 1 + ROUNDING, `${name}: ${ratio}`);
  }
});

test("the same game nearly attains the joint bound and A2PO's, so no constant can go", () => {
  assert.ok(ratios("CoPPO, HAPPO together")[0] > 0.93);
  assert.ok(ratios("A2PO, one agent, V = V^π")[0] > 0.93);
  assert.ok(ratios("CoPPO, HAPPO together", meadowAndMarsh(0.99999, 0.005))[0] > 0.99);
});

test("the values of the meadow and the marsh are those of the closed form", () => {
  const [gamma, leave] = [0.999, 0.05];
  const { stages, horizon } = meadowAndMarsh(gamma, leave);
  const [old] = stages;
  close(Math.max(...old.values.map(Math.abs)), 0, 1e-12, "V of π");
  const meadow = 1 / (1 + gamma * leave); // out of meadow and ford, which π visits in turn
  close(old.visitation[0], meadow, 1e-12, "π in the meadow");
  // π̄: M = 1 + γ(1 − l)M + γl·F, F = ½γ(M − x), in units of reward
  const value =
    (1 - (gamma * gamma * leave * horizon) / 2) / (1 - gamma * (1 - leave) - (gamma * gamma * leave) / 2);
  close(stages[2].expectedReturn, value, 1e-9, "J of π̄");
});

test("h(z) = 1/(1 − γ) − 1/(1 − γ(1 − z)) and is at most its slope at 0", () => {
  for (const gamma of [0, 0.5, 0.99]) {
    for (const z of [0, 0.01, 0.5, 1, 2]) {
      const h = driftTime(gamma, z);
      close(h, 1 / (1 - gamma) - 1 / (1 - gamma * (1 - z)), 1e-11, "h");
      assert.ok(h <= (gamma * z) / (1 - gamma) ** 2 + 1e-12);
    }
  }
});

test.run();
