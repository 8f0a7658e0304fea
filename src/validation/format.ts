/** Shows a received value in an error message. */

const LONGEST = 60;

/** A received value, short enough for one line: strings quoted, NaN and Infinity by name. */
export function formatValue(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) {
    return typeof value === "string" ? shorten(JSON.stringify(value)) : String(value);
  }
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} [${shorten(String(value))}]`;
  try {
    return shorten(JSON.stringify(value));
  } catch {
    return "an object";
  }
}

function shorten(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}
