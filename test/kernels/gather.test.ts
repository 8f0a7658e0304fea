import * as fc from "fast-check";
import { test } from "uvu";
import { Random } from "../../src/tensor/random.ts";
import { sameBits } from "../support/close.ts";
import { runBoth } from "../support/kernels.ts";

test("rows stand in the order of their numbers, some of them twice, others never", () => {
  const sizes = fc.record({
    rows: fc.integer({ min: 1, max: 9 }),
    width: fc.integer({ min: 0, max: 19 }),
    count: fc.integer({ min: 0, max: 12 }),
    seed: fc.nat(),
    shift: fc.integer({ min: 0, max: 3 }),
  });
  fc.assert(
    fc.property(sizes, ({ rows, width, count, seed, shift }) => {
      const random = Random.fromSeed(seed);
      const x = Float32Array.from({ length: rows * width }, () => random.normal());
      const order = Int32Array.from({ length: count }, () => random.integer(rows));
      const { after } = runBoth(
        { x, order, out: new Float32Array(count * width) },
        (kernels, at) => kernels.gatherRowsF32(at.x, at.order, at.out, count, width),
        shift,
      );
      const expected = [...order].flatMap((row) => [...x.subarray(row * width, (row + 1) * width)]);
      sameBits(after.out, Float32Array.from(expected));
      sameBits(after.x, x, "X is only read");
    }),
  );
});

test.run();
