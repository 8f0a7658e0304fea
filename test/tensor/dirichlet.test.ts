/** Moments of Dirichlet points against the closed forms. */
import { test } from "uvu";
import { dirichlet } from "../../src/tensor/dirichlet.ts";
import { Random } from "../../src/tensor/random.ts";
import { close } from "../support/close.ts";
import { refuses } from "../support/refuses.ts";

test("entries are positive and sum to 1", () => {
  for (const concentration of [1e-4, 0.02, 0.5, 1, 20]) {
    const point = dirichlet(Random.fromSeed("simplex"), 7, concentration);
    close(Math.min(...point) > 0 ? 1 : 0, 1, 0, "all positive");
    close(
      point.reduce((a, b) => a + b, 0),
      1,
      1e-15 * 7,
      "sum",
    );
  }
});

test("mean 1/n and variance (n − 1)/(n²(nc + 1)), for concentrations below, at and above 1", () => {
  const [n, samples] = [4, 20_000];
  for (const c of [0.2, 1, 5]) {
    const random = Random.fromSeed("moments");
    let sum = 0;
    let squares = 0;
    for (let s = 0; s < samples; s++) {
      const [x] = dirichlet(random, n, c);
      sum += x;
      squares += (x - 1 / n) ** 2;
    }
    const variance = (n - 1) / (n * n * (n * c + 1));
    close(sum / samples, 1 / n, 4 * Math.sqrt(variance / samples), `mean at ${c}, 4 standard errors`);
    close(squares / samples / variance, 1, 0.06, `variance at ${c}; 4 standard errors are at most 0.05`);
  }
});

test("a concentration that is not above 0 and finite is refused", () => {
  for (const wrong of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    refuses(() => dirichlet(Random.fromSeed(0), 2, wrong), `concentration is ${wrong}`, "above 0");
});

test.run();
