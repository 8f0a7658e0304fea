/** A list of names that may be long, in a message. */

const MOST = 3;

/** "a, b", "a, b, c and 9 more" */
export function listSome(names: readonly string[]): string {
  const more = names.length - MOST;
  return `${names.slice(0, MOST).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
