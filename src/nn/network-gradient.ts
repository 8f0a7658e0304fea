/** The gradient of a loss of a network's outputs by its parameters, as one flat vector. */
import { rules } from "../autodiff/rules.ts";
import { pullBack } from "../autodiff/sweeps.ts";
import { Tape } from "../autodiff/tape.ts";
import type { Pointer } from "../kernels/abi.ts";
import type { Arena } from "../kernels/memory.ts";
import { formatShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { type NetworkShape, networkLayout } from "./network.ts";
import { gatherInto, type NetworkData, TapeNetwork } from "./network-tape.ts";

/** A scalar of the outputs [rows, outputSize] and, if there are any, the extra parameters. */
export type NetworkLoss = (output: Tensor, extra: Tensor | undefined) => Tensor;

export interface NetworkGradient {
  readonly value: number;
  /** Laid out like the parameters, in the arena's scope that the call was made in. */
  readonly gradient: Pointer;
}

/**
 * Value and gradient of a loss at these parameters (a flat vector in the arena). What is computed on the way is freed
 * at the end of the call; the loss may `read` what else is wanted of its tensors.
 * @throws InvalidInputError when the loss is no scalar
 */
export function gradientOf(
  arena: Arena,
  shape: NetworkShape,
  parameters: Pointer,
  data: NetworkData,
  loss: NetworkLoss,
): NetworkGradient {
  const gradient = arena.allocateF32(networkLayout(shape).size);
  const value = Tape.run(arena, rules, (tape) => {
    const network = new TapeNetwork(tape, shape, parameters);
    const result = loss(network.forward(data), network.extra);
    if (result.shape.length > 0) {
      throw new InvalidInputError(
        `gradientOf: the loss has shape ${formatShape(result.shape)}; return a scalar, such as its mean.`,
      );
    }
    const slopes = pullBack(tape, result, tape.fill(1, []), network.parameters);
    gatherInto(arena, slopes, gradient);
    return result.read()[0];
  });
  return { value, gradient };
}
