/** JSON that people may have edited: some editors of Windows put a byte order mark before it, which nobody sees. */

/** @throws SyntaxError as JSON.parse does. */
export function parseEdited(text: string): unknown {
  return JSON.parse(text.replace(/^\uFEFF/, ""));
}
