/**
 * The network of policies, values and agents' utilities: layer normalisation of the input, hidden layers
 * LN(activation(x W + b)), perhaps a gated recurrent unit LN(h), output x W + b. One flat vector of parameters; a normalisation's gain and bias stand before
 * the layer that reads the normalised rows.
 */
import type { ActivationName } from "../kernels/abi.ts";
import { activationCode } from "../kernels/activations.ts";
import type { Random } from "../tensor/random.ts";
import { requireShape } from "../tensor/shape.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { orthogonal, orthogonalBlocks } from "./initializers.ts";
import { layoutOf, type ParameterEntry, type ParameterLayout } from "./parameters.ts";

export interface NetworkShape {
  readonly inputSize: number;
  readonly hiddenSizes: readonly number[];
  /** Of the hidden layers. */
  readonly activation: ActivationName;
  /** Layer normalisation of the input. */
  readonly inputNorm: boolean;
  /** Layer normalisation after each activation, and of the recurrent unit's outputs. */
  readonly hiddenNorm: boolean;
  /** Size of a gated recurrent unit after the hidden layers. @defaultValue none */
  readonly recurrentSize?: number;
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

/** A gated recurrent unit: `input` makes the input's part of its gates, weight and bias the memory's. */
export interface RecurrentLayer {
  readonly size: number;
  readonly input: DenseLayer;
  readonly weight: ParameterEntry;
  readonly bias: ParameterEntry;
}

/** The layers in order, by the tensors of theirs. */
export interface NetworkPlan {
  readonly layout: ParameterLayout;
  readonly hidden: readonly DenseLayer[];
  readonly recurrent: RecurrentLayer | undefined;
  readonly output: DenseLayer;
  readonly extra: ParameterEntry | undefined;
}

/** The network's layers. @param prefix of the tensors' names. @throws InvalidInputError for sizes that cannot be */
export function networkPlan(shape: NetworkShape, prefix = ""): NetworkPlan {
  requireSizes(shape);
  activationCode(shape.activation);
  const { hiddenSizes, recurrentSize: size } = shape;
  const layout = layoutOf(tensorsOf(shape).map(({ name, ...rest }) => ({ name: prefix + name, ...rest })));
  const find = (name: string) => layout.entries.find((entry) => entry.name === prefix + name);
  const entry = (name: string) => find(name) as ParameterEntry;
  const layer = (name: string, activation: ActivationName): DenseLayer => {
    const [gain, bias] = [find(`${name}.norm.gain`), find(`${name}.norm.bias`)];
    const norm = gain && bias && { gain, bias };
    return { weight: entry(`${name}.weight`), bias: entry(`${name}.bias`), norm, activation };
  };
  return {
    layout,
    hidden: hiddenSizes.map((_, l) => layer(`layers.${l}`, shape.activation)),
    recurrent:
      size === undefined
        ? undefined
        : {
            size,
            input: layer("recurrent", "identity"),
            weight: entry("recurrent.memory.weight"),
            bias: entry("recurrent.memory.bias"),
          },
    output: layer("output", "identity"),
    extra: find("extra"),
  };
}

/** Where the named tensors lie in the flat vector. @throws InvalidInputError for sizes that cannot be */
export function networkLayout(shape: NetworkShape, prefix = ""): ParameterLayout {
  return networkPlan(shape, prefix).layout;
}

/**
 * A fresh flat vector: weights orthogonal, each layer's drawn by itself (the recurrent unit's with gain 1), gains of
 * normalisations 1, biases 0.
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
  const { layout, hidden, recurrent, output, extra } = networkPlan(shape);
  const flat = new Float32Array(layout.size);
  for (const { name, shape: sizes, offset } of layout.entries) {
    if (name.endsWith(".gain")) flat.fill(1, offset, offset + sizes[0]);
  }
  const setOrthogonal = ({ shape: [rows, columns], offset }: ParameterEntry, gain: number) =>
    flat.set(orthogonal(random, rows, columns, gain), offset);
  for (const { weight } of hidden) setOrthogonal(weight, hiddenGain);
  if (recurrent) for (const { weight } of [recurrent.input, recurrent]) setOrthogonal(weight, 1);
  flat.set(orthogonalBlocks(random, output.weight.shape[0], heads, outputGain), output.weight.offset);
  if (options.extra) {
    requireShape("extra parameters", extra?.shape ?? [0], options.extra.length);
    flat.set(options.extra, extra?.offset);
  }
  return flat;
}

/** In the order of the flat vector. */
function tensorsOf(shape: NetworkShape): Omit<ParameterEntry, "offset">[] {
  const { inputSize, hiddenSizes, recurrentSize: units, outputSize, extraParameters = 0 } = shape;
  let [width, normed] = [inputSize, shape.inputNorm];
  const read = (name: string, columns: number, next = columns) => {
    const tensors = layerTensors(name, width, columns, normed);
    [width, normed] = [next, shape.hiddenNorm];
    return tensors;
  };
  const hidden = hiddenSizes.flatMap((size, l) => read(`layers.${l}`, size));
  const recurrent = units
    ? [...read("recurrent", 3 * units, units), ...layerTensors("recurrent.memory", units, 3 * units, false)]
    : [];
  const extra = extraParameters > 0 ? [{ name: "extra", shape: [extraParameters] }] : [];
  return [...hidden, ...recurrent, ...read("output", outputSize), ...extra];
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

function requireSizes(shape: NetworkShape): void {
  const { inputSize, hiddenSizes, recurrentSize, outputSize, extraParameters = 0 } = shape;
  const units = recurrentSize === undefined ? [] : [recurrentSize];
  const sizes = [inputSize, ...hiddenSizes, ...units, outputSize];
  if (!sizes.every((size) => Number.isSafeInteger(size) && size > 0)) {
    throw new InvalidInputError(
      `network sizes are [${sizes}]; those of input, hidden layers, recurrent unit and output must be integers ≥ 1.`,
    );
  }
  if (Number.isSafeInteger(extraParameters) && extraParameters >= 0) return;
  throw new InvalidInputError(`extraParameters is ${extraParameters}; it must be an integer ≥ 0.`);
}
