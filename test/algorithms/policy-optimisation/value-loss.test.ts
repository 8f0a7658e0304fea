import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { test } from "uvu";
import { valueLoss, valueLossTensor } from "../../../src/algorithms/policy-optimisation/value-loss.ts";
import { valueAndGrad } from "../../../src/autodiff/derivatives.ts";
import { mean } from "../../../src/autodiff/ops.ts";
import type { Tensor } from "../../../src/tensor/tensor.ts";
import { allClose, close } from "../../support/close.ts";

const golden = JSON.parse(readFileSync(new URL("../../golden/a2po.json", import.meta.url), "utf8"));

test("golden clipped Huber losses, the same for errors of both signs", () => {
  for (const { ret, vnew, vold, loss } of golden.value_loss) {
    close(valueLoss(vnew, vold, ret, { clip: 0.2, huberDelta: 10 }), loss, 1e-14);
  }
});

const number = fc.double({ min: -20, max: 20, noNaN: true });
const options = fc.record({
  clip: fc.constantFrom(0.2, 1, Number.POSITIVE_INFINITY),
  huberDelta: fc.constantFrom(0.5, 10, Number.POSITIVE_INFINITY),
});

test("the tensor has the values of the scalar form and their slopes", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(number, number, number), { minLength: 1, maxLength: 5 }),
      options,
      (rows, given) => {
        const [values, old, targets] = [0, 1, 2].map((column) =>
          Float32Array.from(rows, (row) => row[column]),
        );
        const loss = (at: ArrayLike<number>) =>
          Array.from(at, (value, i) => valueLoss(value, old[i], targets[i], given)).reduce((a, b) => a + b) /
          rows.length;
        const found = valueAndGrad((x: Tensor) => mean(valueLossTensor(x, old, targets, given)))(values);
        close(found.value, loss(values), 1e-5 * (1 + Math.abs(loss(values))));
        const slopes = Array.from(values, (_, i) => {
          const moved = (step: number) => Array.from(values, (value, j) => value + (i === j ? step : 0));
          // One-sided slopes: beside a kink the tensor may take either.
          const [up, down] = [
            (loss(moved(1e-6)) - loss(values)) / 1e-6,
            (loss(values) - loss(moved(-1e-6))) / 1e-6,
          ];
          return Math.abs(up - down) > 1e-3 ? found.gradient[i] : (up + down) / 2;
        });
        allClose(found.gradient, slopes, 1e-3, "slope");
      },
    ),
  );
});

test.run();
