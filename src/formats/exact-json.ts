/**
 * JSON that gives back every f64 it was given: −0, NaN and ±∞, which JSON turns into 0 and null, are written
 * as {"$number": "-0"}. Finite numbers survive anyway: they are printed with enough digits.
 */
const SPECIAL = new Map<string, number>([
  ["-0", -0],
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

export function stringifyExact(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => {
    if (typeof item !== "number" || (Number.isFinite(item) && !Object.is(item, -0))) return item;
    return { $number: Object.is(item, -0) ? "-0" : String(item) };
  });
}

/** @throws SyntaxError as JSON.parse does. */
export function parseExact(text: string): unknown {
  return JSON.parse(text, (_, item: unknown) => {
    if (typeof item !== "object" || item === null || !("$number" in item)) return item;
    return SPECIAL.get(String(item.$number)) ?? item;
  });
}
