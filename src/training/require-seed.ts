/** Seeds of models and evaluations are numbers: the text "1" would start other streams than 1. */
import { InvalidInputError } from "../validation/errors.ts";
import { formatValue } from "../validation/format.ts";

/** @throws InvalidInputError for anything but an integer from 0 */
export function requireSeed(seed: number): void {
  if (Number.isSafeInteger(seed) && seed >= 0) return;
  throw new InvalidInputError(`seed is ${formatValue(seed)}; it must be an integer of at least 0`);
}
