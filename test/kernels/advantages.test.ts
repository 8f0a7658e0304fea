import * as fc from "fast-check";
import { test } from "uvu";
import { close, sameBits } from "../support/close.ts";
import { runBoth } from "../support/kernels.ts";

interface Trace {
  readonly rewards: Float32Array;
  readonly values: Float32Array;
  readonly bootstraps: Float32Array;
  readonly carries: Float32Array;
}

const number = fc.float({ min: -50, max: 50, noNaN: true });
const traces: fc.Arbitrary<Trace> = fc
  .array(fc.tuple(number, number, number, fc.boolean()), { maxLength: 70 })
  .map((all) => ({
    rewards: Float32Array.from(all, ([reward]) => reward),
    values: Float32Array.from(all, ([, value]) => value),
    bootstraps: Float32Array.from(all, ([, , bootstrap]) => bootstrap),
    carries: Float32Array.from(all, ([, , , carry]) => (carry ? 1 : 0)),
  }));
const fractions = fc.double({ min: 0, max: 1, noNaN: true });

function scan(trace: Trace, gamma: number, lambda: number, shift = 0): Float32Array {
  const n = trace.rewards.length;
  const buffers = { ...trace, advantages: new Float32Array(n).fill(9) };
  const { after } = runBoth(
    buffers,
    (kernels, at) => {
      const { rewards, values, bootstraps, carries, advantages } = at;
      kernels.advantageScanF32(rewards, values, bootstraps, carries, advantages, n, gamma, lambda);
    },
    shift,
  );
  for (const name of ["rewards", "values", "bootstraps", "carries"] as const) {
    sameBits(after[name], trace[name], `${name} are only read`);
  }
  return after.advantages;
}

test("advantages are the discounted sums of the temporal differences up to the next cut", () => {
  fc.assert(
    fc.property(
      traces,
      fractions,
      fractions,
      fc.integer({ min: 0, max: 3 }),
      (trace, gamma, lambda, shift) => {
        const { rewards, values, bootstraps, carries } = trace;
        for (const [t, advantage] of scan(trace, gamma, lambda, shift).entries()) {
          let [sum, size, weight] = [0, 0, 1];
          for (let k = t; k < rewards.length; k++) {
            const delta = rewards[k] + gamma * bootstraps[k] - values[k];
            sum += weight * delta;
            size += weight * Math.abs(delta);
            if (carries[k] === 0) break;
            weight *= gamma * lambda;
          }
          close(advantage, sum, 2 ** -24 * Math.abs(sum) + 1e-12 * (1 + size), `step ${t}`);
        }
      },
    ),
  );
});

test("λ = 1 gives returns less values, λ = 0 one-step differences", () => {
  const n = 10;
  const ones = new Float32Array(n).fill(1);
  const carries = ones.slice().fill(0, n - 1);
  const bootstraps = new Float32Array(n).fill(2, 0, n - 1); // terminated at the end
  const trace = { rewards: ones, values: new Float32Array(n).fill(2), bootstraps, carries };
  for (const [t, advantage] of scan(trace, 0.9, 1).entries()) {
    close(advantage, (1 - 0.9 ** (n - t)) / (1 - 0.9) - 2, 1e-6);
  }
  for (const [t, advantage] of scan(trace, 0.9, 0).entries()) {
    close(advantage, t === n - 1 ? -1 : 0.8, 1e-6);
  }
});

test("nothing passes a cut", () => {
  const trace = {
    rewards: Float32Array.of(1, 2, 3, 1e30, 5),
    values: new Float32Array(5),
    bootstraps: new Float32Array(5),
    carries: Float32Array.of(1, 1, 0, 1, 0),
  };
  const changed = { ...trace, rewards: Float32Array.of(1, 2, 3, -1e30, 7) };
  sameBits(scan(trace, 0.9, 0.9).slice(0, 3), scan(changed, 0.9, 0.9).slice(0, 3));
});

test.run();
