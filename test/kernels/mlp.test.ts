import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ActivationName } from "../../src/kernels/abi.ts";
import { Random } from "../../src/tensor/random.ts";
import { allClose, close, sameBits } from "../support/close.ts";
import { dot, norm } from "../support/matrices.ts";
import { forwardReference } from "../support/mlp-reference.ts";
import { gradientOf, type RandomNetwork, randomNetwork, tangentOf } from "../support/network.ts";

const random = Random.fromSeed("mlp");
const activations: readonly ActivationName[] = ["identity", "relu", "tanh", "selu"];
/** Sizes and rows; rows pass in blocks of 256. */
const cases: readonly (readonly [readonly number[], number])[] = [
  [[1, 1], 1],
  [[3, 5], 4],
  [[2, 7, 3], 0],
  [[2, 7, 3], 1],
  [[4, 1, 9, 2], 3],
  [[18, 16, 12, 15], 255],
  [[5, 8, 8, 4], 256],
  [[6, 9, 5], 257],
  [[3, 6, 2], 600],
];

const networks = (activation: ActivationName) =>
  cases.map(([sizes, rows], i) => randomNetwork(random, sizes, activation, rows, i % 4));

/** Central difference of the outputs along a direction, in f64. */
function difference(
  { shape, parameters, input, rows }: RandomNetwork,
  direction: Float32Array,
): Float64Array {
  const step = 1e-6;
  const at = (t: number) =>
    forwardReference(
      shape,
      Float64Array.from(parameters, (value, i) => value + t * direction[i]),
      input,
      rows,
    );
  const [ahead, behind] = [at(step), at(-step)];
  return ahead.map((value, i) => (value - behind[i]) / (2 * step));
}

for (const activation of activations) {
  test(`${activation}: outputs within 1e-5 of f64, and the same bits as the twin`, () => {
    for (const network of networks(activation)) {
      const { shape, parameters, input, rows, output } = network;
      const expected = forwardReference(shape, parameters, input, rows);
      for (let i = 0; i < expected.length; i++) {
        close(output[i], expected[i], 1e-5 * (1 + Math.abs(expected[i])), `output ${i} of ${shape.sizes}`);
      }
    }
  });

  test(`${activation}: tangents within 2e-5 of finite differences in f64`, () => {
    for (const network of networks(activation)) {
      const direction = network.normals(network.parameters.length);
      const tangent = tangentOf(network, direction, network.layers % 4);
      const expected = difference(network, direction);
      const size = 1 + Math.sqrt(network.parameters.length);
      allClose(tangent, expected, 2e-5 * size, `tangent of ${network.shape.sizes}`);
    }
  });

  test(`${activation}: the gradient is adjoint to the tangent: ⟨u, Jv⟩ = ⟨Jᵀu, v⟩ to 1e-5`, () => {
    for (const network of networks(activation)) {
      const direction = network.normals(network.parameters.length);
      const cotangent = network.normals(network.output.length);
      const tangent = tangentOf(network, direction);
      const gradient = gradientOf(network, cotangent, network.rows % 4);
      const size = norm(cotangent) * norm(tangent) + norm(gradient) * norm(direction);
      close(dot(cotangent, tangent), dot(gradient, direction), 1e-5 * size, `${network.shape.sizes}`);
    }
  });
}

test("hidden layers are stored one after another", () => {
  const network = randomNetwork(random, [3, 4, 2, 5], "tanh", 300);
  const { parameters, input, rows, hidden } = network;
  const first = forwardReference({ sizes: [3, 4], activation: "tanh" }, parameters, input, rows);
  allClose(hidden.subarray(0, 4 * rows), first.map(Math.tanh), 1e-6, "first hidden layer");
  const second = forwardReference({ sizes: [3, 4, 2], activation: "tanh" }, parameters, input, rows);
  allClose(hidden.subarray(4 * rows), second.map(Math.tanh), 1e-6, "second hidden layer");
});

test("each entry of a gradient matches finite differences in f64", () => {
  const network = randomNetwork(random, [3, 4, 2], "selu", 270);
  const cotangent = network.normals(network.output.length);
  const gradient = gradientOf(network, cotangent);
  for (let i = 0; i < gradient.length; i++) {
    const unit = new Float32Array(gradient.length);
    unit[i] = 1;
    close(gradient[i], dot(cotangent, difference(network, unit)), 1e-4, `entry ${i}`);
  }
});

test("without rows the gradient is zero", () => {
  const network = randomNetwork(random, [3, 4, 2], "selu", 0);
  assert.ok(gradientOf(network, new Float32Array(0)).every((value) => Object.is(value, 0)));
});

test("rows do not influence each other, whatever block they are in", () => {
  const network = randomNetwork(random, [4, 6, 3], "selu", 515);
  for (const row of [0, 255, 256, 511, 514]) {
    const alone = randomNetwork(random, [4, 6, 3], "selu", 1);
    const buffers = { ...network.buffers, input: network.input.slice(4 * row, 4 * row + 4) };
    const hidden = network.hidden.slice(6 * row, 6 * row + 6);
    const direction = network.normals(network.parameters.length);
    const tangent = tangentOf({ ...alone, buffers: { ...buffers, hidden } }, direction);
    sameBits(tangent, tangentOf(network, direction).slice(3 * row, 3 * row + 3), `row ${row}`);
  }
});

test.run();
