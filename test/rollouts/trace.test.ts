import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createArena } from "../../src/kernels/arena.ts";
import { estimateAdvantages } from "../../src/rollouts/advantages.ts";
import { type Trace, type TraceOptions, traceAdvantages, visitRatios } from "../../src/rollouts/trace.ts";
import { Random } from "../../src/tensor/random.ts";
import { allClose, close } from "../support/close.ts";
import { randomBatch, taskShape } from "../support/random-batch.ts";

interface GoldenTrace {
  readonly gamma: number;
  readonly lam: number;
  readonly r: number[];
  readonly v: number[];
  readonly vlast: number;
  readonly done: number[];
  readonly trunc: number[];
  readonly rho: number[];
  readonly gae: number[];
  readonly preopc_paper: number[];
  readonly returns_paper?: number[];
  readonly preopc_code_lambda_squared: number[];
  readonly preopc_code_speedup: number[];
}
const golden = JSON.parse(readFileSync(new URL("../golden/a2po.json", import.meta.url), "utf8"));

/** Random rows whose weights lie on both sides of 1. */
const traces = fc
  .record({ seed: fc.nat(1_000_000), rows: fc.integer({ min: 1, max: 14 }) })
  .map(({ seed, rows }): Required<Trace> => {
    const random = Random.fromSeed(seed);
    const numbers = (draw: () => number) => Float64Array.from({ length: rows }, draw);
    return {
      rewards: numbers(() => random.normal()),
      values: numbers(() => random.normal()),
      bootstraps: numbers(() => random.normal()),
      ends: numbers((): number => (random.float() < 0.2 ? 1 : 0)),
      ratios: numbers(() => (random.float() < 0.1 ? 0 : 2 * random.float())),
    };
  });
/** In thousandths: most doubles of fast-check are too near 0 to matter. */
const factors = fc.oneof(
  fc.constantFrom(0, 1),
  fc.integer({ min: 0, max: 1000 }).map((n) => n / 1000),
);
const optionSets = fc.record({
  gamma: factors,
  gaeLambda: factors,
  traceClip: fc.constantFrom(1, 0.5, 1.5, Number.POSITIVE_INFINITY, "cumulative" as const),
  lambdaPower: fc.constantFrom(1 as const, 2 as const),
  traceLeak: factors,
});

/** Aₜ = Σᵤ wᵤ δᵤ, each weight multiplied out from its definition. */
function doubleSum(trace: Required<Trace>, options: Required<TraceOptions>): number[] {
  const { gamma, gaeLambda, traceClip, lambdaPower, traceLeak } = options;
  const { rewards, values, bootstraps, ends, ratios } = trace;
  return Array.from(rewards, (_, start) => {
    let [sum, trust] = [0, 1];
    for (let row = start; row < rewards.length; row++) {
      if (row > start && ends[row - 1]) break;
      if (row > start && traceClip === "cumulative") trust = Math.min(1, ratios[row] * trust);
      if (row > start && traceClip !== "cumulative") {
        trust *= (1 - traceLeak) * Math.min(traceClip, ratios[row]) + traceLeak * ratios[row];
      }
      const power = traceClip === "cumulative" ? 1 : lambdaPower;
      const weight = trust * (gamma * gaeLambda ** power) ** (row - start);
      sum += weight * (rewards[row] + gamma * bootstraps[row] - values[row]);
    }
    return sum;
  });
}

/** The rows of a golden trace; at its time limit the advantage is zeroed, as the official code does. */
function rowsOf({ r, v, vlast, done, trunc, rho }: GoldenTrace): Required<Trace> {
  const next = [...v.slice(1), vlast];
  return {
    rewards: r.map((reward, row) => (trunc[row] ? v[row] : reward)),
    values: v,
    bootstraps: next.map((value, row) => (done[row] ? 0 : value)),
    ends: done,
    ratios: rho,
  };
}

