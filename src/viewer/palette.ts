/** Colours and type of all pictures: readable on white, also for colour-blind eyes (Okabe & Ito 2008). */
export const palette = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"] as const;
export const ink = "#1f2933";
export const muted = "#52606d";
export const faint = "#9aa5b1";
export const grid = "#e4e7eb";
export const font =
  "ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";

/** Of each round of the colours. "3 3" is that of known returns. */
const dashes = ["none", "7 4", "2 2", "12 3 2 3"] as const;

/** Lines that look different; the next one looks like the first. */
export const LINE_STYLES = palette.length * dashes.length;

/** How the line number `index` of a chart looks: the colours in turn, with another dash whenever they come again. */
export function lineStyle(index: number): LineStyle {
  const round = Math.floor(index / palette.length);
  return {
    stroke: palette[index % palette.length],
    strokeDasharray: dashes[round % dashes.length],
  };
}
export interface LineStyle {
  readonly stroke: string;
  readonly strokeDasharray: string;
}
