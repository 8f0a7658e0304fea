import * as fc from "fast-check";
import { test } from "uvu";
import { Random } from "../../src/tensor/random.ts";
import { close, sameBits } from "../support/close.ts";
import { runBoth } from "../support/kernels.ts";

/** Log-ratios of both ends and their common dual, finite or any f32. */
const finite = fc.float({ min: -100, max: 100, noNaN: true });
const links = (value: fc.Arbitrary<number>) =>
  fc.array(fc.tuple(value, value, value), { maxLength: 70 }).map((all) => ({
    own: Float32Array.from(all, ([own]) => own),
    other: Float32Array.from(all, ([, other]) => other),
    dual: Float32Array.from(all, ([, , dual]) => dual),
  }));
const penalties = fc.float({ min: Math.fround(1e-3), max: 100, noNaN: true });
/** Four roundings of values up to this size, subnormal ones included. */
const rounding = (size: number) => 4 * (2 ** -24 * size + 2 ** -149);
const shifts = fc.integer({ min: 0, max: 3 });

type Link = { own: Float32Array; other: Float32Array; dual: Float32Array };

function update({ own, other, dual }: Link, sign: number, penalty: number, shift = 0) {
  const n = own.length;
  const buffers = { own, other, dual, mean: new Float32Array(n).fill(9) };
  const run = runBoth(
    buffers,
    (kernels, at) => kernels.linkUpdateF32(at.own, at.other, at.mean, at.dual, sign, penalty, n),
    shift,
  );
  sameBits(run.after.own, own, "own is only read");
  sameBits(run.after.other, other, "other is only read");
  return run.after;
}

test("both ends of a link hold the same bits after any number of updates", () => {
  fc.assert(
    fc.property(links(fc.float()), penalties, shifts, ({ own, other, dual }, penalty, shift) => {
      let [here, there]: Float32Array[] = [dual, dual];
      for (let turn = 0; turn < 3; turn++) {
        const first = update({ own, other, dual: here }, 1, penalty, shift);
        const second = update({ own: other, other: own, dual: there }, -1, penalty);
        sameBits(second.mean, first.mean, "mean");
        sameBits(second.dual, first.dual, "dual");
        [here, there] = [first.dual, second.dual];
      }
    }),
  );
});

test("update follows the formulas", () => {
  fc.assert(
    fc.property(links(finite), penalties, fc.constantFrom(1, -1), ({ own, other, dual }, penalty, sign) => {
      const after = update({ own, other, dual }, sign, penalty);
      for (const [i, value] of own.entries()) {
        close(after.mean[i], (value + other[i]) / 2, 200 * 2 ** -24, "mean");
        const change = ((sign * penalty) / 2) * (value - other[i]);
        close(after.dual[i], dual[i] + change, rounding(Math.abs(dual[i]) + Math.abs(change)), "dual");
      }
    }),
  );
});

test("ends that agree leave the dual alone", () => {
  const [own, dual] = [Float32Array.of(0.1, -3, 7e5, 0, 1), Float32Array.of(1, 2, 3, 4, 5)];
  const after = update({ own, other: own, dual }, 1, 0.3);
  sameBits(after.mean, own);
  sameBits(after.dual, dual);
});

test("target += penalty·mean − sign·dual", () => {
  fc.assert(
    fc.property(links(finite), penalties, fc.constantFrom(1, -1), shifts, (link, penalty, sign, shift) => {
      const { own: target, other: mean, dual } = link;
      const { after } = runBoth(
        { target, mean, dual },
        (kernels, at) => kernels.linkTargetF32(at.target, at.mean, at.dual, sign, penalty, target.length),
        shift,
      );
      sameBits(after.mean, mean, "mean is only read");
      sameBits(after.dual, dual, "dual is only read");
      for (const [i, value] of target.entries()) {
        const terms = [value, penalty * mean[i], -sign * dual[i]];
        const size = terms.reduce((sum, term) => sum + Math.abs(term), 0);
        close(after.target[i], terms[0] + terms[1] + terms[2], rounding(size));
      }
    }),
  );
});

test("on a link of two quadratics the iteration reaches the common minimum", () => {
  const random = Random.fromSeed(1).derive("link");
  const goals = [0, 1].map(() => Float32Array.from({ length: 9 }, () => random.normal()));
  let [dual, mean]: Float32Array[] = [new Float32Array(9), new Float32Array(9)];
  const penalty = 0.7;
  for (let turn = 0; turn < 60; turn++) {
    // argmin ½(x − goal)² + (penalty/2)x² − v·x, v from linkTargetF32
    const ends = [1, -1].map((sign, end) => {
      const target = runBoth({ target: new Float32Array(9), mean, dual }, (kernels, at) =>
        kernels.linkTargetF32(at.target, at.mean, at.dual, sign, penalty, 9),
      ).after.target;
      return target.map((v, i) => (goals[end][i] + v) / (1 + penalty));
    });
    ({ mean, dual } = update({ own: ends[0], other: ends[1], dual }, 1, penalty));
  }
  for (const [i, value] of mean.entries()) close(value, (goals[0][i] + goals[1][i]) / 2, 1e-6);
});

test.run();
