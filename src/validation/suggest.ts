/** The known name nearest to a mistyped one, by edit distance (Levenshtein 1966). */
import { closest, distance } from "fastest-levenshtein";

/** The likeliest of `known`, if one is near: 2 edits or 2 of 5 letters, and under 3 in 5 of its own. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const lower = fold(name);
  const folded = known.map(fold);
  const candidate = known[folded.indexOf(closest(lower, folded))];
  const limit = Math.max(2, Math.ceil(0.4 * Math.max(name.length, candidate.length)));
  const edits = distance(lower, fold(candidate));
  if (edits <= limit && edits < 0.6 * candidate.length) return candidate;
  return lower.length < 3 ? undefined : known[folded.findIndex((other) => other.includes(lower))];
}

/** What to add in brackets to a complaint about an unknown name: a guess if there is one, else all known. */
export function didYouMean(name: string, known: readonly string[]): string {
  const guess = nearest(name, known);
  if (guess !== undefined) return `did you mean "${guess}"?`;
  return known.length === 0 ? "none is allowed" : `known: ${known.join(", ")}`;
}

/** As PettingZoo's names are written here: simple_spread_v3 is simple-spread. */
function fold(name: string): string {
  return name
    .toLowerCase()
    .replaceAll("_", "-")
    .replace(/-v\d+$/, "");
}
