/**
 * An episode as one animated SVG (SMIL): the world above, the return so far below. It plays by itself in any
 * browser and in a README; `replay-page.ts` puts controls around the same picture.
 */
import type { Drawing, Shape } from "../environments/environment.ts";
import { decimalsFor, formatDecimals } from "./digits.ts";
import { describeLength, type Episode, returnsSoFar } from "./episode.ts";
import { type Clock, element, escapeMarkup } from "./markup.ts";
import { faint, font, grid, ink, muted, palette } from "./palette.ts";
import { type ReplayOptions, replayOptions } from "./replay-options.ts";

const WIDTH = 520;
const MARGIN = 20;
const HEADER = 44;
const STRIP = 96;
/** Pixels of a letter of a label, 12 px and bold. */
const LETTER = 7.2;
/** Between a circle and a label beside it. */
const GAP = 3;

type Circle = Extract<Shape, { kind: "circle" }>;
type Line = Extract<Shape, { kind: "line" }>;
/** Maps world coordinates to pixels. */
interface Frame {
  readonly x: (x: number) => number;
  readonly y: (y: number) => number;
  readonly scale: number;
  readonly height: number;
}

/**
 * The picture as text, to be written to a file that ends in .svg.
 * @throws InvalidInputError for options that are unknown, missing or out of range
 */
export function replaySvg(episode: Episode, options: ReplayOptions): string {
  const { title, secondsPerFrame } = replayOptions(options);
  const drawings = drawingsAt(episode);
  const clock = { secondsPerFrame, frames: drawings.length };
  const frame = fit(drawings.map(({ view }) => view));
  const height = HEADER + frame.height + STRIP;
  const parts = [
    element("rect", { width: WIDTH, height, fill: "white" }),
    text(title, { x: MARGIN, y: 28, "font-size": 15, "font-weight": 600 }),
    element("rect", {
      x: MARGIN,
      y: HEADER,
      width: WIDTH - 2 * MARGIN,
      height: frame.height,
      fill: "none",
      stroke: grid,
    }),
    ...tracks(drawings).map((track) => drawTrack(track, frame, clock)),
    returnStrip(episode, HEADER + frame.height, clock),
  ];
  const size = { viewBox: `0 0 ${WIDTH} ${Math.ceil(height)}`, width: WIDTH, height: Math.ceil(height) };
  return element(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", ...size, "font-family": font, fill: ink },
    parts.join("\n"),
  );
}

/** [steps + 1] before each step, and after the last: the world is not seen once more, so its last picture stands. */
function drawingsAt({ frames, rewards }: Episode): Drawing[] {
  return Array.from({ length: rewards.length + 1 }, (_, step) => frames[Math.min(step, frames.length - 1)]);
}

/** The rectangle that holds what every frame wants to show. */
function fit(views: readonly Drawing["view"][]): Frame {
  const [xMin, yMin] = [0, 1].map((side) => Math.min(...views.map((view) => view[side])));
  const [xMax, yMax] = [2, 3].map((side) => Math.max(...views.map((view) => view[side])));
  const scale = (WIDTH - 2 * MARGIN) / (xMax - xMin);
  return {
    scale,
    height: (yMax - yMin) * scale,
    x: (x) => MARGIN + (x - xMin) * scale,
    y: (y) => HEADER + (yMax - y) * scale,
  };
}

/** The n-th shape of every frame; undefined where it is missing or looks otherwise. */
type Track = readonly (Shape | undefined)[];

function tracks(frames: readonly Drawing[]): Track[] {
  const most = Math.max(...frames.map(({ shapes }) => shapes.length));
  return Array.from({ length: most }, (_, i) => {
    const column = frames.map(({ shapes }) => shapes[i] ?? undefined);
    const looks = new Set(column.flatMap((shape) => (shape ? lookOf(shape) : [])));
    return [...looks].map((look) =>
      column.map((shape) => (shape && lookOf(shape) === look ? shape : undefined)),
    );
  }).flat();
}

/** What cannot change in a drawn element: a circle that is filled later is another circle. */
const lookOf = (shape: Shape): string => (shape.kind === "circle" && shape.outline ? "outline" : shape.kind);

function drawTrack(track: Track, frame: Frame, clock: Clock): string {
  const present = track.find((shape) => shape !== undefined) as Shape;
  const filled = fillGaps(track, present);
  const visibility = track.map((shape) => (shape ? "visible" : "hidden"));
  const drawn =
    present.kind === "circle"
      ? drawCircle(filled as readonly Circle[], frame, clock) +
        drawLabels(track as readonly (Circle | undefined)[], filled as readonly Circle[], frame, clock)
      : drawLine(filled as readonly Line[], frame, clock);
  return visibility.includes("hidden") ? element("g", { visibility }, drawn, clock) : drawn;
}

