/** The network's wiring against an f64 reference, finite differences and the adjoint identity. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createArena } from "../../src/kernels/arena.ts";
import { Mlp, type MlpShape, mlpLayout, predictMlp } from "../../src/nn/mlp.ts";
import { Random } from "../../src/tensor/random.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";
import { allClose, close, sameBits } from "../support/close.ts";
import { dot, minus, norm, normalMatrix } from "../support/matrices.ts";
import { forwardReference } from "../support/mlp-reference.ts";

const arena = createArena();
const shapes = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 4 }),
  activation: fc.constantFrom<MlpShape["activation"]>("identity", "relu", "tanh", "selu"),
});
const cases = { shape: shapes, rows: fc.integer({ min: 0, max: 7 }), seed: fc.nat() };

interface Case {
  readonly shape: MlpShape;
  readonly rows: number;
  readonly parameters: Float32Array;
  readonly input: Float32Array;
  readonly random: Random;
}

function draw(shape: MlpShape, rows: number, seed: number): Case {
  const random = Random.fromSeed(seed);
  const parameters = normals(random, mlpLayout(shape).size);
  return { shape, rows, parameters, input: normals(random, rows * shape.sizes[0]), random };
}

const normals = (random: Random, n: number) => Float32Array.from(normalMatrix(random, n, 1));
const outputSize = ({ sizes }: MlpShape) => sizes[sizes.length - 1];

/** J·direction and Jᵀ·cotangent as the network computes them. */
function derivatives(problem: Case, direction: Float32Array, cotangent: Float32Array) {
  const { shape, rows, parameters, input } = problem;
  return arena.scope(() => {
    const network = new Mlp(arena, shape, parameters, rows);
    const activations = network.allocateActivations();
    const at = arena.place(input);
    const tangent = arena.allocateF32(cotangent.length);
    const gradient = arena.allocateF32(parameters.length);
    network.forward(at, rows, activations);
    network.tangent(arena.place(direction), at, rows, activations, tangent);
    network.backward(arena.place(cotangent), at, rows, activations, gradient);
    return {
      tangent: arena.read(tangent, cotangent.length),
      gradient: arena.read(gradient, parameters.length),
    };
  });
}

test("the layout follows the kernels: weight [in,out] then bias, layer after layer", () => {
  const layout = mlpLayout({ sizes: [3, 4, 2], activation: "selu" }, "policy/");
  assert.equal(layout, {
    entries: [
      { name: "policy/layers.0.weight", shape: [3, 4], offset: 0 },
      { name: "policy/layers.0.bias", shape: [4], offset: 12 },
      { name: "policy/layers.1.weight", shape: [4, 2], offset: 16 },
      { name: "policy/layers.1.bias", shape: [2], offset: 24 },
    ],
    size: 26,
  });
});

test("the forward pass equals the f64 reference for any depth, width and activation", () => {
  fc.assert(
    fc.property(fc.record(cases), ({ shape, rows, seed }) => {
      const { parameters, input } = draw(shape, rows, seed);
      const expected = forwardReference(shape, parameters, input, rows);
      const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 100);
      allClose(predictMlp(arena, shape, parameters, input, rows), expected, 1e-6 * scale);
    }),
    { numRuns: 100 },
  );
});

test("the tangent is the derivative of the f64 reference (smooth activations, central difference)", () => {
  const smooth = shapes.filter(({ activation }) => activation === "tanh" || activation === "identity");
  fc.assert(
    fc.property(fc.record({ ...cases, shape: smooth }), ({ shape, rows, seed }) => {
      const problem = draw(shape, rows, seed);
      const direction = normals(problem.random, problem.parameters.length);
      const step = 1e-5;
      const [ahead, behind] = [-step, step].map((factor) =>
        forwardReference(shape, minus(problem.parameters, direction, factor), problem.input, rows),
      );
      const expected = minus(ahead, behind).map((value) => value / (2 * step));
      const { tangent } = derivatives(problem, direction, new Float32Array(expected.length));
      close(norm(minus(tangent, expected)), 0, 2e-5 * Math.max(1, norm(expected)), "difference");
    }),
    { numRuns: 60 },
  );
});

test("backward is the transpose of tangent: ⟨u, Jx⟩ = ⟨Jᵀu, x⟩", () => {
  fc.assert(
    fc.property(fc.record(cases), ({ shape, rows, seed }) => {
      const problem = draw(shape, rows, seed);
      const direction = normals(problem.random, problem.parameters.length);
      const cotangent = normals(problem.random, rows * outputSize(shape));
      const { tangent, gradient } = derivatives(problem, direction, cotangent);
      const size = norm(cotangent) * norm(tangent) + norm(gradient) * norm(direction);
      close(dot(cotangent, tangent), dot(gradient, direction), 2e-6 * Math.max(1, size));
    }),
    { numRuns: 100 },
  );
});

test("a network made for many rows gives few rows the bits they have alone", () => {
  const problem = draw({ sizes: [5, 8, 8, 3], activation: "selu" }, 6, 1);
  const alone = predictMlp(arena, problem.shape, problem.parameters, problem.input.slice(0, 10), 2);
  arena.scope(() => {
    const network = new Mlp(arena, problem.shape, arena.place(problem.parameters), 6);
    const activations = network.allocateActivations(2);
    network.forward(arena.place(problem.input), 2, activations);
    sameBits(arena.read(activations.output, 6), alone);
  });
});

test("the passes write nothing beyond their scratch and outputs", () => {
  const problem = draw({ sizes: [6, 70, 40, 5], activation: "tanh" }, 300, 3);
  const guard = new Int32Array(50_000).fill(0x5a5a5a5a);
  arena.scope(() => {
    const network = new Mlp(arena, problem.shape, problem.parameters, 300);
    const first = arena.place(guard);
    const activations = network.allocateActivations();
    const gradient = arena.allocateF32(problem.parameters.length);
    const last = arena.place(guard);
    const input = arena.place(problem.input);
    network.forward(input, 300, activations);
    network.tangent(network.parameters, input, 300, activations, activations.output);
    network.backward(activations.output, input, 300, activations, gradient);
    for (const at of [first, last]) assert.equal(arena.i32(at, guard.length), guard);
  });
});

test("prediction leaves nothing in the arena", () => {
  const { shape, parameters, input, rows } = draw({ sizes: [4, 16, 2], activation: "relu" }, 5, 2);
  const before = arena.used;
  predictMlp(arena, shape, parameters, input, rows);
  assert.is(arena.used, before);
});

test("what does not fit is refused with the numbers", () => {
  const complains = (text: string) => (error: unknown) =>
    error instanceof InvalidInputError && error.message.includes(text);
  const shape: MlpShape = { sizes: [2, 3], activation: "relu" };
  for (const sizes of [[3], [3, 0, 2], [3, 1.5]]) {
    assert.throws(() => mlpLayout({ sizes, activation: "relu" }), complains(`[${sizes}]`));
  }
  assert.throws(() => new Mlp(arena, shape, new Float32Array(8), 1), complains("9 parameters"));
  const odd = { sizes: [2, 3], activation: "gelu" } as unknown as MlpShape;
  assert.throws(() => new Mlp(arena, odd, new Float32Array(9), 1), complains('"gelu"'));
  assert.throws(
    () => predictMlp(arena, shape, new Float32Array(9), new Float32Array(3), 2),
    complains("2 rows of 2"),
  );
  arena.scope(() => {
    const network = new Mlp(arena, shape, new Float32Array(9), 4);
    assert.throws(() => network.forward(0, 5, network.allocateActivations()), complains("5 rows"));
  });
});

test.run();
