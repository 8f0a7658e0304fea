/** Training makes no memory grow: a thousand updates of a small network, on both kernels. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { hvp, valueAndGrad } from "../../src/autodiff/derivatives.ts";
import { dense } from "../../src/autodiff/linear.ts";
import { square, subtract } from "../../src/autodiff/operations.ts";
import { rules } from "../../src/autodiff/rules.ts";
import { mean } from "../../src/autodiff/shaping.ts";
import { Tape } from "../../src/autodiff/tape.ts";
import { createArena } from "../../src/kernels/arena.ts";
import { Random } from "../../src/tensor/random.ts";
import type { NdArray, Tensor } from "../../src/tensor/tensor.ts";

const ROWS = 16;

function fittingProblem(random: Random) {
  const normals = (...shape: number[]): NdArray => ({
    shape,
    values: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => 0.5 * random.normal()),
  });
  const x = normals(ROWS, 3);
  const y = {
    shape: [ROWS, 1],
    values: x.values.filter((_, i) => i % 3 === 0).map((value) => Math.abs(value)),
  };
  const weights = { w1: normals(3, 8), b1: normals(8), w2: normals(8, 1), b2: normals(1) };
  const loss = ({ w1, b1, w2, b2 }: Record<keyof typeof weights, Tensor>) =>
    mean(square(subtract(dense(dense(x, w1, b1, "tanh"), w2, b2), y)));
  return { weights, loss };
}

for (const kernels of ["wasm", "reference"] as const) {
  test(`a thousand updates need the memory of the first two (${kernels})`, () => {
    const arena = createArena({ kernels });
    const { weights, loss } = fittingProblem(Random.fromSeed(3));
    const step = valueAndGrad(loss, { arena });
    const values: number[] = [];
    let [highWater, capacity] = [0, 0];
    for (let update = 0; update < 1000; update++) {
      const { value, gradient } = step(weights);
      if (update % 100 === 0) hvp(loss, weights, gradient, { arena });
      for (const name of Object.keys(weights) as (keyof typeof weights)[]) {
        const slopes = gradient[name].values;
        for (const [i, slope] of slopes.entries()) weights[name].values[i] -= 0.1 * slope;
      }
      values.push(value);
      if (update === 1) [highWater, capacity] = [arena.highWater, arena.i32(0, 0).buffer.byteLength];
    }
    assert.is(arena.highWater, highWater);
    assert.is(arena.i32(0, 0).buffer.byteLength, capacity);
    assert.is(arena.used, createArena({ kernels }).used);
    assert.ok(values[999] < 0.1 * values[0], `the loss went from ${values[0]} to ${values[999]}`);
  });
}

test("what is recorded temporarily is forgotten: nodes, memory, and what follows goes on", () => {
  const arena = createArena();
  Tape.run(arena, rules, (tape) => {
    const x = tape.lift(Float32Array.of(1, 2, 3), "test");
    const { length } = tape.nodes;
    const { used } = arena;
    const squares = tape.temporarily(() => square(subtract(x, 1)).read());
    assert.equal([...squares], [0, 1, 4]);
    assert.is(tape.nodes.length, length);
    assert.is(arena.used, used);
    assert.equal([...square(x).read()], [1, 4, 9]);
    assert.throws(() => tape.temporarily(() => subtract(x, Float32Array.of(1, 2))));
    assert.is(tape.nodes.length, length + 1);
  });
});

test.run();
