import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../src/tensor/random.ts";
import { allClose, close } from "../support/close.ts";
import { logSoftmaxReference } from "../support/heads-reference.ts";
import { dot, norm } from "../support/matrices.ts";
import { forwardReference } from "../support/mlp-reference.ts";
import { fisherOf, type RandomNetwork, randomNetwork } from "../support/network.ts";

const random = Random.fromSeed("fisher");

function probabilities(
  { shape, parameters, input, rows }: RandomNetwork,
  heads: readonly number[],
): Float32Array {
  const logits = forwardReference(shape, parameters, input, rows);
  return Float32Array.from(logSoftmaxReference(logits, heads), Math.exp);
}

/** J[rows·out,P] of the outputs by central differences in f64. */
function jacobian({ shape, parameters, input, rows }: RandomNetwork): Float64Array[] {
  const step = 1e-6;
  return Array.from(parameters, (_, column) => {
    const at = (t: number) => {
      const moved = Float64Array.from(parameters);
      moved[column] += t;
      return forwardReference(shape, moved, input, rows);
    };
    const [ahead, behind] = [at(step), at(-step)];
    return ahead.map((value, i) => (value - behind[i]) / (2 * step));
  });
}

/** (diag p − ppᵀ)t a head. */
function metric(probs: Float32Array, t: Float64Array, heads: readonly number[]): Float64Array {
  const out = new Float64Array(t.length);
  for (let start = 0, head = 0; start < t.length; start += heads[head % heads.length], head++) {
    const end = start + heads[head % heads.length];
    const mean = dot(probs.subarray(start, end), t.subarray(start, end));
    for (let j = start; j < end; j++) out[j] = probs[j] * (t[j] - mean);
  }
  return out;
}

const cases = [
  { sizes: [3, 5, 4], heads: [4], rows: 7 },
  { sizes: [2, 4, 3, 7], heads: [2, 1, 4], rows: 40 },
  { sizes: [4, 6], heads: [3, 3], rows: 300 },
] as const;

for (const { sizes, heads, rows } of cases) {
  for (const activation of ["tanh", "selu", "relu"] as const) {
    test(`${activation} ${sizes}, heads ${heads}: equals Jᵀ(diag p − ppᵀ)J v / rows of f64 to 1e-5`, () => {
      const network = randomNetwork(random, sizes, activation, rows);
      const probs = probabilities(network, heads);
      const columns = jacobian(network);
      const direction = network.normals(columns.length);
      const tangent = new Float64Array(network.output.length);
      for (const [j, column] of columns.entries())
        column.forEach((d, i) => {
          tangent[i] += d * direction[j];
        });
      const m = metric(probs, tangent, heads);
      const expected = columns.map((column) => dot(column, m) / rows);
      const product = fisherOf(network, heads, probs, direction, sizes.length % 4);
      allClose(product, expected, 1e-5 * (1 + norm(expected)), "product");
    });
  }
}

test("symmetric and positive semidefinite, over blocks of rows", () => {
  for (const rows of [1, 255, 256, 257, 513]) {
    const network = randomNetwork(random, [5, 8, 6, 7], "selu", rows, 1);
    const probs = probabilities(network, [5, 2]);
    const [v, w] = [0, 1].map(() => network.normals(network.parameters.length));
    const [fv, fw] = [v, w].map((x) => fisherOf(network, [5, 2], probs, x, rows % 4));
    const size = norm(fv) * norm(w) + norm(fw) * norm(v);
    close(dot(fv, w), dot(fw, v), 1e-6 * size, `⟨Fv, w⟩ = ⟨v, Fw⟩ at ${rows} rows`);
    assert.ok(dot(fv, v) > 0, `⟨v, Fv⟩ > 0 at ${rows} rows`);
  }
});

test("a shift of all logits of a head costs nothing", () => {
  const network = randomNetwork(random, [3, 4], "tanh", 20);
  const probs = probabilities(network, [4]);
  const direction = new Float32Array(network.parameters.length);
  direction.fill(1, 12);
  assert.ok(norm(fisherOf(network, [4], probs, direction)) < 1e-6);
});

test("without rows the product is zero", () => {
  const network = randomNetwork(random, [3, 4, 2], "selu", 0);
  const direction = network.normals(network.parameters.length);
  const product = fisherOf(network, [2], new Float32Array(0), direction);
  assert.ok(product.every((value) => Object.is(value, 0)));
});

test.run();