/** Hidden shapes stay where they were last seen. */
function fillGaps(track: Track, first: Shape): Shape[] {
  let last = first;
  return track.map((shape) => {
    last = shape ?? last;
    return last;
  });
}

function drawCircle(circles: readonly Circle[], { x, y, scale }: Frame, clock: Clock): string {
  const colors = circles.map(({ color }) => color);
  const [first] = circles;
  const cx = circles.map((circle) => x(circle.x));
  const cy = circles.map((circle) => y(circle.y));
  const r = circles.map(({ radius }) => radius * scale);
  const paint = first.outline
    ? { fill: "none", stroke: colors, "stroke-width": 2 }
    : { fill: colors, "fill-opacity": 0.85 };
  return element("circle", { cx, cy, r, ...paint }, "", clock);
}

/**
 * Each text that a circle ever bears, shown in the frames in which it bears it: inside the circle, or beside it where one
 * of them is too wide.
 */
function drawLabels(
  track: readonly (Circle | undefined)[],
  circles: readonly Circle[],
  { x, y, scale }: Frame,
  clock: Clock,
): string {
  const labels = [...new Set(track.flatMap((circle) => circle?.label ?? []))];
  const radii = circles.map(({ radius }) => radius * scale);
  const inside = labels.every(({ length }) => length * LETTER <= 2 * Math.min(...radii));
  const fill = inside && !circles[0].outline ? "white" : ink;
  const style = { "font-size": 12, "text-anchor": inside ? "middle" : "start", fill, "font-weight": 600 };
  const aside = inside ? 0 : Math.max(...radii) + GAP;
  const drawn = labels.map((label) => {
    const shown = track.map((circle) => circle?.label === label);
    const always = track.every((circle, i) => !circle || shown[i]);
    const visibility = always ? undefined : shown.map((shows) => (shows ? "visible" : "hidden"));
    const places = whileShown(circles, shown);
    const at = { x: places.map((place) => x(place.x) + aside), y: places.map((place) => y(place.y) + 4) };
    return text(label, { ...at, visibility, ...style }, clock);
  });
  return drawn.join("");
}

/** The circles that a label goes with, to where it vanishes; out of sight it waits, so that many labels stay short. */
function whileShown(circles: readonly Circle[], shown: readonly boolean[]): Circle[] {
  let last = circles[shown.indexOf(true)];
  return circles.map((circle, i) => {
    if (shown[i] || shown[i - 1]) last = circle;
    return last;
  });
}

function drawLine(lines: readonly Line[], { x, y }: Frame, clock: Clock): string {
  const points = lines.map((line) =>
    line.points.map(([a, b]) => `${x(a).toFixed(2)},${y(b).toFixed(2)}`).join(" "),
  );
  const stroke = lines.map(({ color }) => color);
  const width = lines.map((line) => line.width ?? 1.5);
  return element("polyline", { points, stroke, fill: "none", "stroke-width": width }, "", clock);
}

/** The team's return so far against the step, with a dot that follows the picture. */
function returnStrip(episode: Episode, top: number, clock: Clock): string {
  const sums = returnsSoFar(episode).map((sum) => sum.reduce((total, value) => total + value, 0));
  const low = Math.min(0, ...sums);
  const high = Math.max(0, ...sums);
  const x = (step: number): number => MARGIN + (step / Math.max(1, sums.length - 1)) * (WIDTH - 2 * MARGIN);
  const y = (value: number): number => top + 40 + ((high - value) / (high - low || 1)) * (STRIP - 56);
  const points = sums.map((sum, step) => `${x(step).toFixed(2)},${y(sum).toFixed(2)}`).join(" ");
  const total = formatDecimals(sums[sums.length - 1], decimalsFor(sums));
  const label = `return so far; ${total} after ${describeLength(episode)}`;
  return [
    text(label, { x: MARGIN, y: top + 24, "font-size": 12, fill: muted }),
    element("line", {
      x1: x(0),
      x2: x(sums.length - 1),
      y1: y(0),
      y2: y(0),
      stroke: faint,
      "stroke-dasharray": "2 3",
    }),
    element("polyline", { points, fill: "none", stroke: palette[0], "stroke-width": 2 }),
    element(
      "circle",
      { cx: sums.map((_, step) => x(step)), cy: sums.map(y), r: 4.5, fill: palette[0] },
      "",
      clock,
    ),
  ].join("\n");
}

const text = (content: string, attributes: Parameters<typeof element>[1], clock?: Clock): string =>
  element("text", attributes, escapeMarkup(content), clock);
