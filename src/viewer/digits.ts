/** How returns are written beside a picture, all of them alike. */

/** Digits that are shown of the largest return. */
const DIGITS = 3;
/** What needs more is as good as 0. */
const MOST_DECIMALS = 12;

/** Decimals with which the largest of the values has three digits; at least one. */
export function decimalsFor(values: readonly number[]): number {
  let rest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  let decimals = 1;
  for (; rest > 0 && rest < 10 ** (DIGITS - 2) && decimals < MOST_DECIMALS; rest *= 10) decimals++;
  return decimals;
}

/** −65.3; nothing is −0.0. */
export function formatDecimals(value: number, decimals: number): string {
  const size = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(size) > 0 ? `−${size}` : size;
}
