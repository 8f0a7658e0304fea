/**
 * The sheet around charts: heading and legend in lines that wrap, and panels in a grid, as one SVG element. Charts are
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

const MARGIN = 12;
const TITLE = 26;
const SUBTITLE = 46;
const LINE = 16;
const ROW = 20;
const SWATCH = 28;
const GAP = 22;
/** Pixels of a letter at 12 px, from the wide side: nothing can be measured where the file is drawn. */
const LETTER = 6.6;
/** The same of the title, at 16 px and bold. */
const TITLE_LETTER = 9.2;
const TITLE_LINE = 21;

/** @param rows panels of each row, from left to right; all of a row have equal height */
export function figure(
  document: Document,
  rows: readonly (readonly Panel[])[],
  options: FigureOptions,
): Element {
  const { title, subtitle = "", width } = options;
  const room = width - 2 * MARGIN;
  const heading = wrap(title, LISTED, room / TITLE_LETTER);
  const lines = wrap(subtitle, FACTS, room / LETTER);
  const subtitleTop = SUBTITLE + TITLE_LINE * (heading.length - 1);
  const legendTop = subtitleTop + LINE * (lines.length - 1) + 22;
  const entries = options.legend.length > 1 ? arrange(options.legend, width, legendTop) : [];
  let y = Math.max(legendTop - 12, ...entries.map((entry) => entry.y + 14 + LINE * (entry.lines.length - 1)));
  const parts = [
    ...heading.map((line, i) => {
      return text(document, line, {
        x: MARGIN,
        y: TITLE + TITLE_LINE * i,
        "font-size": 16,
        "font-weight": 600,
      });
    }),
    ...lines.map((line, i) => text(document, line, { x: MARGIN, y: subtitleTop + LINE * i, fill: muted })),
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

/** Where a text may break, and what then ends the line. */
interface Breaks {
  readonly at: string;
  readonly end: string;
}
const FACTS: Breaks = { at: " · ", end: "" };
const LISTED: Breaks = { at: ", ", end: "," };

/** Lines of at most so many letters; a part that is longer stands alone. */
function wrap(content: string, { at, end }: Breaks, letters: number): string[] {
  const lines: string[] = [];
  for (const part of content.split(at)) {
    const line = lines.at(-1);
    const longer = `${line}${at}${part}`;
    if (line === undefined) lines.push(part);
    else if (longer.length + end.length <= letters) lines[lines.length - 1] = longer;
    else {
      lines[lines.length - 1] = line + end;
      lines.push(part);
    }
  }
  return lines;
}

interface Placed extends LegendEntry {
  /** Of the label. */
  readonly lines: readonly string[];
  readonly x: number;
  readonly y: number;
}

/** From left to right, a new row where the width ends; a label that is wider than that goes on below itself. */
function arrange(legend: readonly LegendEntry[], width: number, top: number): Placed[] {
  let x = MARGIN;
  let y = top;
  let height = ROW;
  return legend.map((entry) => {
    const lines = wrap(entry.label, LISTED, (width - 2 * MARGIN - SWATCH) / LETTER);
    const size = SWATCH + Math.max(...lines.map(({ length }) => length)) * LETTER;
    if (x > MARGIN && x + size > width - MARGIN) {
      x = MARGIN;
      y += height;
      height = ROW;
    }
    height = Math.max(height, ROW + LINE * (lines.length - 1));
    const placed = { ...entry, lines, x, y };
    x += size + GAP;
    return placed;
  });
}

/** The name stays in ink: the paler colours are hard to read as text. */
function drawEntry(document: Document, { lines, x, y, stroke, strokeDasharray }: Placed): Element[] {
  const line = { x1: x, x2: x + SWATCH - 6, y1: y - 4, y2: y - 4, stroke, "stroke-width": 4 };
  const swatch = make(document, "line", { ...line, "stroke-dasharray": strokeDasharray });
  return [swatch, ...lines.map((line, i) => text(document, line, { x: x + SWATCH, y: y + LINE * i }))];
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
