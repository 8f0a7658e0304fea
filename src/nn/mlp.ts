/**
 * Multilayer perceptron: hₗ = activation(hₗ₋₁Wₗ + bₗ), output = h W + b without activation.
 * Parameters are one flat vector W₁[in,out], b₁, W₂, b₂, …, the order that the mlp* kernels read.
 */
import type { ActivationName, Pointer } from "../kernels/abi.ts";
import { activationCode } from "../kernels/activations.ts";
import type { Arena } from "../kernels/memory.ts";
import type { Random } from "../tensor/random.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { orthogonal, orthogonalBlocks } from "./initializers.ts";
import { layoutOf, type ParameterLayout } from "./parameters.ts";

export interface MlpShape {
  /** Input, hidden layers, output; at least two. */
  readonly sizes: readonly number[];
  /** Of the hidden layers. */
  readonly activation: ActivationName;
}

export interface MlpInitialization {
  /** Gain of the hidden layers' orthogonal weights. @defaultValue √2 */
  readonly hiddenGain?: number;
  /** Gain of the output layer. @defaultValue 0.001 with `heads` (a nearly uniform policy), 1 without */
  readonly outputGain?: number;
  /** Sizes of the heads the output is made of; each head's [hidden, size] block is orthogonal by itself. */
  readonly heads?: readonly number[];
}

/** What a forward pass leaves: the hidden outputs layer after layer, each [rows,size], and output[rows,out]. */
export interface Activations {
  readonly hidden: Pointer;
  readonly output: Pointer;
}

/** Names "layers.0.weight" [in,out], "layers.0.bias" [out], … after the prefix. @throws InvalidInputError */
export function mlpLayout({ sizes }: MlpShape, prefix = ""): ParameterLayout {
  if (sizes.length < 2 || !sizes.every((size) => Number.isSafeInteger(size) && size > 0)) {
    throw new InvalidInputError(
      `network sizes are [${sizes}]; give the input size, any hidden sizes and the output size, all integers ≥ 1.`,
    );
  }
  const layers = sizes.slice(1).flatMap((size, layer) => [
    { name: `${prefix}layers.${layer}.weight`, shape: [sizes[layer], size] },
    { name: `${prefix}layers.${layer}.bias`, shape: [size] },
  ]);
  return layoutOf(layers);
}

/** Orthogonal weights and zero biases as a flat vector. @throws InvalidInputError */
export function initializeMlp(
  shape: MlpShape,
  random: Random,
  options: MlpInitialization = {},
): Float32Array {
  const { hiddenGain = Math.SQRT2, heads } = options;
  const outputGain = options.outputGain ?? (heads ? 0.001 : 1);
  const { entries, size } = mlpLayout(shape);
  const outputSize = shape.sizes[shape.sizes.length - 1];
  const headSizes = heads ?? [outputSize];
  if (headSizes.reduce((sum, head) => sum + head, 0) !== outputSize) {
    throw new InvalidInputError(`heads [${headSizes}] must add up to the output size ${outputSize}.`);
  }
  const flat = new Float32Array(size);
  const weights = entries.filter(({ shape: dimensions }) => dimensions.length === 2);
  for (const [layer, { shape: dimensions, offset }] of weights.entries()) {
    const [rows, columns] = dimensions;
    const last = layer === weights.length - 1;
    const matrix = last
      ? orthogonalBlocks(random, rows, headSizes, outputGain)
      : orthogonal(random, rows, columns, hiddenGain);
    flat.set(matrix, offset);
  }
  return flat;
}

/** A network in the arena for hot paths; sizes and scratch are allocated once, in the constructing scope. */
export class Mlp {
  readonly shape: MlpShape;
  readonly layout: ParameterLayout;
  /** The flat vector. */
  readonly parameters: Pointer;
  readonly maxRows: number;
  readonly #arena: Arena;
  readonly #layers: number;
  readonly #sizes: Pointer;
  readonly #activation: number;
  readonly #scratch: Pointer;

