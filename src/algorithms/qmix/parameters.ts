/** The parameters of a module: how they start, and where they are on a tape. */
import type { Tape } from "../../autodiff/tape.ts";
import type { Pointer } from "../../kernels/abi.ts";
import type { ParameterLayout } from "../../nn/parameters.ts";
import type { Random } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** A tensor of parameters, uniform within ± 1/√fan at the start, as PyTorch's layers are. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly fan: number;
}

/** Weight and bias of a dense layer. */
export function denseParameters(name: string, inputs: number, outputs: number): Parameter[] {
  return [
    { name: `${name}.weight`, shape: [inputs, outputs], fan: inputs },
    { name: `${name}.bias`, shape: [outputs], fan: inputs },
  ];
}

/** A fresh flat vector, the tensors one after another. */
export function initialize(parameters: readonly Parameter[], random: Random): Float32Array {
  return Float32Array.from(
    parameters.flatMap(({ shape, fan }) => {
      const bound = 1 / Math.sqrt(fan);
      const size = shape.reduce((product, length) => product * length, 1);
      return Array.from({ length: size }, () => random.uniform(-bound, bound));
    }),
  );
}

/** Gives the tensor of a name. */
export type Lookup = (name: string) => Tensor;

/** A flat vector in the arena as tensors: all of them, to differentiate by, and by name. */
export class TapeParameters {
  readonly tensors: readonly Tensor[];
  readonly #byName: ReadonlyMap<string, Tensor>;

  /** @param pointer the vector, which must stay as it is while the tape is open */
  constructor(tape: Tape, { entries }: ParameterLayout, pointer: Pointer) {
    this.tensors = entries.map(({ offset, shape }) => tape.at(pointer + 4 * offset, shape));
    this.#byName = new Map(entries.map(({ name }, i) => [name, this.tensors[i]]));
  }

  /** The tensors below a prefix; the layout has every name that a module asks for. */
  below(prefix: string): Lookup {
    return (name) => this.#byName.get(prefix + name) as Tensor;
  }
}
