/** Where a command writes and how it learns that it should stop; a test gives its own. */

import { formatNumber } from "../experiments/markdown.ts";

export interface Terminal {
  /** Results. */
  readonly out: (text: string) => void;
  /** Progress, warnings and errors. */
  readonly err: (text: string) => void;
  /** Whether a person watches: then progress is drawn in place. */
  readonly interactive: boolean;
  readonly columns: number;
  /** How the user started the program, for commands to try next: "npx marlstone", "node dist/cli/main.js". */
  readonly command: string;
  /** From the call on, a wish to stop aborts the signal instead of ending the program. */
  readonly catchStop: () => AbortSignal;
}

/** The user asked to stop and everything is saved. */
export class Interrupted extends Error {}

/** Something went wrong that the user could not have known; all else is done and saved. */
export class Failed extends Error {}

export const plural = (count: number, noun: string): string =>
  `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;

export const formatCount = (count: number): string => Math.round(count).toLocaleString("en");

/** A text in so many columns; "…" stands for what does not fit. */
export const cut = (text: string, columns: number): string =>
  text.length > columns ? `${text.slice(0, columns - 1)}…` : text;

/** −65.3, three digits below 1: 0.133; "–" when there is none. */
export function formatReturn(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  return Math.abs(value) < 1 ? formatNumber(value) : value.toFixed(1).replace("-", "−");
}

/** The first `count` of a run: "iteration 1", "iterations 1 to 3". */
export const nameIterations = (count: number): string =>
  count === 1 ? "iteration 1" : `iterations 1 to ${formatCount(count)}`;

/** Both to two digits of the standard error: −65.3 ± 1.2, 0.094 ± 0.052, −1651 ± 38; the error is left out where there is none. */
export function formatScore({ return: mean, standardError }: Score): string {
  if (standardError === null) return formatReturn(mean);
  // Of episodes that are all alike only rounding differs.
  if (standardError <= 1e-9 * Math.abs(mean)) return `${formatNumber(mean)} ± 0`;
  const [, exponent] = standardError.toExponential(1).split("e");
  const decimals = Math.min(MOST_DECIMALS, Math.max(0, 1 - Number(exponent)));
  return `${mean.toFixed(decimals).replace("-", "−")} ± ${standardError.toFixed(decimals)}`;
}
const MOST_DECIMALS = 100;
interface Score {
  readonly return: number;
  readonly standardError: number | null;
}

/** 95 → "1:35 minutes", 3700 → "1:01:40 hours". */
export const formatMinutes = (seconds: number): string =>
  `${formatDuration(seconds)} ${Math.round(seconds) < 3600 ? "minutes" : "hours"}`;

/** 95 → "1:35", 3700 → "1:01:40". */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((part) => String(part).padStart(2, "0"));
  const hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours}:${parts.join(":")}` : parts.join(":").replace(/^0/, "");
}
