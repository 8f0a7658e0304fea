/** Writes SVG elements; an attribute given as one value a frame moves along these values in a loop. */

/** How many frames there are, and how many seconds each of them is shown. */
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

/** Numbers glide from frame to frame and rest in the last one; colours and the like jump. */
function animate(attribute: string, series: Series, { secondsPerFrame, frames }: Clock): string {
  const glides = series.every((value) => typeof value === "number" || /^[-\d. ,]+$/.test(value));
  const values = glides ? [...series, series[series.length - 1]] : series;
  const moments = tellingMoments(values, glides);
  return element("animate", {
    attributeName: attribute,
    values: moments.map((moment) => print(values[moment])).join(";"),
    dur: `${Number((frames * secondsPerFrame).toFixed(3))}s`,
    repeatCount: "indefinite",
    calcMode: glides ? undefined : "discrete",
    keyTimes: moments.map((moment) => Number((moment / frames).toFixed(5))).join(";"),
  });
}

/** Where values change, with both ends of each rest if they glide; what is left out is what comes of these. */
function tellingMoments(values: Series, glides: boolean): number[] {
  const last = values.length - 1;
  return [...values.keys()].filter((i) => {
    if (i === 0 || values[i] !== values[i - 1]) return true;
    return glides && (i === last || values[i] !== values[i + 1]);
  });
}

const print = (value: number | string): string =>
  typeof value === "number" ? String(Number(value.toFixed(2))) : escapeMarkup(value);
