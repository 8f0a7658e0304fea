/** What a user's environment saves: plain JSON, since a file keeps nothing else. */
import { formatValue } from "../validation/format.ts";
import { complain, type Place } from "./contract.ts";
import { isPromise } from "./maybe-promise.ts";

/** @throws InvalidInputError naming the first part of what `saveState` returned that is no plain JSON */
export function requireSavedState(saved: unknown, place: Place): void {
  if (isPromise(saved))
    complain(place, "saveState() returned a promise; it must return a plain JSON object at once");
  const found = foreignPart(saved);
  if (found === undefined) return;
  complain(place, `saveState()${found}; use only plain objects, lists, strings and finite numbers`);
}

/** Where a value is no JSON, and what is there: ".numbers is of class Map". */
function foreignPart(value: unknown): string | undefined {
  if (typeof value !== "object") {
    const known = typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
    return known ? undefined : ` is ${formatValue(value)}`;
  }
  if (value === null) return undefined;
  const list = Array.isArray(value);
  if (!list && !isPlain(value)) return ` is of class ${value.constructor?.name}`;
  for (const [key, part] of Object.entries(value)) {
    // A key without a value is lost in a file, and nothing with it.
    const found = part === undefined && !list ? undefined : foreignPart(part);
    if (found !== undefined) return `${list ? `[${key}]` : `.${key}`}${found}`;
  }
  return undefined;
}

/** Whether it is like an object literal, also one of another frame, or without a prototype. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
