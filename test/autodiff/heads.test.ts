/** Log-probabilities, entropies and divergences over heads against f64, impossible choices included. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { grad, jvp, vjp } from "../../src/autodiff/derivatives.ts";
import { entropy, klDivergence, logProb, logSoftmax } from "../../src/autodiff/heads.ts";
import { sum } from "../../src/autodiff/shaping.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { allClose, close } from "../support/close.ts";
import { headCases, headsOf, normals, randomActions, randomLogits } from "../support/heads.ts";
import { actionIndices, entropies, klDivergences, logSoftmaxReference } from "../support/heads-reference.ts";
import { dot } from "../support/matrices.ts";
import { refuses } from "../support/refuses.ts";

const cases = headCases.map((heads) => {
  const shape = [heads.rows, heads.width];
  const sizes = [...heads.sizes];
  const logits = { shape, values: randomLogits(heads, 2, 0) };
  const old = { shape, values: Float32Array.from(logSoftmaxReference(randomLogits(heads, 2, 0), sizes)) };
  return {
    heads,
    sizes,
    shape,
    logits,
    old,
    direction: { shape, values: normals(heads, logits.values.length) },
  };
});

test("values agree with f64", () => {
  fc.assert(
    fc.property(cases, ({ heads, sizes, logits, old }) => {
      const exact = logSoftmaxReference(logits.values, sizes);
      const of = (f: (logProbs: Tensor) => Tensor) =>
        jvp((x) => f(logSoftmax(x, sizes)), logits, logits).value;
      const actions = randomActions(heads);
      const chosen = [...actionIndices(actions, sizes)].map((i) => exact[i]);
      const shape = [heads.rows, sizes.length];
      const gathered = of((logProbs) => logProb(logProbs, actions, sizes));
      assert.equal(gathered.shape, shape);
      allClose(gathered.values, chosen, 1e-5, "log-probability");
      allClose(of((logProbs) => entropy(logProbs, sizes)).values, entropies(exact, sizes), 1e-5, "entropy");
      const divergences = klDivergences(Float64Array.from(old.values), exact, sizes);
      const kl = of((logProbs) => klDivergence(old, logProbs, sizes));
      allClose(kl.values, divergences, 1e-4, "KL");
    }),
  );
});

test("directional derivatives agree with central differences in f64", () => {
  const total = (values: number[]) => values.reduce((sofar, value) => sofar + value, 0);
  fc.assert(
    fc.property(cases, ({ sizes, logits, old, direction }) => {
      const h = 1e-5;
      const along = (f: (logProbs: Float64Array) => number[]) => {
        const moved = (step: number) =>
          total(
            f(
              logSoftmaxReference(
                Float64Array.from(logits.values, (x, i) => x + step * direction.values[i]),
                sizes,
              ),
            ),
          );
        return (moved(h) - moved(-h)) / (2 * h);
      };
      const slope = (f: (logProbs: Tensor) => Tensor) =>
        dot(grad((x: Tensor) => sum(f(logSoftmax(x, sizes))))(logits).values, direction.values);
      const scale = 1e-5 * (1 + logits.values.length);
      close(
        slope((x) => entropy(x, sizes)),
        along((x) => entropies(x, sizes)),
        scale,
        "entropy",
      );
      const before = Float64Array.from(old.values);
      close(
        slope((x) => klDivergence(old, x, sizes)),
        along((x) => klDivergences(before, x, sizes)),
        scale,
        "KL",
      );
    }),
  );
});

test("impossible choices count as 0 and get no gradient", () => {
  fc.assert(
    fc.property(headCases, (heads) => {
      const sizes = [...heads.sizes];
      const logits = { shape: [heads.rows, heads.width], values: randomLogits(heads, 2, 0.4) };
      const exact = [...headsOf(heads)].map(({ start, size }) => {
        const possible = [...logits.values.subarray(start, start + size)].filter(Number.isFinite);
        return entropies(logSoftmaxReference(possible, [possible.length]), [possible.length])[0];
      });
      const spread = (x: Tensor) => entropy(logSoftmax(x, sizes), sizes);
      const ones = new Float32Array(exact.length).fill(1);
      const { value, gradient } = vjp(spread, logits, ones);
      allClose(value.values, exact, 1e-5, "entropy");
      const still = (x: Tensor) => klDivergence(logSoftmax(x, sizes), logSoftmax(x, sizes), sizes);
      allClose(
        vjp(still, logits, ones).gradient.values,
        logits.values.map(() => 0),
        1e-5,
        "KL(p‖p)",
      );
      for (const [i, slope] of gradient.values.entries()) {
        assert.ok(Number.isFinite(slope));
        if (!Number.isFinite(logits.values[i])) assert.is(Math.abs(slope), 0);
      }
    }),
  );
});

test("logProb moves only the chosen head: its gradient is 1[action] − p", () => {
  const logits = { shape: [1, 5], values: new Float32Array(5) };
  const chosen = (x: Tensor) => logProb(logSoftmax(x, [2, 3]), Int32Array.of(1, 0), [2, 3]);
  const { gradient } = vjp(chosen, logits, Float32Array.of(0, 1));
  allClose(gradient.values, [0, 0, 2 / 3, -1 / 3, -1 / 3], 1e-6);
});

test("heads and actions that do not fit are refused", () => {
  const on = (f: (x: Tensor) => Tensor) => () =>
    grad((x: Tensor) => sum(f(x)))({ shape: [1, 5], values: new Float32Array(5) });
  refuses(
    on((x) => logSoftmax(x, [2, 2])),
    "logSoftmax",
    "[2, 2]",
    "[1, 5]",
    "add up to 5",
  );
  refuses(
    on((x) => entropy(x, [5, 0])),
    "entropy",
    "sizes ≥ 1",
  );
  refuses(
    on((x) => logProb(x, Int32Array.of(0, 3), [2, 3])),
    "logProb",
    "action 3 of head 1",
    "0 to 2",
  );
  refuses(
    on((x) => logProb(x, Int32Array.of(0), [2, 3])),
    "logProb: actions",
    "[1, 2]",
  );
  refuses(
    on((x) => klDivergence({ shape: [1, 4], values: new Float32Array(4) }, x, [2, 3])),
    "klDivergence",
    "[1, 4]",
  );
});

test.run();
