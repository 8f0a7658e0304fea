/**
 * What training spends its time on, ready to be timed: a policy 18 → 128 → 128 → 15 with SELU on random observations,
 * its gradient, its Fisher product and the fit of its value function.
 */

import { PolicyExpansion } from "../../src/algorithms/trust-region/policy-expansion.ts";
import { fitTogether, ValueFunction } from "../../src/algorithms/value-function.ts";
import { hvp, valueAndGrad } from "../../src/autodiff/derivatives.ts";
import { klDivergence, logProb, logSoftmax } from "../../src/autodiff/heads.ts";
import { dense } from "../../src/autodiff/linear.ts";
import { multiply, scale, stopGradient } from "../../src/autodiff/operations.ts";
import { reshape, slice, sum } from "../../src/autodiff/shaping.ts";
import { JointCategorical } from "../../src/distributions/joint.ts";
import type { Arena } from "../../src/kernels/memory.ts";
import { initializeMlp, Mlp, type MlpShape, mlpLayout } from "../../src/nn/mlp.ts";
import { Random } from "../../src/tensor/random.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

export const SIZES = [18, 128, 128, 15];
const shape: MlpShape = { sizes: SIZES, activation: "selu" };
const LOGITS = SIZES[SIZES.length - 1];

/** Data of one agent. `headSizes` sum to 15. */
export interface PolicyData {
  readonly rows: number;
  readonly headSizes: readonly number[];
  readonly parameters: Float32Array;
  /** [rows, 18]. */
  readonly observations: Float32Array;
  /** [rows, heads]. */
  readonly actions: Int32Array;
  /** [rows]. */
  readonly advantages: Float32Array;
}

export function policyData(rows: number, headSizes: readonly number[]): PolicyData {
  const random = Random.fromSeed("policy");
  const normals = (length: number) => Float32Array.from({ length }, () => random.normal());
  const actions = Array.from({ length: rows }, () => headSizes.map((size) => random.integer(size)));
  return {
    rows,
    headSizes,
    parameters: initializeMlp(shape, random, { outputGain: 0.1 }),
    observations: normals(rows * SIZES[0]),
    actions: Int32Array.from(actions.flat()),
    advantages: normals(rows),
  };
}

/** Forward pass, log-probabilities and ∇ mean of A log π(a) by the kernels. */
export function gradientByKernels(arena: Arena, data: PolicyData): () => void {
  const { rows, parameters, advantages } = data;
  const heads = new JointCategorical(arena, data.headSizes);
  const network = new Mlp(arena, shape, parameters, rows);
  const activations = network.allocateActivations();
  const input = arena.place(data.observations);
  const actions = arena.place(data.actions);
  const count = heads.heads;
  const weights = arena.place(
    Float32Array.from({ length: rows * count }, (_, i) => -advantages[Math.floor(i / count)] / rows),
  );
  const [logProbs, probs, cotangent] = [0, 1, 2].map(() => arena.allocateF32(rows * LOGITS));
  const chosen = arena.allocateF32(rows * count);
  const gradient = arena.allocateF32(parameters.length);
  return () => {
    network.forward(input, rows, activations);
    heads.logSoftmax(activations.output, logProbs, rows);
    heads.probabilities(logProbs, probs, rows);
    heads.gather(logProbs, actions, chosen, rows);
    heads.scoreTranspose(probs, actions, weights, cotangent, rows);
    network.backward(cotangent, input, rows, activations, gradient);
  };
}

/** Logits as a function of the flat parameters. */
function logits(theta: Tensor, { rows, observations }: PolicyData): Tensor {
  const [w1, b1, w2, b2, w3, b3] = mlpLayout(shape).entries.map(({ offset, shape: size }) =>
    reshape(slice(theta, offset, offset + size.reduce((product, length) => product * length, 1)), size),
  );
  const input = { shape: [rows, SIZES[0]], values: observations };
  return dense(dense(dense(input, w1, b1, "selu"), w2, b2, "selu"), w3, b3);
}

/** The same with `valueAndGrad`. */
export function gradientByAutodiff(arena: Arena, data: PolicyData): () => void {
  const { rows, headSizes, parameters, actions, advantages: values } = data;
  const loss = (theta: Tensor): Tensor => {
    const chosen = logProb(logSoftmax(logits(theta, data), headSizes), actions, headSizes);
    return scale(sum(multiply(chosen, { shape: [rows, 1], values })), -1 / rows);
  };
  return () => void valueAndGrad(loss, { arena })(parameters);
}

/** Hessian of the mean KL times a direction with `hvp`. */
export function fisherByAutodiff(arena: Arena, data: PolicyData): () => void {
  const { rows, headSizes, parameters } = data;
  const divergence = (theta: Tensor): Tensor => {
    const logProbs = logSoftmax(logits(theta, data), headSizes);
    return scale(sum(klDivergence(stopGradient(logProbs), logProbs, headSizes)), 1 / rows);
  };
  const direction = Float32Array.from(parameters, (_, i) => Math.sin(i));
  return () => void hvp(divergence, parameters, direction, { arena });
}

/** The same from stored activations, as the algorithms do it. */
export function fisherByKernels(arena: Arena, data: PolicyData): () => void {
  const { rows, headSizes, parameters } = data;
  const fisherRows = Int32Array.from({ length: rows }, (_, row) => row);
  const placed = { observations: arena.place(data.observations), actions: arena.place(data.actions) };
  const expansion = new PolicyExpansion(
    arena,
    shape,
    headSizes,
    parameters,
    { ...placed, rows, fisherRows },
    { consensus: "joint" },
  );
  const direction = arena.place(Float32Array.from(parameters, (_, i) => Math.sin(i)));
  const product = arena.allocateF32(parameters.length);
  return () => expansion.fisher(direction, product);
}

/** Three epochs of 156 minibatches of 64 rows by Adam. */
export function valueFit(arena: Arena, { observations, advantages, rows }: PolicyData): () => void {
  const random = Random.fromSeed("value");
  const values = new ValueFunction({ sizes: [...SIZES.slice(0, -1), 1], activation: "selu" }, 3e-4, random);
  const options = { valueEpochs: 3, valueBatchSize: 64, valueDropRemainder: true };
  if (rows < 156 * 64) throw new RangeError(`${rows} rows are too few for 156 minibatches of 64`);
  const fit = { name: "value", value: values, observations, returns: advantages, options, random };
  return () => fitTogether(arena, [fit]);
}
