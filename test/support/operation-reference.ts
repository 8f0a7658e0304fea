/** Every operation of the tape in plain f64, the rival of the rule table in tests. */
import type { OperationName, Options } from "../../src/autodiff/rule.ts";
import type { ActivationName } from "../../src/kernels/abi.ts";
import { type Shape, sizeOf } from "../../src/tensor/shape.ts";
import { gruGradientReference, gruReference } from "./gru-reference.ts";
import { logSoftmaxReference } from "./heads-reference.ts";

export interface Array64 {
  readonly shape: Shape;
  readonly values: Float64Array;
}
type Reference<Name extends OperationName> = (
  inputs: readonly Array64[],
  options: Options<Name>,
) => Float64Array;

const SELU_SCALE = 1.0507009873554805;
const SELU_LIMIT = 1.7580993408473766;

const activations: Record<ActivationName, (x: number) => number> = {
  identity: (x) => x,
  relu: (x) => Math.max(0, x),
  tanh: Math.tanh,
  selu: (x) => (x > 0 ? SELU_SCALE * x : SELU_LIMIT * Math.expm1(x)),
};

/** activation′(x) by y = activation(x). */
const slopes: Record<ActivationName, (y: number) => number> = {
  identity: () => 1,
  relu: (y) => (y > 0 ? 1 : 0),
  tanh: (y) => 1 - y * y,
  selu: (y) => (y > 0 ? SELU_SCALE : y + SELU_LIMIT),
};

export const references: { readonly [Name in OperationName]: Reference<Name> } = {
  add: entrywise((x, y) => x + y),
  subtract: entrywise((x, y) => x - y),
  multiply: entrywise((x, y) => x * y),
  divide: entrywise((x, y) => x / y),
  scale: ([x], { factor }) => x.values.map((value) => factor * value),
  exp: entrywise(Math.exp),
  log: entrywise(Math.log),
  sqrt: entrywise(Math.sqrt),
  sin: entrywise(Math.sin),
  cos: entrywise(Math.cos),
  activate: ([x], { activation }) => x.values.map(activations[activation]),
  activationGradient: ([y, g], { activation }) =>
    y.values.map((value, i) => slopes[activation](value) * g.values[i]),
  greater: entrywise((x, y) => (x > y ? 1 : 0)),
  where: entrywise((mask, x, y) => (mask !== 0 ? x : y)),
  stopGradient: ([x]) => x.values,
  matmul: ([a, b], { transposed }) =>
    product(transposed === "first" ? turned(a) : a, transposed === "second" ? turned(b) : b),
  dense: ([x, w, b], { activation }) =>
    product(x, w).map((value, i) => activations[activation](value + b.values[i % b.values.length])),
  broadcast: ([x], { shape }) =>
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => x.values[sourceOf(i, x.shape, shape)]),
  sumTo([x], { shape }) {
    const sums = new Float64Array(sizeOf(shape));
    for (const [i, value] of x.values.entries()) sums[sourceOf(i, shape, x.shape)] += value;
    return sums;
  },
  reshape: ([x]) => x.values,
  slice({ 0: x }, { start, end }) {
    const row = sizeOf(x.shape.slice(1));
    return x.values.slice(start * row, end * row);
  },
  pad({ 0: x }, { start, rows }) {
    const row = sizeOf(x.shape.slice(1));
    const padded = new Float64Array(rows * row);
    padded.set(x.values, start * row);
    return padded;
  },
  gather({ 0: x }, { indices }) {
    const picks = indices.length / x.shape[0];
    return Float64Array.from(indices, (column, i) => x.values[Math.floor(i / picks) * x.shape[1] + column]);
  },
  scatter({ 0: x }, { indices, columns }) {
    const sums = new Float64Array(x.shape[0] * columns);
    for (const [i, column] of indices.entries()) {
      sums[Math.floor(i / x.shape[1]) * columns + column] += x.values[i];
    }
    return sums;
  },
  gru: ([a, w, b, initial], { starts }) => gruReference({ a, w, b, initial, starts }).outputs,
  gruGradient: ([a, w, b, initial, g], { starts }) =>
    gruGradientReference({ a, w, b, initial, starts }, g.values),
  layerNorm: ([x], { epsilon }) => normalRows(x, epsilon).values,
  layerNormScale: ([x], { epsilon }) => normalRows(x, epsilon).scales,
  layerNormGradient: ([y, s, g]) => {
    const columns = y.shape[1];
    const means = rowMeans(g.values, columns);
    const slopes = rowMeans(
      y.values.map((value, i) => value * g.values[i]),
      columns,
    );
    return g.values.map((value, i) => {
      const row = Math.floor(i / columns);
      return s.values[row] * (value - means[row] - y.values[i] * slopes[row]);
    });
  },
  softmaxEntropy: ([logits], { sizes }) => softmaxEntropies(logits.values, sizes).values,
  softmaxEntropyGradient: ([logits, g], { sizes }) => {
    const { values, logProbs, headOf } = softmaxEntropies(logits.values, sizes);
    return logProbs.map((logP, i) => {
      const head = headOf[i];
      return -g.values[head] * Math.exp(logP) * (logP + values[head]);
    });
  },
  logSoftmax: ([logits], { sizes }) => logSoftmaxReference(logits.values, sizes),
};

