/** Text in columns. */

/** Columns that a text takes on a terminal: combining marks, as in π̂, take none. */
const width = (text: string): number => text.replace(/\p{M}/gu, "").length;

/** Pads every column but the last to its widest cell; two spaces between. */
export function table(rows: readonly (readonly string[])[], indent = ""): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, width(cell));
  }
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell + " ".repeat(widths[i] - width(cell))))
      .join("  ");
  return rows.map((row) => `${indent}${line(row)}`.trimEnd()).join("\n");
}
