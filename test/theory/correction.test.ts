/** What the correction of preceding agents corrects, exactly. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../src/tensor/random.ts";
import { randomCorrectionCase } from "../../src/theory/cases.ts";
import { largest } from "../../src/theory/measures.ts";
import {
  centred,
  correctedAdvantages,
  correctionError,
  regressionValues,
  retraceSweep,
  vtraceValues,
} from "../../src/theory/preopc.ts";
import { studyCorrection } from "../../src/theory/studies.ts";
import { weightedSums } from "../../src/theory/values.ts";
import { allClose, close } from "../support/close.ts";

const scenes = (body: (scene: ReturnType<typeof sceneOf>) => void, numRuns = 40) =>
  fc.assert(
    fc.property(fc.nat(), (seed) => body(sceneOf(seed))),
    { numRuns },
  );

function sceneOf(seed: number) {
  const { game, stages } = randomCorrectionCase(Random.fromSeed(seed));
  const [old] = stages;
  const target = stages[stages.length - 2];
  return { old, target, correction: { game, behaviour: old.joint, target: target.joint, lambda: 0.95 } };
}

test("with equal policies and V = V^π the estimate is A^π, whatever λ", () => {
  scenes(({ old, correction }) => {
    for (const lambda of [0, 0.5, 1]) {
      const same = { ...correction, target: old.joint, lambda };
      allClose(correctedAdvantages(same, old.values), old.advantages, 1e-10);
    }
  });
});

test("ξ is 0 with V = V^π̂ if λ = 0 or ratios are not cut, and else it is not", () => {
  let positive = 0;
  scenes(({ target, correction }) => {
    const error = (changes: object) =>
      correctionError(correctedAdvantages({ ...correction, ...changes }, target.values), target);
    close(error({ lambda: 0 }), 0, 1e-10, "λ = 0");
    close(error({ cut: 1e12 }), 0, 1e-9, "not cut");
    if (error({}) > 0.01) positive++;
  });
  assert.ok(positive > 20, `${positive} of 40`);
});

test("the estimate satisfies its recursion", () => {
  scenes(({ old, correction }) => {
    const { game, behaviour, target, lambda } = correction;
    const estimate = correctedAdvantages(correction, old.values);
    for (let at = 0; at < estimate.length; at++) {
      let future = 0;
      for (let t = 0; t < game.states; t++) {
        for (let k = 0; k < game.joint; k++) {
          const pair = t * game.joint + k;
          const ratio = target[pair] / behaviour[pair];
          const chance = game.transitions[at * game.states + t] * behaviour[pair];
          future += chance * lambda * Math.min(1, ratio) * estimate[pair];
        }
      }
      close(estimate[at], old.advantages[at] + game.gamma * future, 1e-10, "A = δ + γ E c A; δ = A^π");
    }
  }, 10);
});

test("fixed points are fixed: regression leaves no mean under π, Retrace returns Q^π̂", () => {
  scenes(({ target, correction }) => {
    const { game, behaviour } = correction;
    const values = regressionValues(correction);
    const means = weightedSums(game, behaviour, correctedAdvantages(correction, values));
    close(largest(means), 0, 1e-9, "E_π A");
    allClose(retraceSweep(correction, target.actionValues), target.actionValues, 1e-10, "Q");
    const shared = behaviour.map((p, at) => Math.min(p, correction.target[at]));
    const trace = weightedSums(game, shared, correctedAdvantages(correction, vtraceValues(correction)));
    close(largest(trace), 0, 1e-9, "V-trace, for any λ");
  });
});

test("centring changes each state's estimates by one number and leaves mean 0 under π̂", () => {
  scenes(({ old, correction }) => {
    const { game, target } = correction;
    const estimate = correctedAdvantages(correction, old.values);
    const without = centred(correction, estimate);
    close(largest(weightedSums(game, target, without)), 0, 1e-11, "mean");
    for (let at = 0; at < estimate.length; at++) {
      const first = at - (at % game.joint);
      close(estimate[at] - without[at], estimate[first] - without[first], 1e-11, "offset");
    }
  }, 10);
});

test("with PreOPC less is wrong in the part that matters, not in the raw norm, than without", () => {
  const rows = studyCorrection({ games: 100, seed: 1 });
  const median = (name: string) => rows.find((row) => row.name === name)?.median as number;
  close(median("A^π, not corrected"), 1, 0);
  close(median("GAE(.95), V = V^π"), 1, 1e-9);
  assert.ok(median("PreOPC(.95), V = V^π") > 0.9, "not in the raw norm");
  assert.ok(median("PreOPC(.95), V its own fixed point") > 0.8, "nor with the critic it learns");
  const before = median("centred A^π, not corrected");
  assert.ok(before < 0.6, "much of the raw error is an offset that no gradient sees");
  for (const [critic, share] of [
    ["V = V^π", 0.9],
    ["V its own fixed point", 0.9],
    ["V = V^π̂", 0.65],
  ] as const)
    assert.ok(median(`centred PreOPC(.95), ${critic}`) < share * before, critic);
  assert.ok(median("fixed point of V to V^π") < median("fixed point of V to V^π̂"), "nearer to V^π");
  close(median("Retrace(.95) with action values, iterated"), 0, 1e-9);
});

test.run();
