/** Fisher products of policies against Hessian products of the mean KL; memory. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { rules } from "../../src/autodiff/rules.ts";
import { mean } from "../../src/autodiff/shaping.ts";
import { pullBack, pushForward } from "../../src/autodiff/sweeps.ts";
import { Tape } from "../../src/autodiff/tape.ts";
import type { ActionDistribution } from "../../src/distributions/action-distribution.ts";
import { CategoricalActions } from "../../src/distributions/categorical-actions.ts";
import { GaussianActions } from "../../src/distributions/gaussian-actions.ts";
import { createArena } from "../../src/kernels/arena.ts";
import type { Arena } from "../../src/kernels/memory.ts";
import { initializeNetwork, type NetworkShape } from "../../src/nn/network.ts";
import { withFisher } from "../../src/nn/network-fisher.ts";
import { gatherInto, TapeNetwork } from "../../src/nn/network-tape.ts";
import { Random } from "../../src/tensor/random.ts";
import { allClose, close, sameBits } from "../support/close.ts";
import { dot, norm } from "../support/matrices.ts";

const arena = createArena();
const ROWS = 12;
const distributions: Readonly<Record<string, ActionDistribution>> = {
  categorical: new CategoricalActions([3, 2]),
  exponential: new GaussianActions(2),
  sigmoid: new GaussianActions(2, { form: "sigmoid" }),
};

function draw(name: string, recurrent: boolean, seed: number) {
  const random = Random.fromSeed(seed);
  const normals = (n: number) => Float32Array.from({ length: n }, () => random.normal());
  const distribution = distributions[name];
  const shape: NetworkShape = {
    inputSize: 4,
    hiddenSizes: [8, 6],
    activation: "tanh",
    inputNorm: true,
    hiddenNorm: true,
    outputSize: distribution.outputSize,
    extraParameters: distribution.extraParameters,
    ...(recurrent ? { recurrentSize: 5 } : {}),
  };
  const starts = Uint8Array.from({ length: ROWS }, () => (random.integer(4) === 0 ? 1 : 0));
  const memory = recurrent ? { memory: { initial: normals(4 * 5), starts } } : {};
  const masks = Uint8Array.from({ length: 5 * ROWS }, (_, i) =>
    i % 5 === 0 || i % 5 === 3 || i % 2 ? 1 : 0,
  );
  return {
    distribution,
    shape,
    parameters: initializeNetwork(shape, random).map((value) => value + 0.2 * random.normal()),
    data: { input: normals(4 * ROWS), rows: ROWS, ...memory },
    masks: name === "categorical" ? masks : undefined,
    normals,
  };
}
type Problem = ReturnType<typeof draw>;

/** F·direction for each direction, on one forward pass. */
function products(where: Arena, problem: Problem, directions: readonly Float32Array[]): Float32Array[] {
  const { distribution, shape, parameters, data, masks } = problem;
  return where.scope(() => {
    const at = where.place(parameters);
    const metricAt = (output: number, extra: number | undefined) =>
      distribution.metric(where, output, extra, ROWS, masks);
    return withFisher(where, shape, at, data, metricAt, ({ multiply }) =>
      directions.map((direction) =>
        where.scope(() => {
          const product = where.allocateF32(direction.length);
          multiply(where.place(direction), product);
          return where.read(product, direction.length);
        }),
      ),
    );
  });
}

/** The Hessian of the mean KL(here‖·) times the direction, by a forward sweep over a reverse sweep. */
function hessianProduct({ distribution, shape, parameters, data, masks }: Problem, direction: Float32Array) {
  return Tape.run(arena, rules, (tape) => {
    const network = new TapeNetwork(tape, shape, arena.place(parameters));
    const output = network.forward(data);
    const extra = network.extra?.read();
    const kl = mean(distribution.kl(output.read(), extra, output, network.extra, masks));
    const slopes = pullBack(tape, kl, tape.fill(1, []), network.parameters);
    const at = arena.place(direction);
    const along = network.plan.layout.entries.map(({ offset, shape: sizes }) =>
      tape.at(at + 4 * offset, sizes),
    );
    const product = arena.allocateF32(direction.length);
    gatherInto(arena, pushForward(tape, slopes, network.parameters, along), product);
    return arena.read(product, direction.length);
  });
}

for (const name of Object.keys(distributions)) {
  for (const recurrent of [false, true]) {
    test(`${name}${recurrent ? ", recurrent" : ""}: the product is the Hessian of the mean KL times the direction`, () => {
      fc.assert(
        fc.property(fc.nat(), (seed) => {
          const problem = draw(name, recurrent, seed);
          const [v, w] = [0, 1].map(() => problem.normals(problem.parameters.length));
          const [fv, fw] = products(arena, problem, [v, w]);
          const expected = hessianProduct(problem, v);
          const size = 1 + norm(Float64Array.from(expected));
          allClose(fv, expected, 2e-4 * size, "entry");
          close(
            dot(w, fv),
            dot(v, fw),
            2e-4 * size * (1 + norm(Float64Array.from(w))),
            "⟨w, F v⟩ = ⟨v, F w⟩",
          );
          assert.ok(dot(v, fv) >= 0, "⟨v, F v⟩ ≥ 0");
        }),
        { numRuns: 12 },
      );
    });
  }
}

test("a hundred products take the memory of one, and give the same bits each time", () => {
  const problem = draw("categorical", false, 3);
  const direction = problem.normals(problem.parameters.length);
  const fresh = createArena();
  const [first] = products(fresh, problem, [direction]);
  const { highWater } = fresh;
  const all = products(fresh, problem, new Array<Float32Array>(100).fill(direction));
  assert.is(fresh.highWater, highWater);
  for (const product of all) sameBits(product, first);
});

test("products have the same bits on both kinds of kernels and on three threads", () => {
  const problem = draw("sigmoid", false, 4);
  const direction = problem.normals(problem.parameters.length);
  const [expected] = products(arena, problem, [direction]);
  for (const other of [createArena({ kernels: "reference" }), createArena({ threads: 3 })]) {
    sameBits(products(other, problem, [direction])[0], expected);
  }
});

test.run();
