/** A random network with what its kernels read and write, ready for runBoth. */
import { Activation, type ActivationName } from "../../src/kernels/abi.ts";
import type { MlpShape } from "../../src/nn/mlp.ts";
import type { Random } from "../../src/tensor/random.ts";
import { runBoth, wasmArena } from "./kernels.ts";

const normals = (random: Random, length: number, scale = 1) =>
  Float32Array.from({ length }, () => scale * random.normal());

export interface RandomNetwork {
  readonly shape: MlpShape;
  readonly rows: number;
  readonly activation: number;
  readonly layers: number;
  readonly parameters: Float32Array;
  readonly input: Float32Array;
  /** Of the hidden layers one after another, as mlpForwardF32 stored them. */
  readonly hidden: Float32Array;
  readonly output: Float32Array;
  /** The arrays that every mlp* kernel takes. */
  readonly buffers: {
    readonly sizes: Int32Array;
    readonly parameters: Float32Array;
    readonly input: Float32Array;
    readonly hidden: Float32Array;
    readonly scratch: Float32Array;
  };
  normals(length: number): Float32Array;
}

/** Normal parameters scaled by 1/√(inputs of the layer), normal inputs, and the forward pass of both kernels. */
export function randomNetwork(
  random: Random,
  sizes: readonly number[],
  activation: ActivationName,
  rows: number,
  shift = 0,
): RandomNetwork {
  const layers = sizes.length - 1;
  const code = Activation[activation];
  const parts = sizes
    .slice(1)
    .map((size, l) => normals(random, (sizes[l] + 1) * size, 1 / Math.sqrt(sizes[l])));
  const parameters = Float32Array.from(parts.flatMap((part) => [...part]));
  const hiddenSize = sizes.slice(1, -1).reduce((sum, size) => sum + size, 0);
  const sizesPlaced = Int32Array.from(sizes);
  const scratchBytes = wasmArena.scope(() =>
    wasmArena.kernels.mlpScratchBytes(layers, wasmArena.place(sizesPlaced), rows),
  );
  const buffers = {
    sizes: sizesPlaced,
    parameters,
    input: normals(random, rows * sizes[0]),
    scratch: new Float32Array(scratchBytes / 4),
  };
  const outputs = {
    hidden: new Float32Array(rows * hiddenSize),
    output: new Float32Array(rows * sizes[layers]),
  };
  const { after } = runBoth(
    { ...buffers, ...outputs },
    (kernels, at) =>
      kernels.mlpForwardF32(
        layers,
        at.sizes,
        code,
        at.parameters,
        at.input,
        at.hidden,
        at.output,
        rows,
        at.scratch,
      ),
    shift,
  );
  return {
    shape: { sizes, activation },
    rows,
    activation: code,
    layers,
    parameters,
    input: buffers.input,
    hidden: after.hidden,
    output: after.output,
    buffers: { ...buffers, hidden: after.hidden },
    normals: (length) => normals(random, length),
  };
}

/** The tangent of the outputs along `direction`. */
export function tangentOf(network: RandomNetwork, direction: Float32Array, shift = 0): Float32Array {
  const { layers, activation, rows, buffers, output } = network;
  const { after } = runBoth(
    { ...buffers, direction, tangent: new Float32Array(output.length) },
    (kernels, at) =>
      kernels.mlpTangentF32(
        layers,
        at.sizes,
        activation,
        at.parameters,
        at.direction,
        at.input,
        at.hidden,
        at.tangent,
        rows,
        at.scratch,
      ),
    shift,
  );
  return after.tangent;
}

/** The gradient of ⟨output, cotangent⟩. */
export function gradientOf(network: RandomNetwork, cotangent: Float32Array, shift = 0): Float32Array {
  const { layers, activation, rows, buffers, parameters } = network;
  const { after } = runBoth(
    { ...buffers, cotangent, gradient: new Float32Array(parameters.length).fill(Number.NaN) },
    (kernels, at) =>
      kernels.mlpBackwardF32(
        layers,
        at.sizes,
        activation,
        at.parameters,
        at.input,
        at.hidden,
        at.cotangent,
        at.gradient,
        rows,
        at.scratch,
      ),
    shift,
  );
  return after.gradient;
}

/** The Fisher product for heads of these sizes with probabilities `probs`. */
export function fisherOf(
  network: RandomNetwork,
  headSizes: readonly number[],
  probs: Float32Array,
  direction: Float32Array,
  shift = 0,
): Float32Array {
  const { layers, activation, rows, buffers, parameters } = network;
  const { after } = runBoth(
    {
      ...buffers,
      probs,
      headSizes: Int32Array.from(headSizes),
      direction,
      product: new Float32Array(parameters.length).fill(Number.NaN),
    },
    (kernels, at) =>
      kernels.fisherProductF32(
        layers,
        at.sizes,
        activation,
        at.parameters,
        at.input,
        at.hidden,
        at.probs,
        headSizes.length,
        at.headSizes,
        at.direction,
        at.product,
        rows,
        at.scratch,
      ),
    shift,
  );
  return after.product;
}
