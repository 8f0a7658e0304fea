/** What a topic gives to the report: a title, how to read it, and a table. */

export interface Section {
  readonly title: string;
  /** What was measured and how to read it; Markdown. */
  readonly introduction: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Called with each row as soon as it is measured. */
export type Progress = (row: readonly string[]) => void;

/** Three significant digits, or the integer. */
export function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** The section as Markdown; columns are numbers from the first on that looks so in the first row. */
export function markdown({ title, introduction, columns, rows }: Section): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = columns.map((_, i) =>
    rows.every((row) => /^(–|[\d.]+( .*)?)$/.test(row[i])) ? "---:" : "---",
  );
  return [`## ${title}`, "", introduction, "", line(columns), line(rule), ...rows.map(line), ""].join("\n");
}

/** The cells of all rows of the first table in a Markdown text, without its head. */
export function tableRows(text: string): string[][] {
  const lines = text.split("\n").filter((line) => line.startsWith("|"));
  return lines.slice(2).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