function entrywise(f: (...values: number[]) => number) {
  return (inputs: readonly Array64[]): Float64Array =>
    inputs[0].values.map((_, i) => f(...inputs.map(({ values }) => values[i])));
}

/** Entropies of all heads, and which head each logit belongs to. */
function softmaxEntropies(logits: Float64Array, sizes: readonly number[]) {
  const logProbs = logSoftmaxReference(logits, sizes);
  const headOf: number[] = [];
  for (let head = 0; headOf.length < logits.length; head++) {
    for (let i = 0; i < sizes[head % sizes.length]; i++) headOf.push(head);
  }
  const values = new Float64Array(headOf[headOf.length - 1] + 1);
  for (const [i, head] of headOf.entries()) values[head] -= Math.exp(logProbs[i]) * logProbs[i];
  return { values, logProbs, headOf };
}

function rowMeans(values: Float64Array, columns: number): Float64Array {
  const means = new Float64Array(values.length / columns);
  for (const [i, value] of values.entries()) means[Math.floor(i / columns)] += value / columns;
  return means;
}

function normalRows({ shape: [, columns], values }: Array64, epsilon: number) {
  const means = rowMeans(values, columns);
  const centred = values.map((value, i) => value - means[Math.floor(i / columns)]);
  const variances = rowMeans(
    centred.map((value) => value * value),
    columns,
  );
  const scales = variances.map((variance) => 1 / Math.sqrt(variance + epsilon));
  return { values: centred.map((value, i) => value * scales[Math.floor(i / columns)]), scales };
}

/** Where in an array of shape `small` value i of its broadcast to `large` comes from. */
function sourceOf(i: number, small: Shape, large: Shape): number {
  let place = 0;
  let stride = 1;
  for (let back = 1; back <= large.length; back++) {
    const coordinate = i % large[large.length - back];
    i = Math.floor(i / large[large.length - back]);
    const size = small[small.length - back] ?? 1;
    if (size > 1) place += coordinate * stride;
    stride *= size;
  }
  return place;
}

function turned({ shape: [rows, columns], values }: Array64): Array64 {
  const swapped = values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)]);
  return { shape: [columns, rows], values: swapped };
}

function product(a: Array64, b: Array64): Float64Array {
  const [m, k] = a.shape;
  const n = b.shape[1];
  return Float64Array.from({ length: m * n }, (_, i) => {
    let sum = 0;
    for (let l = 0; l < k; l++) sum += a.values[Math.floor(i / n) * k + l] * b.values[l * n + (i % n)];
    return sum;
  });
}
