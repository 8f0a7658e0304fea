/** Options of calls that no schema describes: a mistyped one is refused instead of ignored. */
import { InvalidInputError } from "./errors.ts";
import { formatValue } from "./format.ts";
import { didYouMean } from "./suggest.ts";

/** @param wanted says what to give. @throws InvalidInputError for what is no object */
export function requireObject(given: unknown, what: string, wanted: string): void {
  if (typeof given === "object" && given !== null) return;
  throw new InvalidInputError(`${what}: got ${formatValue(given)}; give ${wanted}`);
}

/**
 * @param what names the options in the message, e.g. "options of learn"
 * @throws InvalidInputError for what is no object, or naming the first key that is not known and the nearest that is
 */
export function requireKnownKeys(given: object, known: readonly string[], what: string): void {
  requireObject(given, what, `an object with keys ${known.join(", ")}`);
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw new InvalidInputError(`${what}: unknown key ${formatValue(unknown)} (${didYouMean(unknown, known)})`);
}
