/** Against the textbook recursion in f64, and the promise that a resumed run has the same bits. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createArena } from "../../src/kernels/arena.ts";
import { Adam, type AdamOptions } from "../../src/optim/adam.ts";
import { Random } from "../../src/tensor/random.ts";
import { InvalidInputError, NonFiniteError } from "../../src/validation/errors.ts";
import { allClose, sameBits } from "../support/close.ts";
import { normalMatrix } from "../support/matrices.ts";

const arena = createArena();
const SIZE = 7;

const gradients = Array.from({ length: 12 }, (_, i) =>
  Float32Array.from(normalMatrix(Random.fromSeed(i), SIZE, 1)),
);
const start = Float32Array.from({ length: SIZE }, (_, i) => i - 3);

/** Parameters after the given gradients, in one scope. */
function run(adam: Adam, parameters: Float32Array, from: number, to: number): Float32Array {
  return arena.scope(() => {
    const at = arena.place(parameters);
    adam.bind(arena);
    for (const gradient of gradients.slice(from, to)) adam.step(at, arena.place(gradient));
    adam.store();
    return arena.read(at, SIZE);
  });
}

function textbook(options: Required<AdamOptions>): Float64Array {
  const { learningRate, beta1, beta2, epsilon } = options;
  const theta = Float64Array.from(start);
  const m = new Float64Array(SIZE);
  const v = new Float64Array(SIZE);
  for (const [i, gradient] of gradients.entries()) {
    for (let k = 0; k < SIZE; k++) {
      m[k] = beta1 * m[k] + (1 - beta1) * gradient[k];
      v[k] = beta2 * v[k] + (1 - beta2) * gradient[k] ** 2;
      const mHat = m[k] / (1 - beta1 ** (i + 1));
      const vHat = v[k] / (1 - beta2 ** (i + 1));
      theta[k] -= (learningRate * mHat) / (Math.sqrt(vHat) + epsilon);
    }
  }
  return theta;
}

test("twelve steps follow the textbook, with defaults and with other settings", () => {
  const defaults = { learningRate: 3e-4, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  allClose(run(new Adam(SIZE), start, 0, 12), textbook(defaults), 2e-6);
  const other = { learningRate: 0.05, beta1: 0.5, beta2: 0.9, epsilon: 0.1 };
  allClose(run(new Adam(SIZE, other), start, 0, 12), textbook(other), 4e-6);
});

test("the first step is the learning rate against the sign of the gradient", () => {
  const moved = run(new Adam(SIZE, { learningRate: 0.25 }), start, 0, 1);
  const expected = start.map((value, k) => value - 0.25 * Math.sign(gradients[0][k]));
  allClose(moved, expected, 1e-6);
});

test("a step can have a learning rate of its own, which does not stay", () => {
  const adam = new Adam(SIZE, { learningRate: 0.5 });
  const moved = arena.scope(() => {
    const at = arena.place(start);
    adam.bind(arena);
    adam.step(at, arena.place(gradients[0]), 0.25);
    adam.store();
    return arena.read(at, SIZE);
  });
  sameBits(moved, run(new Adam(SIZE, { learningRate: 0.25 }), start, 0, 1));
  assert.is(adam.options.learningRate, 0.5);
});

test("saving, loading into a fresh optimiser and going on gives the same bits", () => {
  const whole = new Adam(SIZE);
  const straight = run(whole, start, 0, 12);
  const first = new Adam(SIZE);
  const halfway = run(first, start, 0, 5);
  const second = new Adam(SIZE);
  second.load(JSON.parse(JSON.stringify(first.save()), revive));
  sameBits(run(second, halfway, 5, 12), straight);
  assert.equal(second.save(), whole.save());
  assert.is(whole.save().step, 12);
});

/** m and v travel as arrays; the counters must survive JSON as they are. */
function revive(key: string, value: unknown): unknown {
  return key === "m" || key === "v" ? Float32Array.from(Object.values(value as object)) : value;
}

test("steps that are not stored leave the state as it was", () => {
  const adam = new Adam(SIZE);
  run(adam, start, 0, 3);
  const saved = adam.save();
  assert.throws(
    () =>
      arena.scope(() => {
        adam.bind(arena);
        adam.step(arena.place(start), arena.place(gradients[3]));
        throw new Error("the fit failed");
      }),
    "the fit failed",
  );
  assert.equal(adam.save(), saved);
  const twin = new Adam(SIZE);
  twin.load(saved);
  sameBits(run(adam, start, 3, 6), run(twin, start, 3, 6));
});

test("a second moment that alone overflows is refused, and the state stays", () => {
  const adam = new Adam(1);
  const before = adam.save();
  const store = () =>
    arena.scope(() => {
      adam.bind(arena);
      adam.step(arena.place(Float32Array.of(0)), arena.place(Float32Array.of(1e20)));
      adam.store();
    });
  assert.throws(store, (error: unknown) => error instanceof NonFiniteError);
  assert.equal(adam.save(), before);
});

test("states that were saved or loaded are copies: neither side changes the other", () => {
  const adam = new Adam(SIZE);
  run(adam, start, 0, 2);
  const saved = adam.save();
  const { m, v } = { m: saved.m.slice(), v: saved.v.slice() };
  run(adam, start, 2, 4);
  sameBits(saved.m, m);
  adam.load(saved);
  saved.m.fill(9);
  saved.v.fill(9);
  const again = adam.save();
  again.m.fill(9);
  again.v.fill(9);
  sameBits(adam.save().m, m);
  sameBits(adam.save().v, v);
});

test("a state of another size and a step without an arena are refused", () => {
  const complains = (text: string) => (error: unknown) =>
    error instanceof InvalidInputError && error.message.includes(text);
  assert.throws(() => new Adam(SIZE).load(new Adam(3).save()), complains("7 parameters"));
  assert.throws(() => new Adam(SIZE).step(0, 0), complains("bind(arena)"));
  assert.throws(() => new Adam(SIZE).store(), complains("bind(arena)"));
});

test.run();
