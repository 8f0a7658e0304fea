import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  adaptiveClip,
  outerClip,
  ratioProportionalClips,
} from "../../../src/algorithms/policy-optimisation/clip-rules.ts";
import {
  type ClipRange,
  isClipped,
  outsideWeight,
  ratioWeight,
  surrogate,
  surrogateTensor,
} from "../../../src/algorithms/policy-optimisation/surrogate.ts";
import { valueAndGrad } from "../../../src/autodiff/derivatives.ts";
import { mean } from "../../../src/autodiff/ops.ts";
import { log } from "../../../src/tensor/math.ts";
import type { Tensor } from "../../../src/tensor/tensor.ts";
import { allClose, close } from "../../support/close.ts";

const golden = JSON.parse(readFileSync(new URL("../../golden/a2po.json", import.meta.url), "utf8"));
const { ratios, adv, eps, eps_inner, eps_outer, order } = golden.surrogate as {
  ratios: number[][];
  adv: number[];
  eps: number;
  eps_inner: number;
  eps_outer: number;
  order: number[];
};
const agents = [0, 1, 2];
const none = Number.POSITIVE_INFINITY;

const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const product = (row: readonly number[], of: readonly number[]) => of.reduce((all, j) => all * row[j], 1);

/** Mean over the golden samples of agent i's surrogate, with the factor of these agents. */
function goldenMean(i: number, others: readonly number[], range: ClipRange): number {
  return average(ratios.map((row, b) => surrogate(row[i], product(row, others), adv[b], range)));
}

test("golden surrogates of MAPPO, CoPPO, HAPPO, HAPPO inside and A2PO", () => {
  const plain = { inner: eps, outer: none, placement: "inside" } as const;
  const preceding = (position: number) => order.slice(0, position);
  const a2po = (outer: (inner: number) => number) =>
    order.map((i, position) => {
      const inner = adaptiveClip(eps, position + 1, order.length, 0.5);
      return goldenMean(i, preceding(position), { inner, outer: outer(inner), placement: "inside" });
    });
  const found = {
    mappo: agents.map((i) => goldenMean(i, [], plain)),
    coppo: agents.map((i) =>
      goldenMean(
        i,
        agents.filter((j) => j !== i),
        { inner: eps_inner, outer: eps_outer, placement: "inside" },
      ),
    ),
    happo: order.map((i, m) => goldenMean(i, preceding(m), { ...plain, placement: "outside" })),
    happo_inside: order.map((i, m) => goldenMean(i, preceding(m), plain)),
    a2po_eps_over_2: a2po((inner) => outerClip("half", inner)),
    a2po_fixed_outer_0_1: a2po((inner) => outerClip(0.1, inner)),
  };
  // Products of three numbers in another order: a few roundings.
  for (const [name, values] of Object.entries(found)) allClose(values, golden.surrogate[name], 1e-14, name);
});

test("golden clip ranges: adaptive by position, and proportional to ratios by number", () => {
  for (const [k, value] of golden.surrogate.adaptive_clip) close(adaptiveClip(0.2, k, 5, 0.5), value, 1e-16);
  const columns = agents.map((i) => ratios.map((row) => row[i]));
  allClose(ratioProportionalClips(eps, columns), golden.clip_ratio_proportional, 1e-15);
});

const ratio = fc.double({ min: 0.05, max: 4, noNaN: true });
const advantage = fc.double({ min: -5, max: 5, noNaN: true });
const epsilon = fc.double({ min: 0.01, max: 0.5, noNaN: true });
const range = fc.record({
  inner: epsilon,
  outer: fc.oneof(epsilon, fc.constant(none)),
  placement: fc.constantFrom("inside" as const, "outside" as const),
});

test("the clipped surrogate is never above the one without the inner clip", () => {
  fc.assert(
    fc.property(ratio, ratio, advantage, range, (r, f, a, given) => {
      const open = outsideWeight(f, given) * (r * ratioWeight(f, given) * a);
      assert.ok(surrogate(r, f, a, given) <= open + 1e-12 * Math.abs(open));
    }),
    { numRuns: 300 },
  );
});

