/** Tables and numbers in Markdown. */
import type { Interval } from "../statistics/student.ts";

/** @param rows the first is the head */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const [head, ...body] = rows.map((row) => `| ${row.map(escapeCell).join(" | ")} |`);
  const rule = `|${"---|".repeat(rows[0].length)}`;
  return [head, rule, ...body].join("\n");
}

const escapeCell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

/** Two digits after the point from 1 on, one from 100 on, three significant digits below 1. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  const text = size >= 99.95 ? value.toFixed(1) : size >= 0.9995 ? value.toFixed(2) : value.toPrecision(3);
  return Number(text) === 0 ? "0" : text.replaceAll("-", "−");
}

/** "−61.52 ± 1.24": an interval that is symmetric; the estimate alone where one value has no width. */
export function plusMinus({ estimate, low, high }: Interval, values: number): string {
  if (values < 2) return formatNumber(estimate);
  const half = (high - low) / 2;
  return `${formatNumber(estimate)} ± ${half > 0 && half < 1 ? half.toPrecision(2).replace("-", "−") : formatNumber(half)}`;
}

/** "−61.52 [−62.80, −60.13]"; the estimate alone where one value has no width. */
export function withBounds({ estimate, low, high }: Interval, values: number): string {
  if (values < 2) return formatNumber(estimate);
  return `${formatNumber(estimate)} [${formatNumber(low)}, ${formatNumber(high)}]`;
}

/** "1 h 03 min", "4 min 20 s", "12.3 s". */
export function formatDuration(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 3599.5) return inUnits(Math.round(seconds), "min", "s");
  return inUnits(Math.round(seconds / 60), "h", "min");
}

const inUnits = (count: number, large: string, small: string): string =>
  `${Math.floor(count / 60)} ${large} ${String(count % 60).padStart(2, "0")} ${small}`;
