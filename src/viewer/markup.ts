/** Writes SVG elements; an attribute given as one value a frame moves along these values in a loop. */

/** Seconds from frame to frame and how many frames there are. */
export interface Clock {
  readonly secondsPerFrame: number;
  readonly frames: number;
}
export type Series = readonly (number | string)[];
export type Attributes = Readonly<Record<string, number | string | Series | undefined>>;

/** Text that is safe inside XML and HTML, in attributes too. */
export function escapeMarkup(text: string): string {
  const names: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => names[character]);
}

/** One element; `children` is markup already. */
export function element(name: string, attributes: Attributes, children = "", clock?: Clock): string {
  let still = "";
  let moving = "";
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    const series = Array.isArray(value) ? (value as Series) : undefined;
    const first = series ? series[0] : (value as number | string);
    still += ` ${attribute}="${print(first)}"`;
    if (series && clock && series.some((other) => other !== first))
      moving += animate(attribute, series, clock);
  }
  const inside = moving + children;
  return inside === "" ? `<${name}${still}/>` : `<${name}${still}>${inside}</${name}>`;
}

/** Numbers glide from frame to frame; colours and the like jump. */
function animate(attribute: string, series: Series, { secondsPerFrame, frames }: Clock): string {
  const last = Math.max(1, frames - 1);
  const glides = series.every((value) => typeof value === "number" || /^[-\d. ,]+$/.test(value));
  const times = series.map((_, frame) => Number((frame / last).toFixed(5))).join(";");
  return element("animate", {
    attributeName: attribute,
    values: series.map(print).join(";"),
    dur: `${Number((last * secondsPerFrame).toFixed(3))}s`,
    repeatCount: "indefinite",
    calcMode: glides ? undefined : "discrete",
    keyTimes: glides ? undefined : times,
  });
}

const print = (value: number | string): string =>
  typeof value === "number" ? String(Number(value.toFixed(2))) : escapeMarkup(value);
