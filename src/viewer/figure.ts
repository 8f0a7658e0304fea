/**
 * The sheet around charts: heading, legend in rows that wrap, and panels in a grid, as one SVG element. Charts are
 * elements of their own, so that each panel has its own axes.
 */
import { font, ink, type LineStyle, muted } from "./palette.ts";

export interface FigureOptions {
  readonly title: string;
  /** Facts parted by " · ", between which lines may break. */
  readonly subtitle?: string;
  /** Nothing is shown for a single entry. */
  readonly legend: readonly LegendEntry[];
  /** Pixels. */
  readonly width: number;
}
export interface LegendEntry extends LineStyle {
  readonly label: string;
}

/** A chart with its size in pixels. */
export interface Panel {
  readonly chart: Element;
  readonly width: number;
  readonly height: number;
}

const SEPARATOR = " · ";
const MARGIN = 12;
const TITLE = 26;
const SUBTITLE = 46;
const LINE = 16;
const ROW = 20;
const SWATCH = 28;
const GAP = 22;
/** Pixels of a letter at 12 px, from the wide side: nothing can be measured where the file is drawn. */
const LETTER = 6.6;

/** @param rows panels of each row, from left to right; all of a row have equal height */
export function figure(
  document: Document,
  rows: readonly (readonly Panel[])[],
  options: FigureOptions,
): Element {
  const { title, subtitle = "", width } = options;
  const lines = wrap(subtitle, width);
  const legendTop = SUBTITLE + LINE * (lines.length - 1) + 22;
  const entries = options.legend.length > 1 ? arrange(options.legend, width, legendTop) : [];
  let y = Math.max(legendTop - 12, ...entries.map((entry) => entry.y + 14));
  const parts = [
    text(document, title, { x: MARGIN, y: TITLE, "font-size": 16, "font-weight": 600 }),
    ...lines.map((line, i) => text(document, line, { x: MARGIN, y: SUBTITLE + LINE * i, fill: muted })),
    ...entries.flatMap((entry) => drawEntry(document, entry)),
  ];
  for (const panels of rows) {
    let x = 0;
    for (const panel of panels) {
      panel.chart.setAttribute("x", String(x));
      panel.chart.setAttribute("y", String(y));
      parts.push(panel.chart);
      x += panel.width;
    }
    y += Math.max(...panels.map(({ height }) => height));
  }
  const root = make(document, "svg", { width, height: y, viewBox: `0 0 ${width} ${y}`, "font-family": font });
  root.setAttribute("font-size", "12");
  root.append(make(document, "rect", { width, height: y, fill: "white" }), ...parts);
  return root;
}

/** Breaks between facts, which " · " parts, where the width ends. */
function wrap(facts: string, width: number): string[] {
  const lines = [""];
  for (const fact of facts.split(SEPARATOR)) {
    const line = lines[lines.length - 1];
    const longer = line === "" ? fact : line + SEPARATOR + fact;
    if (line === "" || longer.length * LETTER <= width - 2 * MARGIN) lines[lines.length - 1] = longer;
    else lines.push(fact);
  }
  return lines;
}

interface Placed extends LegendEntry {
  readonly x: number;
  readonly y: number;
}

/** From left to right, a new row where the width ends. */
function arrange(legend: readonly LegendEntry[], width: number, top: number): Placed[] {
  let x = MARGIN;
  let y = top;
  return legend.map((entry) => {
    const size = SWATCH + entry.label.length * LETTER;
    if (x > MARGIN && x + size > width - MARGIN) {
      x = MARGIN;
      y += ROW;
    }
    const placed = { ...entry, x, y };
    x += size + GAP;
    return placed;
  });
}

/** The name stays in ink: the paler colours are hard to read as text. */
function drawEntry(document: Document, { label, x, y, stroke, strokeDasharray }: Placed): Element[] {
  const line = { x1: x, x2: x + SWATCH - 6, y1: y - 4, y2: y - 4, stroke, "stroke-width": 4 };
  const swatch = make(document, "line", { ...line, "stroke-dasharray": strokeDasharray });
  return [swatch, text(document, label, { x: x + SWATCH, y })];
}

function text(document: Document, content: string, attributes: Attributes): Element {
  const element = make(document, "text", { fill: ink, ...attributes });
  element.textContent = content;
  return element;
}

type Attributes = Readonly<Record<string, number | string>>;

function make(document: Document, name: string, attributes: Attributes): Element {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}
