/** A definition is what adapters of built-in environments take; what a user writes takes the other way. */
import { InvalidInputError } from "../validation/errors.ts";
import { formatValue } from "../validation/format.ts";

/** @param taker begins the message: "vectorise" @throws InvalidInputError for anything but a definition */
export function requireDefinition(given: unknown, taker: string): void {
  if (typeof given === "object" && given !== null && "spec" in given && "create" in given) return;
  throw new InvalidInputError(
    `${taker}: got ${formatValue(given)}; it must be a definition, as makeEnvironment returns it. For an environment of ` +
      "your own call fromParallel with the function that makes it.",
  );
}
