/** Values, indices, shapes and sizes are copied when an operation takes them: a caller may use its arrays again. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { grad, hvp } from "../../src/autodiff/derivatives.ts";
import { gru } from "../../src/autodiff/gru.ts";
import { logSoftmax, softmaxEntropy } from "../../src/autodiff/heads.ts";
import { matmul } from "../../src/autodiff/linear.ts";
import { add, constant, multiply, scale, square } from "../../src/autodiff/operations.ts";
import { broadcast, gather, reshape, scatter, sum, sumTo } from "../../src/autodiff/shaping.ts";
import type { NdArray, Tensor } from "../../src/tensor/tensor.ts";

const row = (...values: number[]): NdArray => ({
  shape: [1, values.length],
  values: Float32Array.from(values),
});

test("one index buffer serves all steps of a loop", () => {
  const indices = Int32Array.of(0);
  const picked = (x: Tensor, column: number) => gather(x, indices.fill(column), 1);
  const loss = (x: Tensor) => sum(add(picked(x, 0), scale(picked(x, 2), 10)));
  assert.equal([...grad(loss)(row(1, 2, 3)).values], [1, 0, 10]);
  const spread = (x: Tensor) => {
    const placed = scatter(x, indices.fill(1), 3);
    indices.fill(0);
    return sum(multiply(placed, row(1, 10, 100)));
  };
  assert.equal([...grad(spread)(row(1)).values], [10]);
});

test("the starts of a recurrent unit may be overwritten after the call", () => {
  const slope = (overwrite: boolean) =>
    grad((initial: Tensor) => {
      const starts = Uint8Array.of(0, 1);
      const gates = constant(initial, { shape: [2, 3], values: new Float32Array(6).fill(0.3) });
      const memory = gru({ gates, weight: row(0.5, 0.5, 0.5), bias: new Float32Array(3), initial, starts });
      if (overwrite) starts.fill(0);
      return sum(memory);
    })(row(1)).values[0];
  assert.is(slope(true), slope(false));
});

test("a shape may be changed after the call, also one of a constant", () => {
  const changed = (f: (x: Tensor, shape: number[]) => Tensor, shape: number[]) => (x: Tensor) => {
    const y = f(x, shape);
    shape.fill(4);
    return sum(square(y));
  };
  const x = Float32Array.of(1, 2);
  const directions = [
    hvp(changed(reshape, [2, 1]), x, x),
    hvp(changed(broadcast, [1, 2]), x, x),
    hvp(changed(sumTo, [1]), x, x),
  ];
  assert.equal(
    directions.map((product) => [...product]),
    [
      [2, 4],
      [2, 4],
      [6, 6],
    ],
  );
  const product = (y: Tensor) => {
    const shape = [2, 2];
    const a = constant(y, { shape, values: Float32Array.of(1, 2, 3, 4) });
    constant(y, new Float32Array(64).fill(100));
    shape[0] = 32;
    return multiply(y, sum(matmul(a, { shape: [2, 1], values: Float32Array.of(1, 1) })));
  };
  assert.is(grad(product)(1), 10);
});

test("sizes of heads may be changed after the call", () => {
  for (const operation of [logSoftmax, softmaxEntropy]) {
    const slopes = (overwrite: boolean) =>
      grad((logits: Tensor) => {
        const sizes = [1, 3];
        const y = operation(logits, sizes);
        if (overwrite) sizes.reverse();
        return sum(square(y));
      })(row(0.5, 1, -1, 2)).values;
    assert.equal(slopes(true), slopes(false));
  }
});

test.run();