for (const name of ["trace", "trace_long"]) {
  test(`golden ${name}: plain, corrected, λ twice and the bound on whole products`, () => {
    const given: GoldenTrace = golden[name];
    const trace = rowsOf(given);
    const options = { gamma: given.gamma, gaeLambda: given.lam };
    const { ratios: _, ...plain } = trace;
    // Both sides are f64; they differ in the order of a few products.
    allClose(traceAdvantages(plain, options), given.gae, 1e-14, "gae");
    const corrected = traceAdvantages(trace, options);
    allClose(corrected, given.preopc_paper, 1e-14, "paper");
    const returns = corrected.map((advantage, row) => advantage + given.v[row]);
    if (name === "trace") allClose(returns, given.returns_paper ?? [], 1e-14, "what a critic learns");
    const twice = traceAdvantages(trace, { ...options, lambdaPower: 2 });
    allClose(twice, given.preopc_code_lambda_squared, 1e-14, "λ²");
    const whole = traceAdvantages(trace, { ...options, traceClip: "cumulative" });
    allClose(whole, given.preopc_code_speedup, 1e-14, "cumulative");
  });
}

test("golden gae_bootstrap: a time limit is followed by the value of the real last observation", () => {
  const { gamma, lam, r, v, done, gae_bootstrap } = golden.trace;
  const { vnext, term, A } = gae_bootstrap;
  const bootstraps = vnext.map((value: number, row: number) => (term[row] ? 0 : value));
  const found = traceAdvantages({ rewards: r, values: v, bootstraps, ends: done }, { gamma, gaeLambda: lam });
  allClose(found, A, 1e-14);
});

test("the recursion is the double sum of its definition, whatever bounds the ratios", () => {
  fc.assert(
    fc.property(traces, optionSets, (trace, options) => {
      const expected = doubleSum(trace, options);
      const found = traceAdvantages(trace, options);
      for (const [row, value] of expected.entries()) {
        close(found[row], value, 1e-12 * (1 + Math.abs(value)), `row ${row}`);
      }
    }),
    { numRuns: 300 },
  );
});

test("ratios of 1 and more change nothing", () => {
  fc.assert(
    fc.property(traces, factors, factors, (trace, gamma, gaeLambda) => {
      const { ratios, ...plain } = trace;
      const larger = { ...plain, ratios: Array.from(ratios, (ratio) => 1 + ratio) };
      const options = { gamma, gaeLambda };
      allClose(traceAdvantages(larger, options), traceAdvantages(plain, options), 0);
      const whole = traceAdvantages(larger, { ...options, traceClip: "cumulative" });
      allClose(whole, traceAdvantages(plain, options), 0);
    }),
  );
});

test("without a leak a trace has the bits of one that knows none, and with a leak of 1 those of one without bound", () => {
  fc.assert(
    fc.property(traces, optionSets, (trace, { traceLeak: _, ...options }) => {
      const tight = traceAdvantages(trace, options);
      allClose(traceAdvantages(trace, { ...options, traceLeak: 0 }), tight, 0, "0");
      const whole = options.traceClip === "cumulative";
      const open = whole
        ? tight
        : traceAdvantages(trace, { ...options, traceClip: Number.POSITIVE_INFINITY });
      allClose(traceAdvantages(trace, { ...options, traceLeak: 1 }), open, 0, "1");
    }),
  );
});

test("a leak of ¼ lets a quarter of what a ratio has above its bound through", () => {
  const plain = { rewards: [1, 2, 4], values: [0, 0, 0], bootstraps: [0, 0, 0], ends: [0, 0, 0] };
  const options = { gamma: 0.5, gaeLambda: 0.5, traceLeak: 0.25 };
  // c = ¾ · 1 + ¼ · 3 = 1½ of row 2, ½ of row 1, which is under the bound: 2 + ¼ · 1½ · 4, then 1 + ¼ · ½ · 3½.
  assert.equal([...traceAdvantages({ ...plain, ratios: [9, 0.5, 3] }, options)], [1.4375, 3.5, 4]);
  const infinite = { ...plain, ratios: [1, 1, Number.POSITIVE_INFINITY] };
  assert.equal([...traceAdvantages(infinite, { ...options, traceLeak: 0 })], [1.75, 3, 4]);
});

