/** What a benchmark file gives to run.ts: one table of the report. */

export interface Section {
  readonly title: string;
  /** What was measured and how to read it; Markdown. */
  readonly introduction: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Called with each row as soon as it is measured. */
export type Progress = (row: readonly string[]) => void;

/** Three significant digits. */
export function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** The section as Markdown; the first column is text, the others are numbers. */
export function markdown({ title, introduction, columns, rows }: Section): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = columns.map((_, i) => (i < 2 ? "---" : "---:"));
  return [`## ${title}`, "", introduction, "", line(columns), line(rule), ...rows.map(line), ""].join("\n");
}