  /**
   * @param parameters values to copy into the arena, or where they already are.
   * @param maxRows the most rows that any pass will have.
   * @throws InvalidInputError when sizes, activation or number of parameters are wrong.
   */
  constructor(arena: Arena, shape: MlpShape, parameters: Float32Array | Pointer, maxRows: number) {
    this.shape = shape;
    this.layout = mlpLayout(shape);
    this.maxRows = maxRows;
    this.#arena = arena;
    this.#activation = activationCode(shape.activation);
    this.#layers = shape.sizes.length - 1;
    if (typeof parameters !== "number" && parameters.length !== this.layout.size) {
      throw new InvalidInputError(
        `the network has ${this.layout.size} parameters, but ${parameters.length} values were given.`,
      );
    }
    this.parameters = typeof parameters === "number" ? parameters : arena.place(parameters);
    this.#sizes = arena.place(Int32Array.from(shape.sizes));
    this.#scratch = arena.allocate(arena.kernels.mlpScratchBytes(this.#layers, this.#sizes, maxRows));
  }

  /** Room for the activations of this many rows. */
  allocateActivations(rows = this.maxRows): Activations {
    const { sizes } = this.shape;
    const hiddenSize = sizes.slice(1, -1).reduce((sum, size) => sum + size, 0);
    return {
      hidden: this.#arena.allocateF32(rows * hiddenSize),
      output: this.#arena.allocateF32(rows * sizes[sizes.length - 1]),
    };
  }

  /** Fills `activations` for input[rows,in]. The other passes need these very input, rows and activations. */
  forward(input: Pointer, rows: number, activations: Activations): void {
    const { hidden, output } = activations;
    this.#check(rows);
    this.#arena.kernels.mlpForwardF32(
      this.#layers,
      this.#sizes,
      this.#activation,
      this.parameters,
      input,
      hidden,
      output,
      rows,
      this.#scratch,
    );
  }

  /** outputTangent[rows,out]: derivative of the output along `direction`, a vector like the parameters. */
  tangent(
    direction: Pointer,
    input: Pointer,
    rows: number,
    { hidden }: Pick<Activations, "hidden">,
    outputTangent: Pointer,
  ): void {
    this.#check(rows);
    this.#arena.kernels.mlpTangentF32(
      this.#layers,
      this.#sizes,
      this.#activation,
      this.parameters,
      direction,
      input,
      hidden,
      outputTangent,
      rows,
      this.#scratch,
    );
  }

  /** gradient (like the parameters, overwritten) = Σ over rows of (d output)ᵀ cotangent[rows,out]. */
  backward(
    cotangent: Pointer,
    input: Pointer,
    rows: number,
    { hidden }: Pick<Activations, "hidden">,
    gradient: Pointer,
  ): void {
    this.#check(rows);
    this.#arena.kernels.mlpBackwardF32(
      this.#layers,
      this.#sizes,
      this.#activation,
      this.parameters,
      input,
      hidden,
      cotangent,
      gradient,
      rows,
      this.#scratch,
    );
  }

  #check(rows: number): void {
    if (rows <= this.maxRows) return;
    throw new InvalidInputError(`a pass over ${rows} rows does not fit a network made for ${this.maxRows}.`);
  }
}

/** Outputs [rows,out] for input[rows,in]. @throws InvalidInputError when sizes do not fit */
export function predictMlp(
  arena: Arena,
  shape: MlpShape,
  parameters: Float32Array,
  input: Float32Array,
  rows: number,
): Float32Array {
  if (input.length !== rows * shape.sizes[0]) {
    throw new InvalidInputError(
      `the input has ${input.length} values, but ${rows} rows of ${shape.sizes[0]} are needed.`,
    );
  }
  return arena.scope(() => {
    const network = new Mlp(arena, shape, parameters, rows);
    const activations = network.allocateActivations();
    network.forward(arena.place(input), rows, activations);
    return arena.read(activations.output, rows * shape.sizes[shape.sizes.length - 1]);
  });
}
