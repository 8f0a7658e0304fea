/** The mixing network: monotone in every utility, so that own best choices are the best joint choice; against its f64 twin. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type MixerShape, mix, mixerParameters } from "../../../src/algorithms/qmix/mixer.ts";
import { initialize, TapeParameters } from "../../../src/algorithms/qmix/parameters.ts";
import { rules } from "../../../src/autodiff/rules.ts";
import { sum } from "../../../src/autodiff/shaping.ts";
import { pullBack } from "../../../src/autodiff/sweeps.ts";
import { Tape } from "../../../src/autodiff/tape.ts";
import { createArena } from "../../../src/kernels/arena.ts";
import { layoutOf, unflatten } from "../../../src/nn/parameters.ts";
import { Random } from "../../../src/tensor/random.ts";
import { allClose } from "../../support/close.ts";
import { mixReference } from "../../support/qmix-reference.ts";

const arena = createArena();

/** A random mixer, whose parameters are of all sizes and signs. */
function draw(utilities: number, seed: number, kind: MixerShape["kind"] = "qmix") {
  const random = Random.fromSeed(seed);
  const shape: MixerShape = { kind, utilities, stateSize: 3, mixingSize: 4, hypernetSize: 5 };
  const parameters = mixerParameters(shape);
  const layout = layoutOf(parameters);
  const vector = initialize(parameters, random).map((value) => value * 4 * random.float());
  const normals = (length: number) => Float32Array.from({ length }, () => 2 * random.normal());
  /** Q_tot of q[rows, utilities] in states[rows, stateSize], and the derivative of its sum by q. */
  const evaluate = (q: Float32Array, states: Float32Array) =>
    Tape.run(arena, rules, (tape) => {
      const placed = new TapeParameters(tape, layout, arena.place(vector));
      const rows = q.length / utilities;
      const input = tape.lift({ shape: [rows, utilities], values: q }, "q");
      const seen = tape.lift({ shape: [rows, shape.stateSize], values: states }, "states");
      const value = mix(shape, placed.below(""), input, seen);
      const [slope] = pullBack(tape, sum(value), tape.fill(1, []), [input]);
      return { values: value.read(), slopes: slope.read() };
    });
  return { shape, layout, vector, normals, evaluate };
}

const drawn = fc.record({ utilities: fc.integer({ min: 1, max: 5 }), seed: fc.nat() });

test("no utility ever lowers Q_tot, and some raise it", () => {
  let raised = 0;
  fc.assert(
    fc.property(drawn, ({ utilities, seed }) => {
      const { evaluate, normals } = draw(utilities, seed);
      const { slopes } = evaluate(normals(6 * utilities), normals(18));
      assert.ok(slopes.every((slope) => slope >= 0));
      raised += slopes.filter((slope) => slope > 0).length;
    }),
  );
  assert.ok(raised > 500);
});

test("everybody's own best choice makes the best joint choice", () => {
  fc.assert(
    fc.property(drawn, fc.integer({ min: 2, max: 3 }), ({ utilities, seed }, choices) => {
      const { evaluate, normals } = draw(utilities, seed);
      const own = Array.from({ length: utilities }, () => normals(choices));
      const rows = choices ** utilities;
      const joint = Float32Array.from({ length: rows * utilities }, (_, i) => {
        const [row, agent] = [Math.floor(i / utilities), i % utilities];
        return own[agent][Math.floor(row / choices ** agent) % choices];
      });
      const state = normals(3);
      const states = Float32Array.from({ length: rows * 3 }, (_, i) => state[i % 3]);
      const { values } = evaluate(joint, states);
      const greedy = Float32Array.from(own, (utilities) => Math.max(...utilities));
      const [best] = evaluate(greedy, state).values;
      // Sums of a size of up to a few hundred, in f32.
      assert.ok(best >= Math.max(...values) - 1e-5 * (1 + Math.abs(best)), `${best} of ${values}`);
    }),
    { numRuns: 60 },
  );
});

test("values are those of the f64 twin; VDN's are plain sums and have no parameters", () => {
  fc.assert(
    fc.property(drawn, fc.constantFrom("qmix", "vdn"), ({ utilities, seed }, kind) => {
      const { evaluate, normals, layout, vector, shape } = draw(utilities, seed, kind);
      const [q, states] = [normals(4 * utilities), normals(12)];
      const tensors = Object.fromEntries(
        Object.entries(unflatten(layout, vector)).map(([name, tensor]) => [`mixer.${name}`, tensor]),
      );
      const expected = [0, 1, 2, 3].map((row) => {
        const rowOf = (all: Float32Array, size: number) =>
          Array.from(all.subarray(row * size, (row + 1) * size));
        return mixReference(tensors, kind, rowOf(q, utilities), rowOf(states, shape.stateSize));
      });
      const { values, slopes } = evaluate(q, states);
      allClose(values, expected, 1e-5 * (1 + Math.max(...expected.map(Math.abs))));
      if (kind === "qmix") return;
      assert.is(layout.size, 0);
      assert.ok(slopes.every((slope) => slope === 1));
    }),
  );
});

test.run();
