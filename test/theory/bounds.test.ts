/** The right sides of all claims, worked out by hand for γ = 0.9, where x = 10. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { a2poBound } from "../../src/theory/bounds.ts";
import { claims } from "../../src/theory/claims.ts";
import { unfoldUpdate } from "../../src/theory/update.ts";
import { allClose, close } from "../support/close.ts";

/**
 * One state without rewards, so that ξ is 0; α = (0.1, 0.3), S = (0.1, 0.4). ε is put in: 2, then 3, and at the end one that
 * no bound may use.
 */
const update = {
  ...unfoldUpdate(
    {
      states: 1,
      choices: [2, 2],
      joint: 4,
      transitions: Float64Array.of(1, 1, 1, 1),
      rewards: new Float64Array(4),
      start: Float64Array.of(1),
      gamma: 0.9,
    },
    [Float64Array.of(0.5, 0.5), Float64Array.of(0.5, 0.5)],
    [Float64Array.of(0.6, 0.4), Float64Array.of(0.8, 0.2)],
  ),
  advantageBounds: [2, 3, 99],
};

/** h(z) = x − y(z) = 10 − 1/(0.1 + 0.9z) and y(z), at 0.1, 0.3 and 0.4. */
const [h1, h3, h4] = [90 / 19, 270 / 37, 180 / 23];
const [y1, y4] = [100 / 19, 50 / 23];

const rightSides: Readonly<Record<string, readonly number[]>> = {
  "TV of the team ≤ Σ TV of the agents": [0.4],
  "MAPPO, summed surrogate": [4 * 2 * 10 * 0.4],
  "MAPPO, averaged surrogate": [4 * 2 * 10 * 0.4],
  "MAPPO, averaged surrogate, sharper": [2 * 2 * 1.5 * 10 * 0.4],
  "CoPPO, HAPPO together": [4 * 2 * 0.4 * h4],
  "CoPPO, quadratic form": [4 * 0.9 * 2 * 0.16 * 100],
  "RPISA, fresh samples": [4 * 3 * 0.1 * h1 + 4 * 3 * 0.3 * h3],
  "HAPPO, one agent, constant 4": [
    2 * 2 * 0.1 * (40 - 2 * y1),
    2 * 3 * 0.3 * (40 - 2 * y4) + 2 * 3 * 10 * 0.1,
  ],
  "HAPPO, one agent, constant 3": [
    2 * 2 * 0.1 * (30 - 2 * y1),
    2 * 3 * 0.3 * (30 - 2 * y4) + 2 * 3 * 10 * 0.1,
  ],
  "A2PO, one agent, V = V^π": [4 * 2 * 0.1 * h1, 4 * 3 * 0.3 * h4],
  "A2PO, one agent, V = V^π̂": [4 * 2 * 0.1 * h1, 4 * 3 * 0.3 * h4],
  "A2PO together": [4 * 3 * 0.1 * h1 + 4 * 3 * 0.3 * h4],
  "A2PO's sum ≤ CoPPO's, equal ε, ξ = 0": [0.4 * h4],
  // max KL: ½ log(25/24) and ½ log(25/16).
  "HATRPO, Lemma 2": [4 * 0.9 * 2 * 100 * 0.5 * Math.log(625 / 384)],
  "CoPPO without 1/(1 − γ), as printed": [4 * 2 * 0.4 * h4],
  "HAPPO, one agent, base J(π), as printed": [
    2 * 2 * 0.1 * (30 - 2 * y1),
    2 * 2 * 0.3 * (30 - 2 * y4) + 2 * 2 * 10 * 0.1,
  ],
};

test("every claim has the right side that is worked out by hand", () => {
  assert.equal(
    claims.map(({ name }) => name),
    Object.keys(rightSides),
  );
  for (const { name, measure } of claims) {
    const rights = measure(update, 0.95).map(({ right }) => right);
    // Values up to 200 with some ten roundings.
    allClose(rights, rightSides[name], 1e-12, name);
  }
});

test("an error ξ of the advantages costs xξ", () => {
  close(a2poBound(0.9, 2, 0.3, 0.4, 0.5), 4 * 2 * 0.3 * h4 + 10 * 0.5, 1e-13);
});

test.run();
