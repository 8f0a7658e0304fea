/** Masked categorical heads: exact zeros, finite values and gradients; agreement with f64; sampling; the metric. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { grad, hvp } from "../../src/autodiff/derivatives.ts";
import { add } from "../../src/autodiff/operations.ts";
import { mean, sum } from "../../src/autodiff/shaping.ts";
import { CategoricalActions } from "../../src/distributions/categorical-actions.ts";
import { createArena } from "../../src/kernels/arena.ts";
import { Random } from "../../src/tensor/random.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { DistributionPoint, normals } from "../support/actions.ts";
import { allClose, sameBits } from "../support/close.ts";
import { refuses } from "../support/refuses.ts";

const arena = createArena();
const cases = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 }),
  rows: fc.integer({ min: 1, max: 6 }),
  scale: fc.constantFrom<number>(0.1, 3, 50),
  /** Of all logits: an illegal one must not come near. */
  offset: fc.constantFrom<number>(0, -5000),
  masked: fc.boolean(),
  seed: fc.nat(),
});
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

/** Masks leave each head of each row at least one choice. */
function draw({ sizes, rows, scale, offset, masked, seed }: Case) {
  const random = Random.fromSeed(seed);
  const distribution = new CategoricalActions(sizes);
  const width = distribution.outputSize;
  const masks = Uint8Array.from({ length: rows * width }, () => random.integer(2));
  eachHead(sizes, rows, (start, size) => {
    masks[start + random.integer(size)] = 1;
  });
  const logits = normals(random, rows * width, scale).map((z) => z + offset);
  const point = new DistributionPoint(distribution, logits, undefined, masked ? masks : undefined);
  return { random, distribution, point, legal: masked ? masks : masks.fill(1) };
}

function eachHead(
  sizes: readonly number[],
  rows: number,
  visit: (start: number, size: number, row: number) => void,
): void {
  for (let row = 0, start = 0; row < rows; row++) {
    for (const size of sizes) {
      visit(start, size, row);
      start += size;
    }
  }
}

/** log p in f64 over the legal choices, −∞ elsewhere. */
function reference({ sizes, rows }: Case, logits: Float32Array, legal: Uint8Array): Float64Array {
  const out = new Float64Array(logits.length).fill(Number.NEGATIVE_INFINITY);
  eachHead(sizes, rows, (start, size) => {
    const places = Array.from({ length: size }, (_, i) => start + i).filter((i) => legal[i]);
    const largest = Math.max(...places.map((i) => logits[i]));
    const total = places.reduce((sofar, i) => sofar + Math.exp(logits[i] - largest), 0);
    for (const i of places) out[i] = logits[i] - largest - Math.log(total);
  });
  return out;
}

/** Σ over each row's legal choices. */
function rowTotals(drawn: Case, logProbs: Float64Array, term: (logP: number, i: number) => number): number[] {
  const totals = new Array<number>(drawn.rows).fill(0);
  eachHead(drawn.sizes, drawn.rows, (start, size, row) => {
    for (let i = start; i < start + size; i++) if (logProbs[i] > -700) totals[row] += term(logProbs[i], i);
  });
  return totals;
}

test("illegal choices are never drawn; log-probabilities, entropies and divergences are finite and as in f64", () => {
  fc.assert(
    fc.property(cases, (drawn) => {
      const { random, distribution, point, legal } = draw(drawn);
      const expected = reference(drawn, point.output.values, legal);
      const tolerance = 2e-6 * (1 + drawn.scale * 10);
      for (const deterministic of [false, true]) {
        const { actions, logProb } = point.sample(arena, random, deterministic);
        const chosen = new Array<number>(drawn.rows).fill(0);
        let index = 0;
        eachHead(drawn.sizes, drawn.rows, (start, _, row) => {
          const place = start + actions[index++];
          assert.is(legal[place], 1);
          chosen[row] += expected[place];
        });
        allClose(logProb, chosen, tolerance, "log-probability");
        sameBits(point.logProb(actions), logProb, "on a tape");
      }
      const entropies = rowTotals(drawn, expected, (logP) => -Math.exp(logP) * logP);
      allClose(point.entropy(), entropies, tolerance, "entropy");
      const moved = point.output.values.map((z) => z + random.normal());
      const other = new DistributionPoint(distribution, moved, undefined, point.masks);
      const next = reference(drawn, moved, legal);
      const kl = rowTotals(drawn, expected, (logP, i) => Math.exp(logP) * (logP - next[i]));
      allClose(point.klTo(other), kl, tolerance, "KL");
    }),
    { numRuns: 100 },
  );
});

