/** Which kernels count as slower than the committed table. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { better, committedStandings, regression, tolerance } from "../../bench/kernels/regressions.ts";

const section = `## Kernels

| kernel | shape | ms | twin ms | ratio | rate | share of the peak |
| --- | --- | ---: | ---: | ---: | ---: | ---: |
| matmulF32 | 10×18×128 | 1.30 | 64.1 | 50.0 | 35.5 GFLOP/s | 80.0 % |
| expF32 | 1280 | 1.72 | 47.7 | 20.0 | 743 M values/s | – |
`;
const committed = committedStandings(section);
const matmul = { kernel: "matmulF32", shape: "10×18×128" };
const exp = { kernel: "expF32", shape: "1280" };

test("the committed table is read with its ratios and shares", () => {
  assert.equal(committed, [
    { ...matmul, ratio: 50, share: 0.8 },
    { ...exp, ratio: 20 },
  ]);
  assert.throws(() => committedStandings(undefined), /npm run bench/);
  assert.throws(() => committedStandings("## Kernels"), /npm run bench/);
});

test("a fall within the tolerance is none, a larger one is named with both numbers", () => {
  const edge = { ratio: 50 * (1 - tolerance.ratio), share: 0.8 * (1 - tolerance.share) };
  assert.is(regression({ ...matmul, ...edge }, committed), "");
  assert.is(regression({ ...matmul, ratio: 100, share: 0.9 }, committed), "");
  assert.is(
    regression({ ...matmul, ratio: 37, share: 0.6 }, committed),
    "matmulF32 10×18×128: ratio 50.0 → 37.0, share 0.800 → 0.600",
  );
  assert.is(
    regression({ ...matmul, ratio: 50, share: 0.67 }, committed),
    "matmulF32 10×18×128: share 0.800 → 0.670",
  );
  assert.is(regression({ ...exp, ratio: 10 }, committed), "expF32 1280: ratio 20.0 → 10.0");
});

test("a kernel that the table lacks has to be measured", () => {
  assert.match(
    regression({ kernel: "newF32", shape: "1", ratio: 1 }, committed),
    /not in docs\/benchmarks\.md/,
  );
  assert.match(regression({ ...exp, shape: "1281", ratio: 99 }, committed), /expF32 1281: not in/);
});

test("of two measurements the better one of each quantity counts", () => {
  const two = better({ ...matmul, ratio: 10, share: 0.5 }, { ...matmul, ratio: 20, share: 0.4 });
  assert.equal(two, { ...matmul, ratio: 20, share: 0.5 });
  assert.equal(better({ ...exp, ratio: 10 }, { ...exp, ratio: 9 }), { ...exp, ratio: 10 });
});

test.run();
