/**
 * Activation functions by name: relu, tanh, identity and selu(x) = λx for x > 0, λα(eˣ − 1) otherwise
 * (Klambauer et al. 2017).
 */
import { Activation, type ActivationCode, type ActivationName } from "../kernels/abi.ts";
import { InvalidInputError } from "../validation/errors.ts";

/** The names that configurations may use. */
export const activationNames = Object.keys(Activation) as readonly ActivationName[];

/** The kernels' number of an activation. @throws InvalidInputError for an unknown name */
export function activationCode(name: string): ActivationCode {
  if (Object.hasOwn(Activation, name)) return Activation[name as ActivationName];
  throw new InvalidInputError(`activation is "${name}"; choose one of ${activationNames.join(", ")}.`);
}
