/** RMSprop against the recursion in f64, and resumed; gradients that are clipped. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createArena } from "../../src/kernels/arena.ts";
import { clipGradient } from "../../src/optim/clip-gradient.ts";
import { RmsProp, type RmsPropOptions } from "../../src/optim/rms-prop.ts";
import { Random } from "../../src/tensor/random.ts";
import { NonFiniteError } from "../../src/validation/errors.ts";
import { allClose, close, sameBits } from "../support/close.ts";
import { normalMatrix } from "../support/matrices.ts";
import { refuses } from "../support/refuses.ts";

const arena = createArena();
const SIZE = 7;
const gradients = Array.from({ length: 12 }, (_, i) =>
  Float32Array.from(normalMatrix(Random.fromSeed(i), SIZE, 1)),
);
const start = Float32Array.from({ length: SIZE }, (_, i) => i - 3);

function run(optimiser: RmsProp, parameters: Float32Array, from: number, to: number): Float32Array {
  return arena.scope(() => {
    const at = arena.place(parameters);
    optimiser.bind(arena);
    for (const gradient of gradients.slice(from, to)) optimiser.step(at, arena.place(gradient));
    optimiser.store();
    return arena.read(at, SIZE);
  });
}

function textbook({ learningRate, decay, epsilon }: Required<RmsPropOptions>): Float64Array {
  const theta = Float64Array.from(start);
  const v = new Float64Array(SIZE);
  for (const gradient of gradients) {
    for (let k = 0; k < SIZE; k++) {
      v[k] = decay * v[k] + (1 - decay) * gradient[k] ** 2;
      theta[k] -= (learningRate * gradient[k]) / (Math.sqrt(v[k]) + epsilon);
    }
  }
  return theta;
}

test("twelve steps follow the textbook, with defaults and with other settings", () => {
  // Entries of size 3 are rounded to 2⁻²³ twelve times.
  allClose(run(new RmsProp(SIZE), start, 0, 12), textbook(new RmsProp(SIZE).options), 2e-6);
  assert.equal(new RmsProp(SIZE).options, { learningRate: 5e-4, decay: 0.99, epsilon: 1e-5 });
  const other = { learningRate: 0.05, decay: 0.5, epsilon: 0.1 };
  allClose(run(new RmsProp(SIZE, other), start, 0, 12), textbook(other), 4e-6);
});

test("saving, loading into a fresh optimiser and going on gives the same bits", () => {
  const straight = run(new RmsProp(SIZE), start, 0, 12);
  const first = new RmsProp(SIZE);
  const middle = run(first, start, 0, 5);
  const second = new RmsProp(SIZE);
  second.load(first.save());
  sameBits(run(second, middle, 5, 12), straight);
});

test("a moment that overflows is refused, and the state is what it was", () => {
  const optimiser = new RmsProp(SIZE);
  run(optimiser, start, 0, 3);
  const before = optimiser.save();
  arena.scope(() => {
    optimiser.bind(arena);
    optimiser.step(arena.place(start), arena.place(new Float32Array(SIZE).fill(1e30)));
    assert.throws(
      () => optimiser.store(),
      (error: unknown) => error instanceof NonFiniteError,
    );
  });
  assert.equal(optimiser.save(), before);
});

test("a state of another size and steps without an arena are refused", () => {
  refuses(() => new RmsProp(3).load({ v: new Float32Array(4) }), "4 moments", "3 parameters");
  refuses(() => new RmsProp(3).step(0, 0), "bind");
});

test("a gradient longer than allowed keeps its direction and gets that length; others keep their bits", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -8, max: 8, noNaN: true }), { minLength: 1, maxLength: 20 }),
      fc.double({ min: 0.01, max: 20, noNaN: true }),
      (values, maxNorm) => {
        const given = Float32Array.from(values);
        const length = Math.sqrt(given.reduce((sum, value) => sum + value * value, 0));
        const clipped = arena.scope(() => {
          const at = arena.place(given);
          close(clipGradient(arena, at, given.length, maxNorm), length, 1e-6 * length);
          return arena.read(at, given.length);
        });
        if (length <= maxNorm) return sameBits(clipped, given);
        allClose(
          clipped,
          given.map((value) => (value * maxNorm) / length),
          1e-6 * maxNorm,
        );
      },
    ),
  );
});

test("a gradient that is not finite has no finite norm and stays as it is", () => {
  for (const odd of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const given = Float32Array.of(1, odd);
    arena.scope(() => {
      const at = arena.place(given);
      assert.not(Number.isFinite(clipGradient(arena, at, 2, 1)));
      sameBits(arena.read(at, 2), given);
    });
  }
});

test.run();
