/**
 * Activation functions by name: relu, tanh, identity and selu(x) = λx for x > 0, λα(eˣ − 1) otherwise
 * (Klambauer et al. 2017).
 */
import { InvalidInputError } from "../validation/errors.ts";
import { formatValue } from "../validation/format.ts";
import { Activation, type ActivationCode, type ActivationName } from "./abi.ts";

/** The kernels' number of an activation. @throws InvalidInputError for an unknown name */
export function activationCode(name: string): ActivationCode {
  if (Object.hasOwn(Activation, name)) return Activation[name as ActivationName];
  throw new InvalidInputError(
    `activation is ${formatValue(name)}; choose one of ${Object.keys(Activation).join(", ")}.`,
  );
}
