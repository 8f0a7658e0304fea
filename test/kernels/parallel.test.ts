/** Every kernel that threads share: the bits of one thread, however many there are and however calls are cut. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { policyFor } from "../../src/kernels/division.ts";
import { Random } from "../../src/tensor/random.ts";
import { sameBits } from "../support/close.ts";
import { type KernelCall, kernelCalls } from "../support/kernel-calls.ts";
import { runGuarded, type Values, wasmArena } from "../support/kernels.ts";
import { teamArena } from "../support/team.ts";

let parts = 1;
const teams = [1, 2, 3, 5].map((threads) => teamArena(threads, () => parts));
const largest = teams[teams.length - 1];

const words = (values: Values): Float32Array =>
  new Float32Array(values.buffer, values.byteOffset, values.byteLength / 4);

/** All arrays but the scratch, with guard words around each, as one thread and as every team leaves them. */
function compare({ buffers, call }: KernelCall, shift: number): void {
  const alone = runGuarded(wasmArena, buffers, call, shift).after;
  for (const team of teams) {
    const shared = runGuarded(team, buffers, call, shift).after;
    for (const [name, values] of Object.entries(alone)) {
      if (name !== "scratch") sameBits(words(shared[name]), words(values), name);
    }
  }
}

const cases = fc.record({
  seed: fc.nat(),
  /** Also fewer than threads. */
  size: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 10, max: 150 })),
  parts: fc.integer({ min: 2, max: 21 }),
  shift: fc.integer({ min: 0, max: 3 }),
});

for (const [name, make] of Object.entries(kernelCalls)) {
  test(`${name}: the bits of one thread`, () => {
    fc.assert(
      fc.property(cases, ({ seed, size, parts: many, shift }) => {
        parts = many;
        compare(make(Random.fromSeed(seed), size, largest), shift);
      }),
      { numRuns: 12 },
    );
  });
}

test("networks of many blocks of rows, more than fit the room for their gradients at a time", () => {
  const wide = Int32Array.of(3, 700, 700, 5);
  const rows = 2400;
  parts = 4;
  const random = Random.fromSeed(7);
  const normals = (n: number, scale = 1) => Float32Array.from({ length: n }, () => scale * random.normal());
  const size = wide.subarray(1).reduce((sum, n, l) => sum + (wide[l] + 1) * n, 0);
  const bytes = largest.scope(() => largest.kernels.mlpScratchBytes(3, largest.place(wide), rows));
  const buffers = {
    sizes: wide,
    parameters: normals(size, 0.05),
    input: normals(rows * 3),
    hidden: normals(rows * 1400),
    cotangent: normals(rows * 5),
    gradient: new Float32Array(size),
    scratch: new Float32Array(bytes / 4),
  };
  compare(
    {
      buffers,
      call: (k, at) =>
        k.mlpBackwardF32(
          3,
          at.sizes,
          3,
          at.parameters,
          at.input,
          at.hidden,
          at.cotangent,
          at.gradient,
          rows,
          at.scratch,
        ),
    },
    0,
  );
});

test("short calls are not cut, long ones into one to four parts a thread, none of a few values", () => {
  const division = (total: number, nanoseconds: number, overhead: number) => ({
    kernel: "matmulF32" as const,
    values: [],
    cut: { total, multiple: 8, steps: [], lengthAt: 3 },
    nanoseconds,
    overhead,
  });
  const { partsOf } = policyFor(3);
  assert.is(partsOf(division(100, 10, 500)), 1);
  assert.is(partsOf(division(100, 1e4, 500)), 5);
  assert.is(partsOf(division(1e6, 1e4, 500)), 12);
  assert.is(partsOf(division(16, 1e6, 500)), 2);
  assert.is(partsOf(division(1e4, 100, 2e5)), 2);
});

test.run();
