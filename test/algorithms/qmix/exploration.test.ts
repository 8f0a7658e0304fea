/** The way of ε, random choices among legal ones, and the greedy choice. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { bestLegal } from "../../../src/algorithms/qmix/best-legal.ts";
import { epsilonAt, explore } from "../../../src/algorithms/qmix/exploration.ts";
import { Random } from "../../../src/tensor/random.ts";
import { close } from "../../support/close.ts";

const schedule = { epsilonStart: 1, epsilonEnd: 0.05, epsilonSteps: 50_000 };

test("ε goes in a straight line from first to last and stays there", () => {
  const expected = [1, 0.905, 0.525, 0.05, 0.05];
  for (const [i, steps] of [0, 5_000, 25_000, 50_000, 9_000_000].entries()) {
    close(epsilonAt(schedule, steps), expected[i], 1e-12, `${steps} steps`);
  }
});

test("the greedy choice is the first of the best among the legal", () => {
  const values = fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 6, maxLength: 6 });
  const flags = fc.array(fc.nat(1), { minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(values, flags, (utilities, legal) => {
      const [from, count] = [2, 4];
      const choice = bestLegal(Float32Array.from(utilities), Uint8Array.from(legal), from, count);
      const allowed = [0, 1, 2, 3].filter((k) => legal[from + k] === 1);
      const best = Math.max(...allowed.map((k) => utilities[from + k]));
      const expected = allowed.find((k) => utilities[from + k] === best) ?? 0;
      assert.is(choice, expected);
      const free = bestLegal(Float32Array.from(utilities), undefined, from, count);
      assert.is(free, utilities.slice(from).indexOf(Math.max(...utilities.slice(from))));
    }),
  );
});

test("with chance ε any legal choice is taken, all as often; else the greedy one", () => {
  const random = Random.fromSeed(7);
  const legal = Uint8Array.of(9, 1, 0, 1, 1);
  const [draws, epsilon] = [20_000, 0.6];
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < draws; i++) counts[explore(3, epsilon, legal, 1, 4, random)]++;
  const share = epsilon / 3;
  // Four standard deviations of a share of 20,000 draws are 0.014.
  const expected = [share, 0, share, 1 - epsilon + share];
  for (const [k, count] of counts.entries()) close(count / draws, expected[k], 0.014, `choice ${k}`);
  assert.is(counts[1], 0, "illegal");
});

test("without masks all choices are legal, and ε of 0 never explores", () => {
  const random = Random.fromSeed(3);
  const seen = new Set(Array.from({ length: 200 }, () => explore(0, 1, undefined, 0, 5, random)));
  assert.equal([...seen].sort(), [0, 1, 2, 3, 4]);
  for (let i = 0; i < 200; i++) assert.is(explore(4, 0, undefined, 0, 5, random), 4);
});

test.run();
