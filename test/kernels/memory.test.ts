import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createArena, sharedArena } from "../../src/kernels/arena.ts";
import { arenaOver, MAXIMUM_BYTES, plainMemory } from "../../src/kernels/memory.ts";
import { InvalidInputError, OutOfMemoryError } from "../../src/validation/errors.ts";
import { sameBits } from "../support/close.ts";

const choices = ["wasm", "reference"] as const;
const isInvalid = (error: Error) => error instanceof InvalidInputError;
const isOutOfMemory = (error: Error) => error instanceof OutOfMemoryError;

for (const kernels of choices) {
  test(`${kernels}: allocations are aligned, apart, and keep their values while memory grows`, () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 12 }), (sizes) => {
        const arena = createArena({ kernels });
        const pointers = sizes.map((size, i) => arena.place(new Float32Array(size).fill(i)));
        for (const [i, size] of sizes.entries()) {
          assert.is(pointers[i] % 16, 0);
          sameBits(arena.read(pointers[i], size), new Float32Array(size).fill(i), `array ${i}`);
        }
      }),
      { numRuns: 30 },
    );
  });

  test(`${kernels}: place copies every kind of array, also a part of a larger one`, () => {
    const arena = createArena({ kernels });
    const part = Float32Array.of(9, 1.5, -2, 9).subarray(1, 3);
    const f32 = arena.place(part);
    const i32 = arena.place(Int32Array.of(-7, 2 ** 31 - 1));
    const f64 = arena.place(Float64Array.of(Math.PI));
    assert.equal([...arena.f32(f32, 2)], [1.5, -2]);
    assert.equal([...arena.i32(i32, 2)], [-7, 2 ** 31 - 1]);
    assert.equal([...arena.f64(f64, 1)], [Math.PI]);
  });

  test(`${kernels}: place copies a view of the arena itself, however near the memory's end`, () => {
    for (let left = 0; left <= 256; left += 64) {
      const arena = createArena({ kernels });
      const values = arena.place(Float32Array.from({ length: 33 }, (_, i) => i + 1));
      arena.allocate(arena.f32(values, 33).buffer.byteLength - arena.mark() - left);
      const copy = arena.place(arena.f32(values, 33).subarray(1));
      sameBits(arena.read(copy, 32), arena.read(values, 33).subarray(1), `${left} bytes left`);
    }
  });

  test(`${kernels}: kernels see what was placed after the memory grew`, () => {
    const arena = createArena({ kernels });
    const x = arena.place(Float32Array.of(1, 2, 3));
    arena.allocate(1 << 20);
    const y = arena.place(Float32Array.of(10, 20, 30));
    arena.kernels.addF32(x, y, x, 3);
    assert.equal([...arena.f32(x, 3)], [11, 22, 33]);
  });

  test(`${kernels}: static data of the kernels is out of reach of allocations`, () => {
    const arena = createArena({ kernels });
    const probe = () => {
      const x = arena.place(Float32Array.of(0.5, -1, 3, 1e-3, 20));
      arena.kernels.tanhF32(x, x, 5);
      return arena.read(x, 5);
    };
    const before = arena.scope(probe);
    arena.f32(arena.allocateF32(20_000), 20_000).fill(7);
    sameBits(probe(), before);
  });

  test(`${kernels}: no growth over a thousand scopes`, () => {
    const arena = createArena({ kernels });
    const round = () => arena.scope(() => arena.place(new Float32Array(1000)));
    round();
    const { used, highWater } = arena;
    for (let i = 0; i < 1000; i++) round();
    assert.is(used, 0);
    assert.is(arena.used, 0);
    assert.is(arena.highWater, highWater);
  });
}

test("a scope frees what it allocated, also when it throws, and returns what its body returns", () => {
  const arena = createArena();
  arena.allocate(100);
  const { used } = arena;
  assert.throws(
    () =>
      arena.scope(() => {
        arena.allocate(1000);
        throw new Error("stop");
      }),
    "stop",
  );
  assert.is(arena.used, used);
  assert.is(
    arena.scope(() => 5),
    5,
  );
  assert.ok(arena.highWater > used);
});

test("release goes back to a mark, and only back", () => {
  const arena = createArena();
  const mark = arena.mark();
  arena.allocate(64);
  const later = arena.mark();
  arena.release(mark);
  assert.is(arena.used, 0);
  assert.throws(() => arena.release(later), isInvalid);
  assert.throws(() => arena.release(mark - 1), isInvalid);
  assert.throws(() => arena.release(Number.NaN), isInvalid);
});

test("sizes that are no sizes are refused", () => {
  const arena = createArena();
  for (const bytes of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    const named = (error: Error) => error instanceof InvalidInputError && error.message.includes(`${bytes}`);
    assert.throws(() => arena.allocate(bytes), named);
  }
  assert.throws(() => arena.allocateF32(-3), isInvalid);
  assert.is(arena.used, 0);
});

test("at the limit: an error that says how much was asked, and the arena is as before", () => {
  for (const kernels of choices) {
    const arena = createArena({ kernels, maximumBytes: 1 << 20 });
    const x = arena.place(Float32Array.of(1, 2));
    const { used } = arena;
    const full = (error: Error) =>
      error instanceof OutOfMemoryError && error.message.startsWith("2000000 more bytes");
    assert.throws(() => arena.allocate(2_000_000), full);
    assert.is(arena.used, used);
    assert.equal([...arena.read(x, 2)], [1, 2]);
    arena.allocate(900_000);
    assert.throws(() => arena.allocate(MAXIMUM_BYTES), isOutOfMemory);
  }
});

test("an engine that refuses to double gets asked for just enough, then gives the typed error", () => {
  const memory = plainMemory();
  const asked: number[] = [];
  const stingy = {
    get buffer() {
      return memory.buffer;
    },
    grow(pages: number) {
      asked.push(pages);
      if (memory.buffer.byteLength + pages * 65536 > 10 * 65536) throw new RangeError("refused");
      memory.grow(pages);
    },
  };
  const arena = arenaOver({ kernels: createArena().kernels, memory: stingy, base: 1 });
  arena.allocate(6 * 65536);
  arena.allocate(2 * 65536);
  assert.equal(asked, [7 - 1, 14 - 7, 9 - 7]);
  assert.throws(() => arena.allocate(65536 * 3), isOutOfMemory);
});

test("a thread has one shared arena", () => {
  assert.is(sharedArena(), sharedArena());
  assert.is.not(sharedArena(), createArena());
});

test.run();
