/**
 * The network of policies, values and agents' utilities: layer normalisation of the input, hidden layers
 * LN(activation(x W + b)), output x W + b. One flat vector of parameters; a normalisation's gain and bias stand before
 * the layer that reads the normalised rows.
 */
import type { ActivationName } from "../kernels/abi.ts";
import type { Random } from "../tensor/random.ts";
import { requireShape } from "../tensor/shape.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { activationCode } from "./activations.ts";
import { orthogonal, orthogonalBlocks } from "./initializers.ts";
import { layoutOf, type ParameterEntry, type ParameterLayout } from "./parameters.ts";

export interface NetworkShape {
  readonly inputSize: number;
  readonly hiddenSizes: readonly number[];
  /** Of the hidden layers. */
  readonly activation: ActivationName;
  /** Layer normalisation of the input. */
  readonly inputNorm: boolean;
  /** Layer normalisation after each activation. */
  readonly hiddenNorm: boolean;
  readonly outputSize: number;
  /** Parameters that no layer reads, such as log standard deviations; the last of the vector. @defaultValue 0 */
  readonly extraParameters?: number;
}

export interface NetworkInitialization {
  /** Gain of the hidden layers' orthogonal weights. @defaultValue √2 for relu, 5/3 for tanh, 1 otherwise */
  readonly hiddenGain?: number;
  /** Gain of the output layer. @defaultValue 1 */
  readonly outputGain?: number;
  /** Sizes of the heads the output is made of; each head's block is orthogonal by itself. @defaultValue one head */
  readonly heads?: readonly number[];
  /** First values of the extra parameters. @defaultValue all 0 */
  readonly extra?: Float32Array;
}

/** A dense layer; `norm` when it reads normalised rows. */
export interface DenseLayer {
  readonly weight: ParameterEntry;
  readonly bias: ParameterEntry;
  readonly norm: { readonly gain: ParameterEntry; readonly bias: ParameterEntry } | undefined;
  readonly activation: ActivationName;
}

/** The layers in order, by the tensors of theirs. */
export interface NetworkPlan {
  readonly layout: ParameterLayout;
  readonly hidden: readonly DenseLayer[];
  readonly output: DenseLayer;
  readonly extra: ParameterEntry | undefined;
}

/** The network's layers. @param prefix of the tensors' names. @throws InvalidInputError for sizes that cannot be */
export function networkPlan(shape: NetworkShape, prefix = ""): NetworkPlan {
  requireSizes(shape);
  activationCode(shape.activation);
  const { inputSize, hiddenSizes, inputNorm, hiddenNorm, outputSize, extraParameters = 0 } = shape;
  const sizes = [inputSize, ...hiddenSizes];
  const names = [...hiddenSizes.map((_, l) => `layers.${l}`), "output"];
  const tensors = names.flatMap((name, l) => {
    const normed = l === 0 ? inputNorm : hiddenNorm;
    return layerTensors(prefix + name, sizes[l], sizes[l + 1] ?? outputSize, normed);
  });
  const extra = { name: `${prefix}extra`, shape: [extraParameters] };
  const layout = layoutOf(extraParameters > 0 ? [...tensors, extra] : tensors);
  const entry = (name: string) => layout.entries.find((candidate) => candidate.name === prefix + name);
  const layer = (name: string, activation: ActivationName): DenseLayer => {
    const [gain, bias] = [entry(`${name}.norm.gain`), entry(`${name}.norm.bias`)];
    return {
      weight: entry(`${name}.weight`) as ParameterEntry,
      bias: entry(`${name}.bias`) as ParameterEntry,
      norm: gain && bias && { gain, bias },
      activation,
    };
  };
  return {
    layout,
    hidden: hiddenSizes.map((_, l) => layer(`layers.${l}`, shape.activation)),
    output: layer("output", "identity"),
    extra: entry("extra"),
  };
}

/** Where the named tensors lie in the flat vector. @throws InvalidInputError for sizes that cannot be */
export function networkLayout(shape: NetworkShape, prefix = ""): ParameterLayout {
  return networkPlan(shape, prefix).layout;
}

/**
 * A fresh flat vector: weights orthogonal, each layer's drawn by itself, gains of normalisations 1, biases 0.
 * @throws InvalidInputError when heads do not add up to the output size, or extra values are too few or many
 */
export function initializeNetwork(
  shape: NetworkShape,
  random: Random,
  options: NetworkInitialization = {},
): Float32Array {
  const { hiddenGain = usualGain(shape.activation), outputGain = 1, heads = [shape.outputSize] } = options;
  if (heads.reduce((sum, size) => sum + size, 0) !== shape.outputSize) {
    throw new InvalidInputError(`heads [${heads}] must add up to the output size ${shape.outputSize}.`);
  }
  const { layout, hidden, output, extra } = networkPlan(shape);
  const flat = new Float32Array(layout.size);
  for (const { norm } of [...hidden, output]) {
    if (norm) flat.fill(1, norm.gain.offset, norm.gain.offset + norm.gain.shape[0]);
  }
  for (const { weight } of hidden) {
    const [rows, columns] = weight.shape;
    flat.set(orthogonal(random, rows, columns, hiddenGain), weight.offset);
  }
  flat.set(orthogonalBlocks(random, output.weight.shape[0], heads, outputGain), output.weight.offset);
  if (options.extra) {
    requireShape("extra parameters", extra?.shape ?? [0], options.extra.length);
    flat.set(options.extra, extra?.offset);
  }
  return flat;
}

function layerTensors(name: string, rows: number, columns: number, normed: boolean) {
  const norm = [
    { name: `${name}.norm.gain`, shape: [rows] },
    { name: `${name}.norm.bias`, shape: [rows] },
  ];
  const dense = [
    { name: `${name}.weight`, shape: [rows, columns] },
    { name: `${name}.bias`, shape: [columns] },
  ];
  return normed ? [...norm, ...dense] : dense;
}

/** What keeps the size of activations from layer to layer (as in PyTorch's `calculate_gain`). */
function usualGain(activation: ActivationName): number {
  if (activation === "relu") return Math.SQRT2;
  return activation === "tanh" ? 5 / 3 : 1;
}

function requireSizes({ inputSize, hiddenSizes, outputSize, extraParameters = 0 }: NetworkShape): void {
  const sizes = [inputSize, ...hiddenSizes, outputSize];
  if (!sizes.every((size) => Number.isSafeInteger(size) && size > 0)) {
    throw new InvalidInputError(
      `network sizes are [${sizes}]; input size, hidden sizes and output size must be integers ≥ 1.`,
    );
  }
  if (Number.isSafeInteger(extraParameters) && extraParameters >= 0) return;
  throw new InvalidInputError(`extraParameters is ${extraParameters}; it must be an integer ≥ 0.`);
}
