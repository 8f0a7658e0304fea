/** Where two pieces of plain JSON differ, in words. */
import { formatValue } from "../validation/format.ts";

/**
 * One phrase a difference, e.g. "options.gamma is 0.99 in config.json, 0.95 in the checkpoint"; undefined
 * fields count as absent.
 */
export function differences(a: unknown, b: unknown, nameA: string, nameB: string, path = ""): string[] {
  const left = fields(a);
  const right = fields(b);
  if (left && right && Array.isArray(a) === Array.isArray(b)) {
    const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
    return keys.flatMap((key) =>
      differences(left[key], right[key], nameA, nameB, path ? `${path}.${key}` : key),
    );
  }
  if (Object.is(a, b)) return [];
  const show = (value: unknown): string => (value === undefined ? "absent" : formatValue(value));
  return [`${path} is ${show(a)} in ${nameA}, ${show(b)} in ${nameB}`];
}

const fields = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