test("an illegal choice has probability 0: its logit has no influence and no gradient, whatever it is", () => {
  fc.assert(
    fc.property(cases, fc.constantFrom(0, 1e4, -1e30), (drawn, far) => {
      const { random, point, legal } = draw({ ...drawn, masked: true });
      const { actions } = point.sample(arena, random);
      const { distribution, masks, output } = point;
      const changed = output.values.map((z, i) => (legal[i] ? z : far));
      const other = new DistributionPoint(distribution, changed, undefined, masks);
      sameBits(other.logProb(actions), point.logProb(actions), "log-probability");
      sameBits(other.entropy(), point.entropy(), "entropy");
      const all = (z: Tensor) =>
        [
          distribution.logProb(z, undefined, actions, masks),
          distribution.entropy(z, undefined, masks),
          distribution.kl(output.values, undefined, z, undefined, masks),
        ].reduce((total, rows) => add(total, rows));
      const slopes = grad((z: Tensor) => sum(all(z)))({ ...output, values: changed }).values;
      for (const [i, slope] of slopes.entries()) {
        assert.ok(Number.isFinite(slope), `gradient ${i} is ${slope}`);
        if (!legal[i]) assert.is(Math.abs(slope), 0);
      }
    }),
    { numRuns: 100 },
  );
});

test("choices are drawn as often as they are likely", () => {
  const distribution = new CategoricalActions([4]);
  const rows = 20_000;
  const logits = Float32Array.from({ length: 4 * rows }, (_, i) => [0, 1, 5, -1][i % 4]);
  const masks = Uint8Array.from(logits, (z) => (z === 5 ? 0 : 1));
  const { actions } = new DistributionPoint(distribution, logits, undefined, masks).sample(
    arena,
    Random.fromSeed(3),
  );
  const counts = [0, 1, 2, 3].map((choice) => actions.filter((a) => a === choice).length / rows);
  const total = 1 + Math.E + 1 / Math.E;
  // Four standard deviations are below 0.015.
  allClose(counts, [1 / total, Math.E / total, 0, 1 / Math.E / total], 0.015, "share");
});

test("the metric is the Hessian of the KL at equal distributions", () => {
  fc.assert(
    fc.property(cases, (drawn) => {
      const { random, distribution, point } = draw({ ...drawn, scale: 1 });
      const { output, masks, rows } = point;
      const tangent = normals(random, output.values.length);
      const loss = (z: Tensor) => mean(distribution.kl(output.values, undefined, z, undefined, masks));
      const expected = hvp(loss, output, { ...output, values: tangent });
      arena.scope(() => {
        const metric = distribution.metric(arena, arena.place(output.values), undefined, rows, masks);
        const at = arena.place(tangent);
        metric(at, undefined, 1 / rows);
        allClose(arena.read(at, tangent.length), expected.values, 1e-5);
      });
    }),
    { numRuns: 60 },
  );
});

test("what does not fit is refused with what to do", () => {
  const distribution = new CategoricalActions([3, 2]);
  const logits = new Float32Array(10);
  const at = (masks?: Uint8Array) => new DistributionPoint(distribution, logits, undefined, masks);
  refuses(() => new CategoricalActions([]), "at least one");
  refuses(() => new CategoricalActions([2, 0]), "[2,0]");
  const none = Uint8Array.of(1, 1, 1, 1, 1, 1, 0, 0, 0, 0);
  refuses(() => at(none).sample(arena, Random.fromSeed(1)), "head 1 of row 1", "no legal choice");
  refuses(() => at(none).entropy(), "no legal choice");
  refuses(() => at(none.slice(1)).entropy(), "masks");
  refuses(() => at().logProb(Float32Array.of(0, 0, 0, 0)), "Int32Array");
  refuses(() => at().logProb(Int32Array.of(0, 2, 0, 0)), "action 2 of head 1");
  const some = Uint8Array.of(1, 1, 1, 1, 1, 1, 0, 0, 1, 0);
  refuses(() => at(some).logProb(Int32Array.of(0, 0, 2, 0)), "action 2 of row 1, head 0 is illegal");
});

test.run();