test("the adaptive range grows with the position and ends at ε; a lone agent has all of ε", () => {
  fc.assert(
    fc.property(
      epsilon,
      fc.integer({ min: 1, max: 12 }),
      fc.double({ min: 0, max: 0.99, noNaN: true }),
      (e, n, c) => {
        const ranges = Array.from({ length: n }, (_, k) => adaptiveClip(e, k + 1, n, c));
        for (let k = 1; k < n; k++) assert.ok(ranges[k] > ranges[k - 1]);
        close(ranges[n - 1], e, 1e-15);
      },
    ),
  );
});

test("for one agent CoPPO, HAPPO and A2PO are PPO", () => {
  fc.assert(
    fc.property(ratio, advantage, epsilon, fc.double({ min: 0, max: 1, noNaN: true }), (r, a, e, c) => {
      const ppo = Math.min(r * a, Math.max(1 - e, Math.min(1 + e, r)) * a);
      const inner = adaptiveClip(e, 1, 1, c);
      const ranges: ClipRange[] = [
        { inner: e, outer: none, placement: "inside" },
        { inner: e, outer: e / 2, placement: "inside" },
        { inner: e, outer: none, placement: "outside" },
        { inner, outer: inner / 2, placement: "inside" },
      ];
      for (const given of ranges) close(surrogate(r, 1, a, given), ppo, 1e-14);
    }),
  );
});

test("without an outer bound A2PO's surrogate is HAPPO's with the factor inside", () => {
  fc.assert(
    fc.property(ratio, ratio, advantage, epsilon, (r, f, a, e) => {
      const inner = adaptiveClip(e, 1, 3, 1);
      const l = r * f;
      const expected = Math.min(l * a, Math.max(1 - e, Math.min(1 + e, l)) * a);
      close(
        surrogate(r, f, a, { inner, outer: outerClip("none", inner), placement: "inside" }),
        expected,
        1e-14,
      );
    }),
  );
});

test("the outer bound holds the factor in both places, and only there", () => {
  fc.assert(
    fc.property(ratio, ratio, advantage, epsilon, epsilon, (r, f, a, inner, outer) => {
      const bounded = Math.max(1 - outer, Math.min(1 + outer, f));
      const open = { inner, outer: none };
      for (const placement of ["inside", "outside"] as const) {
        close(
          surrogate(r, f, a, { inner, outer, placement }),
          surrogate(r, bounded, a, { ...open, placement }),
          1e-14,
        );
      }
      const ppo = surrogate(r, 1, a, { ...open, placement: "outside" });
      close(surrogate(r, f, a, { inner, outer, placement: "outside" }), bounded * ppo, 1e-14);
    }),
  );
});

test("where nothing has moved every surrogate is A, and its gradient A", () => {
  fc.assert(
    fc.property(advantage, range, (a, given) => {
      close(surrogate(1, 1, a, given), a, 0);
      assert.not.ok(isClipped(1, 1, a, given));
    }),
  );
});

test("the tensor has the values of the scalar form, and its slope where the clip does not hold", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(ratio, ratio, advantage), { minLength: 1, maxLength: 6 }),
      range,
      (rows, given) => {
        const logs = Float32Array.from(rows, ([r]) => log(r));
        const samples = {
          oldLogProbs: new Float32Array(rows.length),
          weights: Float32Array.from(rows, ([, f]) => ratioWeight(f, given)),
          advantages: Float32Array.from(rows, ([, f, a]) => outsideWeight(f, given) * a),
          inner: given.inner,
        };
        const { value, gradient } = valueAndGrad((x: Tensor) => mean(surrogateTensor(x, samples)))(logs);
        const expected = rows.map(([r, f, a]) => surrogate(r, f, a, given));
        close(value, average(expected), 1e-5); // f32 with values up to 80
        for (const [i, [r, f, a]] of rows.entries()) {
          const l = r * ratioWeight(f, given);
          // f32 decides on the edge of the clip by itself.
          if (Math.abs(Math.abs(l - 1) - given.inner) < 1e-5) continue;
          const slope = isClipped(r, f, a, given) ? 0 : outsideWeight(f, given) * l * a;
          close(gradient[i], slope / rows.length, 1e-5 * (1 + Math.abs(slope)), `slope ${i}`);
        }
      },
    ),
    { numRuns: 100 },
  );
});

test.run();
