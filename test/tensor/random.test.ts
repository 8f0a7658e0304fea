import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../src/tensor/random.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";
import { close } from "../support/close.ts";

const name = fc.string({ maxLength: 5 });
const index = fc.nat({ max: 2 ** 33 });
const MASK = 0xffffffffn;

/** xoshiro128** written with big integers from the published recurrence. */
function* published(seed: readonly bigint[]): Generator<number> {
  const s = [...seed];
  const rotate = (x: bigint, k: bigint) => ((x << k) | (x >> (32n - k))) & MASK;
  for (;;) {
    yield Number((rotate((s[1] * 5n) & MASK, 7n) * 9n) & MASK);
    const t = (s[1] << 9n) & MASK;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 11n);
  }
}

/** A stream whose generator stands at these four words. */
function standingAt(words: readonly number[]): Random {
  const random = Random.fromSeed(0);
  random.loadState([...words, 1, 2, 3, 4]);
  return random;
}

/** Counts of `draws` results in `bins` bins, as χ² against equal chances. */
function chiSquare(draws: number, bins: number, draw: () => number): number {
  const counts = new Float64Array(bins);
  for (let i = 0; i < draws; i++) counts[draw()]++;
  const expected = draws / bins;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** χ² over its mean (bins − 1), in standard deviations: under 5 but for one seed in a million. */
function assertUniform(square: number, bins: number, what: string): void {
  close((square - (bins - 1)) / Math.sqrt(2 * (bins - 1)), 0, 5, `χ² of ${what} in standard deviations`);
}

test("the generator is xoshiro128**", () => {
  const random = standingAt([1, 2, 3, 4]);
  assert.equal([random.u32(), random.u32(), random.u32(), random.u32()], [11520, 0, 5927040, 70819200]);
  const words = [0x12345678, 0x2badcafe, -7, 99];
  const other = standingAt(words);
  const reference = published(words.map((word) => BigInt.asUintN(32, BigInt(word))));
  for (let i = 0; i < 1000; i++) assert.is(other.u32(), reference.next().value);
});

test("streams are what they were", () => {
  const seeded = Random.fromSeed(1);
  assert.equal([seeded.u32(), seeded.u32(), seeded.u32()], [43528219, 3832679299, 672562412]);
  const named = Random.fromSeed("marlstone").derive("environment", 3);
  assert.equal(
    [named.u32(), named.float(), named.normal()],
    [3803665286, 0.6077663004376372, -1.0636605268897432],
  );
});

test("a child depends on its path alone, not on draws or siblings", () => {
  fc.assert(
    fc.property(
      fc.nat(),
      name,
      fc.array(index, { maxLength: 3 }),
      fc.nat({ max: 20 }),
      (seed, child, indices, draws) => {
        const quiet = Random.fromSeed(seed);
        const busy = Random.fromSeed(seed);
        for (let i = 0; i < draws; i++) busy.normal();
        busy.derive("sibling").u32();
        assert.equal(busy.derive(child, ...indices).saveState(), quiet.derive(child, ...indices).saveState());
      },
    ),
    { numRuns: 200 },
  );
});

test("different paths are different streams", () => {
  const root = Random.fromSeed(1);
  const paths: Random[] = [root, Random.fromSeed("1"), Random.fromSeed(2), Random.fromSeed(2 ** 32 + 1)];
  for (let i = 0; i < 300; i++)
    paths.push(root.derive("a", i), root.derive("b", i), root.derive("a", 0, i), Random.fromSeed(1000 + i));
  paths.push(
    root.derive("ab"),
    root.derive("a").derive("b"),
    root.derive("a"),
    root.derive("", 97),
    root.derive("a", 2 ** 32),
  );
  const firsts = new Set(paths.map((random) => `${random.u32()} ${random.u32()}`));
  assert.is(firsts.size, paths.length);
});

test("neighbouring streams are uncorrelated", () => {
  const root = Random.fromSeed(5);
  const firsts = Array.from({ length: 10_000 }, (_, i) => root.derive("copy", i).float() - 0.5);
  const seeds = Array.from({ length: 10_000 }, (_, i) => Random.fromSeed(i).float() - 0.5);
  for (const values of [firsts, seeds]) {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const lagged =
      values.slice(1).reduce((sum, value, i) => sum + value * values[i], 0) / (values.length - 1);
    close(mean, 0, 5 * Math.sqrt(1 / 12 / values.length), "mean of first draws");
    close(lagged * 12, 0, 5 / Math.sqrt(values.length), "correlation of neighbours");
  }
});

test("floats are uniform multiples of 2⁻⁵³ and 2⁻²⁴ in [0, 1)", () => {
  const random = Random.fromSeed(7);
  for (let i = 0; i < 2000; i++) {
    const fine = random.float();
    const coarse = random.floatF32();
    assert.ok(fine >= 0 && fine < 1 && Number.isInteger(fine * 2 ** 53), `${fine}`);
    assert.ok(
      coarse >= 0 && coarse < 1 && Number.isInteger(coarse * 2 ** 24) && Math.fround(coarse) === coarse,
    );
  }
  assertUniform(
    chiSquare(100_000, 64, () => Math.floor(random.float() * 64)),
    64,
    "high bits",
  );
  assertUniform(
    chiSquare(100_000, 64, () => (random.float() * 2 ** 53) % 64),
    64,
    "low bits",
  );
  assertUniform(
    chiSquare(100_000, 64, () => Math.floor(random.floatF32() * 64)),
    64,
    "f32",
  );
});

test("uniform stays below its upper bound even where the sum rounds up", () => {
  const random = Random.fromSeed(8);
  for (let i = 0; i < 1000; i++) {
    const value = random.uniform(1, 1 + 2 ** -52);
    assert.is(value, 1);
    assert.ok(random.uniform(-3, -1) < -1);
  }
  assert.is(random.uniform(2, 2), 2);
});

const isInvalidBounds = (error: Error) =>
  error instanceof InvalidInputError && /low ≤ high/.test(error.message);

test("bounds that hold no interval are refused", () => {
  const random = Random.fromSeed(1);
  const bounds = [
    [1, -1],
    [0, Number.POSITIVE_INFINITY],
    [-1e308, 1e308],
    [Number.NaN, 1],
    ["a", 2],
  ];
  for (const [low, high] of bounds as [number, number][]) {
    assert.throws(() => random.uniform(low, high), isInvalidBounds);
  }
});

test("normals have the moments and tails of a standard normal", () => {
  const random = Random.fromSeed(9);
  const n = 200_000;
  const powers = new Float64Array(4);
  let beyond = 0;
  for (let i = 0; i < n; i++) {
    const z = random.normal();
    if (Math.abs(z) > 2) beyond++;
    for (let k = 0; k < 4; k++) powers[k] += z ** (k + 1) / n;
  }
  const sigmas = [1, 2, 15, 96].map((variance) => 5 * Math.sqrt(variance / n));
  for (const [k, expected] of [0, 1, 0, 3].entries())
    close(powers[k], expected, sigmas[k], `moment ${k + 1}`);
  close(beyond / n, 0.0455, 5 * Math.sqrt(0.0455 / n), "share beyond 2σ");
});

test("integers are unbiased for any bound", () => {
  const random = Random.fromSeed(10);
  for (const n of [1, 2, 3, 5, 17, 100])
    assertUniform(
      chiSquare(20_000, n, () => random.integer(n)),
      Math.max(n, 2),
      `${n}`,
    );
  // At n = ¾·2³² plain remainders would give the lower third twice the weight.
  const n = 3 * 2 ** 30;
  assertUniform(
    chiSquare(20_000, 3, () => Math.floor(random.integer(n) / 2 ** 30)),
    3,
    "thirds",
  );
  for (const n of [0, -1, 1.5, Number.NaN, 2 ** 32 + 1]) {
    assert.throws(
      () => random.integer(n),
      (error: unknown) => error instanceof InvalidInputError,
    );
  }
});

test("shuffling is a uniform permutation, in place", () => {
  const random = Random.fromSeed(11);
  const square = chiSquare(30_000, 27, () => {
    const [a, b, c] = random.shuffle(Int32Array.of(0, 1, 2));
    return 9 * a + 3 * b + c;
  });
  // Six of the 27 codes are permutations: χ² against 27 bins = 27/6 · (χ² of six + n) − n.
  assertUniform(((square + 30_000) * 6) / 27 - 30_000, 6, "permutations");
  const names = ["a", "b", "c", "d"];
  assert.is(random.shuffle(names), names);
  assert.equal([...names].sort(), ["a", "b", "c", "d"]);
});

test("a saved stream goes on exactly, through JSON, children included", () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat({ max: 9 }), (seed, draws) => {
      const random = Random.fromSeed(seed).derive("x", 1);
      for (let i = 0; i < draws; i++) random.normal();
      const restored = Random.fromSeed("other");
      restored.loadState(JSON.parse(JSON.stringify(random.saveState())));
      for (let i = 0; i < 5; i++) {
        assert.is(restored.normal(), random.normal());
        assert.is(restored.u32(), random.u32());
      }
      assert.is(restored.derive("child").u32(), random.derive("child").u32());
    }),
    { numRuns: 100 },
  );
});

test("unusable seeds, indices and states are refused by name", () => {
  for (const seed of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    assert.throws(() => Random.fromSeed(seed), new RegExp(`seed is ${seed}; it must be an integer from 0`));
    assert.throws(() => Random.fromSeed(1).derive("copy", seed), /index of the random stream "copy"/);
  }
  const random = Random.fromSeed(3);
  const before = random.saveState();
  const word = [1, 2, 3, 4, 5, 6, 7, 8];
  const broken = [
    [],
    word.slice(1),
    [...word, Number.NaN],
    [0.5, ...word.slice(1)],
    [0, 0, 0, 0, 1, 2, 3, 4],
    "states",
  ];
  for (const state of broken) {
    assert.throws(() => random.loadState(state as number[]), /8 or 9 numbers that saveState returned/);
  }
  assert.equal(random.saveState(), before);
});

test.run();