test("visits are the products of bounded ratios over the steps before, from 1 in each episode", () => {
  fc.assert(
    fc.property(traces, fc.constantFrom(1, 0.5, 1.5, Number.POSITIVE_INFINITY), ({ ratios, ends }, bound) => {
      const visits = visitRatios({ ratios, ends }, bound);
      for (let row = 0; row < visits.length; row++) {
        let first = row;
        while (first > 0 && !ends[first - 1]) first--;
        const product = Array.from(ratios)
          .slice(first, row)
          .reduce((all, ratio) => all * Math.min(bound, ratio), 1);
        close(visits[row], product, 0, `row ${row}`);
      }
    }),
  );
  const run = visitRatios({ ratios: [0.5, 3, 3, 0.1], ends: [0, 0, 0, 0] }, "cumulative");
  assert.equal([...run], [1, 0.5, 1, 1]);
});

test("without a bound visits turn means over the old policy's states into those over the new one's", () => {
  // Two choices lead to two states; old probabilities ¼ and ¾, new ones ½ and ½.
  const visits = visitRatios({ ratios: [2, 5, 2 / 3, 7], ends: [0, 1, 0, 1] }, Number.POSITIVE_INFINITY);
  const [one, other] = [3, 11];
  close(0.25 * visits[1] * one + 0.75 * visits[3] * other, 0.5 * one + 0.5 * other, 1e-15);
});

test("cumulative weights stay 0 behind a ratio of 0, also beside one without bound", () => {
  const infinite = Number.POSITIVE_INFINITY;
  const ratios = [1, 1.6, 1.06, 0, infinite, infinite];
  const zeros = ratios.map(() => 0);
  const trace = { rewards: [1, 2, 4, 8, 16, 32], values: zeros, bootstraps: zeros, ends: zeros, ratios };
  const advantages = traceAdvantages(trace, { gamma: 1, gaeLambda: 1, traceClip: "cumulative" });
  // min(1, ρ C): 1 1 1 0 0 0 from the first row on, and 1, then 1s behind the 0 itself.
  assert.equal([...advantages], [7, 6, 4, 56, 48, 32]);
});

test("a ratio of 0 in the next step leaves the temporal difference alone", () => {
  fc.assert(
    fc.property(traces, optionSets, fc.nat(12), (trace, options, at) => {
      const ratios = Array.from(trace.ratios, (ratio, row) => (row === at + 1 ? 0 : ratio));
      if (at + 1 >= ratios.length) return;
      const found = traceAdvantages({ ...trace, ratios }, options);
      const { rewards, values, bootstraps } = trace;
      close(found[at], rewards[at] + options.gamma * bootstraps[at] - values[at], 0);
    }),
  );
});

test("nothing leaks across the end of an episode", () => {
  fc.assert(
    fc.property(traces, traces, optionSets, (first, second, options) => {
      const rows = first.rewards.length;
      const joined = Object.fromEntries(
        Object.entries(first).map(([name, values]) => [
          name,
          [...Array.from(values), ...Array.from(second[name as keyof Trace])],
        ]),
      ) as unknown as Required<Trace>;
      const ends = Array.from(joined.ends, (end, row) => (row === rows - 1 ? 1 : end));
      const found = traceAdvantages({ ...joined, ends }, options);
      allClose(found.subarray(0, rows), traceAdvantages(first, options), 0);
      allClose(found.subarray(rows), traceAdvantages(second, options), 0);
    }),
  );
});

test("without ratios it is the advantage estimate of batches", () => {
  const batch = randomBatch(taskShape(1), 3, 20, 5, 7);
  const random = Random.fromSeed(2);
  const values = Float32Array.from({ length: batch.rows }, () => random.normal());
  const cutValues = Float32Array.from(batch.cuts, () => random.normal());
  const { rewards } = batch.agents[0];
  const options = { gamma: 0.97, gaeLambda: 0.9 };
  const expected = estimateAdvantages(createArena(), batch, rewards, values, cutValues, options);
  const ends = new Uint8Array(batch.rows);
  const bootstraps = new Float32Array(batch.rows);
  bootstraps.set(values.subarray(1));
  for (const [index, row] of batch.cuts.entries()) {
    ends[row] = 1;
    bootstraps[row] = cutValues[index];
  }
  const found = traceAdvantages({ rewards, values, bootstraps, ends }, options);
  // The batch's estimate is stored in f32.
  allClose(found, expected.advantages, 1e-6);
});

test.run();
