import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../src/tensor/random.ts";
import { close, sameBits } from "../support/close.ts";
import { runBoth } from "../support/kernels.ts";

interface Settings {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}
interface State {
  readonly parameters: Float32Array;
  readonly m: Float32Array;
  readonly v: Float32Array;
}

const usual: Settings = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

function step(state: State, gradient: Float32Array, count: number, settings = usual, shift = 0): State {
  const { learningRate, beta1, beta2, epsilon } = settings;
  const corrections = [1 - beta1 ** count, 1 - beta2 ** count];
  const { after } = runBoth(
    { ...state, gradient },
    (kernels, at) => {
      const { parameters, m, v } = at;
      const [one, two] = corrections;
      kernels.adamF32(
        parameters,
        at.gradient,
        m,
        v,
        gradient.length,
        learningRate,
        beta1,
        beta2,
        epsilon,
        one,
        two,
      );
    },
    shift,
  );
  sameBits(after.gradient, gradient, "the gradient is only read");
  return after;
}

test("any values, length and alignment: module and twin agree", () => {
  const rows = fc.array(fc.tuple(fc.float(), fc.float(), fc.float(), fc.float()), { maxLength: 70 });
  fc.assert(
    fc.property(
      rows,
      fc.integer({ min: 1, max: 5000 }),
      fc.integer({ min: 0, max: 3 }),
      (all, count, shift) => {
        const column = (j: number) => Float32Array.from(all, (row) => row[j]);
        step({ parameters: column(0), m: column(1), v: column(2) }, column(3), count, usual, shift);
      },
    ),
  );
});

test("500 steps follow Adam in f64 but for the roundings of the parameters", () => {
  const random = Random.fromSeed(1).derive("adam");
  const n = 37;
  const start = Float32Array.from({ length: n }, () => random.normal());
  const exact = { p: Float64Array.from(start), m: new Float64Array(n), v: new Float64Array(n) };
  let state: State = { parameters: start, m: new Float32Array(n), v: new Float32Array(n) };
  const { learningRate, beta1, beta2, epsilon } = usual;
  for (let count = 1; count <= 500; count++) {
    const g = Float32Array.from({ length: n }, (_, i) => 10 ** ((i % 7) - 3) * (random.normal() + 0.5));
    state = step(state, g, count);
    for (let i = 0; i < n; i++) {
      exact.m[i] = beta1 * exact.m[i] + (1 - beta1) * g[i];
      exact.v[i] = beta2 * exact.v[i] + (1 - beta2) * g[i] * g[i];
      const root = Math.sqrt(exact.v[i] / (1 - beta2 ** count)) + epsilon;
      exact.p[i] -= (learningRate * (exact.m[i] / (1 - beta1 ** count))) / root;
    }
  }
  for (let i = 0; i < n; i++) {
    close(state.parameters[i], exact.p[i], 500 * (2 ** -24 * 4 + 1e-8), `parameter ${i}`);
    close(state.m[i], exact.m[i], 1e-6 * 10 ** ((i % 7) - 3), `m ${i}`);
    close(state.v[i], exact.v[i], 5e-5 * exact.v[i], `v ${i}`);
  }
});

test("the first step moves by the learning rate against the sign of the gradient", () => {
  const zeros = () => new Float32Array(5);
  const gradient = Float32Array.of(1e-3, -1e-3, 5, -2e10, 0);
  const { parameters } = step({ parameters: zeros(), m: zeros(), v: zeros() }, gradient, 1);
  for (const [i, sign] of [1, -1, 1, -1, 0].entries()) close(parameters[i], -1e-3 * sign, 2e-8);
  assert.is(parameters[4], 0);
});

test("a learning rate of 0 keeps the parameters and still gathers moments", () => {
  const parameters = Float32Array.of(1, 2, 3);
  const state = { parameters, m: new Float32Array(3), v: new Float32Array(3) };
  const after = step(state, Float32Array.of(1, -1, 2), 1, { ...usual, learningRate: 0 });
  sameBits(after.parameters, parameters);
  assert.ok(after.v.every((value) => value > 0));
});

test.run();
