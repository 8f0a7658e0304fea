import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { unweightedK3, unweightedMetric } from "../../../src/algorithms/policy-optimisation/k3.ts";
import { CategoricalActions } from "../../../src/distributions/categorical-actions.ts";
import { createArena } from "../../../src/kernels/arena.ts";
import { Random } from "../../../src/tensor/random.ts";
import { close, sameBits } from "../../support/close.ts";
import { makeFamily, playedBatch, uneven } from "../../support/family.ts";

const arena = createArena();

test("a step that is taken lies inside the trust region and gains; one that is not leaves every bit", () => {
  fc.assert(
    fc.property(
      fc.nat(1000),
      fc.constantFrom("exact", "unweighted-k3"),
      fc.constantFrom(1e-4, 0.01, 20),
      fc.constantFrom(1, 4),
      (seed, klForm, maxKl, lineSearchSteps) => {
        const trainer = makeFamily("hatrpo", { klForm, maxKl, lineSearchSteps, cgDamping: 0.01 }, { seed });
        const before = trainer.policies.map(({ parameters }) => parameters.slice());
        const { kl, details = {}, warnings } = trainer.update(playedBatch(trainer, uneven, seed));
        const { stepScale, surrogateGain } = details as Record<string, readonly number[]>;
        for (const [agent, scale] of stepScale.entries()) {
          if (scale === 0) {
            sameBits(trainer.policies[agent].parameters, before[agent]);
            assert.ok(warnings.some((warning) => warning.startsWith(uneven.agents[agent])));
          } else {
            // The sum over legal choices without weights is above the KL, each of whose terms has a weight below 1.
            assert.ok(kl[agent] < maxKl && kl[agent] > 0, `${kl[agent]} of ${maxKl}`);
            assert.ok(surrogateGain[agent] > 0);
          }
        }
      },
    ),
    { numRuns: 40 },
  );
});

test("both things happen: steps are taken, and refused when there is one try and the region is vast", () => {
  const scales = (options: object) => {
    const trainer = makeFamily("hatrpo", options);
    return trainer.update(playedBatch(trainer, uneven)).details?.stepScale as readonly number[];
  };
  assert.ok(scales({ maxKl: 0.005 }).every((scale) => scale > 0));
  assert.ok(scales({ maxKl: 50, lineSearchSteps: 1 }).some((scale) => scale === 0));
});

test("the metric of the unweighted divergence is its Hessian, with illegal choices left out", () => {
  const distribution = new CategoricalActions([3, 2]);
  const masks = Uint8Array.from([1, 1, 1, 1, 1, 1, 0, 1, 1, 1]);
  const rows = 2;
  const random = Random.fromSeed(4);
  const normals = () => Float32Array.from({ length: 10 }, () => random.normal());
  const [logits, tangent] = [normals(), normals()];
  const k3 = (step: number) => {
    const moved = logits.map((logit, i) => logit + step * tangent[i]);
    return (unweightedK3(distribution, logits, moved, Uint8Array.of(1, 1), masks) as number) / rows;
  };
  arena.scope(() => {
    const at = arena.place(tangent);
    unweightedMetric(
      arena,
      distribution,
      arena.place(logits),
      undefined,
      rows,
      masks,
    )(at, undefined, 1 / rows);
    const form = arena.f32(at, 10).reduce((sum, value, i) => sum + value * tangent[i], 0);
    const h = 1e-2; // logits are f32: errors of 1e-7 over h², truncation h²
    close((k3(h) + k3(-h)) / (h * h), form, 1e-2 * form);
    assert.is(arena.f32(at, 10)[6], 0, "an illegal choice has no curvature");
  });
});

test("at a uniform policy over A choices the unweighted divergence is A times the KL to second order", () => {
  for (const choices of [2, 5, 10]) {
    const distribution = new CategoricalActions([choices]);
    const uniform = new Float32Array(choices);
    const moved = Float32Array.from({ length: choices }, (_, a) => 0.01 * Math.cos(a));
    const k3 = unweightedK3(distribution, uniform, moved, Uint8Array.of(1), undefined) as number;
    const total = moved.reduce((sum, z) => sum + Math.exp(z), 0);
    const kl = moved.reduce((sum, z) => sum - Math.log((Math.exp(z) / total) * choices) / choices, 0);
    close(k3 / kl, choices, 0.02 * choices);
  }
});

test.run();
