/** Replays move what moves, hide what is missing, and keep hostile names from becoming markup. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Drawing, Shape } from "../../src/environments/environment.ts";
import { type Episode, returnsSoFar } from "../../src/viewer/episode.ts";
import { ink } from "../../src/viewer/palette.ts";
import type { ReplayOptions } from "../../src/viewer/replay-options.ts";
import { replayPage } from "../../src/viewer/replay-page.ts";
import { replaySvg } from "../../src/viewer/replay-svg.ts";
import { refuses } from "../support/refuses.ts";
import { elements } from "../support/well-formed.ts";

const circle = (x: number, y: number, more: object = {}): Shape => ({
  kind: "circle",
  x,
  y,
  radius: 0.5,
  color: "#123456",
  ...more,
});
const frame = (shapes: Drawing["shapes"], view: Drawing["view"] = [-1, -1, 1, 1]): Drawing => ({
  view,
  shapes,
});
const episodeOf = (frames: readonly Drawing[], agents = ["a", "b"]): Episode => ({
  agents,
  frames,
  rewards: frames.map((_, step) => agents.map((__, agent) => (agent === 0 ? -step : 0.5))),
});
const animations = (svg: string) =>
  elements(svg)
    .filter(({ name }) => name === "animate")
    .map(({ attributes, path }) => ({ ...attributes, of: path.at(-1) }) as Record<string, string>);

/** What a jumping attribute is in the middle of each frame. */
function jumps({ values, keyTimes, calcMode }: Record<string, string>, frames: number): string[] {
  assert.is(calcMode, "discrete");
  const [all, times] = [values.split(";"), keyTimes.split(";").map(Number)];
  return Array.from({ length: frames }, (_, i) => all[times.findLastIndex((t) => t <= (i + 0.5) / frames)]);
}

test("a moving circle glides through its places, y upwards, rests after the last, and a resting one has no animation", () => {
  const frames = [0, 0.5, 1].map((x) => frame([circle(x, x), circle(-1, -1)]));
  const moves = animations(replaySvg(episodeOf(frames), { title: "t", secondsPerFrame: 0.5 }));
  assert.equal(
    moves
      .slice(0, 2)
      .map(({ attributeName, values, keyTimes, dur }) => [attributeName, values, keyTimes, dur]),
    [
      ["cx", "260;380;500;500", "0;0.25;0.5;1", "2s"],
      ["cy", "284;164;44;44", "0;0.25;0.5;1", "2s"],
    ],
  );
  assert.is(moves.length, 4, "the circle and the dot on the curve of returns");
});

test("the picture holds what every frame wants to show", () => {
  const frames = [frame([circle(0, 0)]), frame([circle(3, 0)], [-1, -1, 3, 1])];
  const svg = replaySvg(episodeOf(frames), { title: "t" });
  assert.is(animations(svg)[0].values, "140;500;500");
  assert.is(elements(svg).filter(({ name }) => name === "rect")[1].attributes.height, "240");
});

test("shapes that come, go or change their kind are shown when they are there", () => {
  const line: Shape = {
    kind: "line",
    points: [
      [0, 0],
      [1, 1],
    ],
    color: "red",
  };
  const frames = [frame([circle(0, 0)]), frame([line]), frame([]), frame([circle(0.5, 0)])];
  const shown = animations(replaySvg(episodeOf(frames), { title: "t" })).filter(
    ({ attributeName }) => attributeName === "visibility",
  );
  assert.equal(
    shown.map((animation) => jumps(animation, 5)),
    [
      ["visible", "hidden", "hidden", "visible", "visible"],
      ["hidden", "visible", "hidden", "hidden", "hidden"],
    ],
  );
});

test("a shape that is null for a while keeps its place in the list and waits where it was last seen", () => {
  const dot = circle(1, 0);
  const frames = [
    frame([circle(0, 0), dot]),
    frame([null, dot]),
    frame([circle(0.5, 0), dot]),
    frame([null, dot]),
  ];
  const moves = animations(replaySvg(episodeOf(frames), { title: "t" }));
  assert.equal(
    moves.slice(0, 2).map(({ attributeName, values }) => [attributeName, values]),
    [
      ["visibility", "visible;hidden;visible;hidden"],
      ["cx", "260;260;380;380"],
    ],
  );
  assert.is(moves.length, 4, "the second circle rests; the dot on the curve of returns moves");
});

test("colours jump at the time of their frame", () => {
  const frames = ["red", "red", "blue"].map((color) => frame([circle(0, 0, { color })]));
  const [paint] = animations(replaySvg(episodeOf(frames), { title: "t" }));
  assert.equal(
    [paint.attributeName, ...jumps(paint, 4)],
    ["fill", "red", "red", "blue", "blue"],
    "the last frame stands once more, after the last step",
  );
});

/** By text, in how many of the frames each label is seen. */
function labels(svg: string, frames: number): Record<string, string[] | string> {
  const all = elements(svg).filter(({ name, attributes }) => name === "text" && "text-anchor" in attributes);
  const texts = [...svg.matchAll(/<text [^>]*text-anchor.*?<\/text>/g)].map(([markup]) => markup);
  assert.is(texts.length, all.length);
  return Object.fromEntries(
    texts.map((markup) => {
      const shown = animations(markup).find(({ attributeName }) => attributeName === "visibility");
      return [markup.replace(/<[^>]*>/g, ""), shown ? jumps(shown, frames) : all[0].attributes.visibility];
    }),
  );
}

test("labels that change are each shown in their frames, where the circle then is", () => {
  const words = [undefined, "a", "b", "b", "a"];
  const frames = words.map((label, i) => frame([circle(0.2 * i, 0, label === undefined ? {} : { label })]));
  const svg = replaySvg(episodeOf(frames), { title: "t" });
  const [seen, hidden] = ["visible", "hidden"];
  assert.equal(labels(svg, 6), {
    a: [hidden, seen, hidden, hidden, seen, seen],
    b: [hidden, hidden, seen, seen, hidden, hidden],
  });
  const across = animations(svg).filter(({ attributeName, of }) => attributeName === "x" && of === "text");
  assert.equal(
    across.map(({ values, keyTimes }) => [values, keyTimes]),
    [
      ["308;308;356;356;452;452", "0;0.16667;0.33333;0.5;0.66667;1"],
      ["356;356;404;452;452", "0;0.33333;0.5;0.66667;1"],
    ],
    "it goes along to the frame in which it vanishes",
  );
});

test("a label that is wider than its circle stands beside it, in ink", () => {
  const place = (label: string) => {
    const svg = replaySvg(episodeOf([frame([circle(0, 0, { label })])]), { title: "t" });
    const all = elements(svg);
    const body = all.find(
      ({ name, attributes }) => name === "circle" && attributes["fill-opacity"] === "0.85",
    );
    const text = all.find(({ attributes }) => attributes["font-weight"] === "600" && attributes.x !== "20");
    const [cx, r] = ["cx", "r"].map((key) => Number(body?.attributes[key]));
    return { at: (Number(text?.attributes.x) - cx) / r, style: text?.attributes ?? {} };
  };
  const [short, long] = [place("0"), place("a long utterance that no circle holds")];
  assert.equal([short.at, short.style["text-anchor"], short.style.fill], [0, "middle", "white"]);
  assert.ok(long.at > 1, `${long.at} radii`);
  assert.equal([long.style["text-anchor"], long.style.fill], ["start", ink]);
});

test("a label that stays is written once, and is hidden with its circle", () => {
  const dot = circle(0, 0, { label: "0" });
  const svg = replaySvg(episodeOf([frame([dot]), frame([null]), frame([dot])]), { title: "t" });
  assert.equal(labels(svg, 4), { 0: undefined });
  const around = elements(svg).find(({ name, path }) => name === "text" && path.at(-1) === "g");
  assert.ok(around, "in the group whose visibility changes");
});

test("a hidden circle hides a label that comes and goes, too", () => {
  const shapes = [circle(0, 0, { label: "x" }), null, circle(0, 0, { label: "y" }), circle(0, 0)];
  const svg = replaySvg(episodeOf(shapes.map((shape) => frame([shape]))), { title: "t" });
  assert.equal(labels(svg, 5), {
    x: ["visible", "hidden", "hidden", "hidden", "hidden"],
    y: ["hidden", "hidden", "visible", "hidden", "hidden"],
  });
});

test("a circle that becomes an outline is drawn both ways, each in its frames", () => {
  const frames = [true, false, true].map((outline) => frame([circle(0, 0, { outline })]));
  const svg = replaySvg(episodeOf(frames), { title: "t" });
  const drawn = elements(svg).filter(({ name, path }) => name === "circle" && path.at(-1) === "g");
  assert.equal(
    drawn.map(({ attributes }) => attributes.fill),
    ["none", "#123456"],
  );
  const shown = animations(svg).filter(({ attributeName }) => attributeName === "visibility");
  assert.equal(
    shown.map((animation) => jumps(animation, 4)),
    [
      ["visible", "hidden", "visible", "visible"],
      ["hidden", "visible", "hidden", "hidden"],
    ],
  );
});

test("a label that changes in every one of many frames takes room by the frame", () => {
  const size = (count: number) => {
    const frames = Array.from({ length: count }, (_, i) => frame([circle(i / count, 0, { label: `${i}` })]));
    return replaySvg(episodeOf(frames), { title: "t" }).length;
  };
  assert.ok(size(400) < 2.2 * size(200), "not by the square of the frames");
});

test("the caption has the length and the return in digits that tell, and says when a recording was cut", () => {
  const episode: Episode = { agents: ["a"], frames: [frame([]), frame([])], rewards: [[0.0625], [0.03125]] };
  assert.match(replaySvg(episode, { title: "t" }), /return so far; 0\.0938 after 2 steps</);
  const cut = { ...episode, cut: true };
  const whole = "the first 2 steps of an episode that goes on";
  assert.ok(replaySvg(cut, { title: "t" }).includes(`after ${whole}<`));
  assert.ok(replayPage(cut, { title: "t" }).includes(`<title>t, ${whole}</title>`));
  assert.ok(replayPage(episode, { title: "t" }).includes("<title>t</title>"));
});

test("returns add up before each step and after the last", () => {
  const episode = episodeOf([frame([]), frame([]), frame([])]);
  assert.equal(returnsSoFar(episode), [
    [0, 0],
    [0, 0.5],
    [-1, 1],
    [-3, 1.5],
  ]);
});

test("names and labels cannot become markup or script", () => {
  const evil = '</script><img src=x onerror="alert(1)">';
  const episode = episodeOf(
    [frame([circle(0, 0, { label: evil })]), frame([circle(1, 0, { label: evil })])],
    [evil],
  );
  const page = replayPage(episode, { title: evil });
  assert.not.match(page, /<img/);
  assert.is(page.split("</script>").length - 1, 2);
  const data = /<script type="application\/json" id="episode">(.*?)<\/script>/.exec(page)?.[1] ?? "";
  assert.equal(JSON.parse(data).agents, [evil]);
  elements(replaySvg(episode, { title: evil }));
});

test("the page asks nothing of the network and its script is valid", () => {
  const page = replayPage(episodeOf([frame([circle(0, 0)])]), { title: "t" });
  assert.not.match(page.replace('xmlns="http://www.w3.org/2000/svg"', ""), /https?:|src=|@import|url\(/);
  const script = /<script>([\s\S]*?)<\/script>/.exec(page)?.[1] ?? "";
  assert.type(new Function(script), "function");
});

test("options that are mistyped, missing or out of range are refused by name", () => {
  const episode = episodeOf([frame([circle(0, 0)])]);
  const wrong: [unknown, string][] = [
    [undefined, "options of a replay: got undefined; give an object with keys title, secondsPerFrame"],
    [{}, "title is undefined"],
    [{ title: "t", secondPerFrame: 3 }, 'unknown key "secondPerFrame" (did you mean "secondsPerFrame"?)'],
    ...[0, -1, Infinity, "1"].map((value): [unknown, string] => [
      { title: "t", secondsPerFrame: value },
      "secondsPerFrame is ",
    ]),
  ];
  for (const [options, message] of wrong) {
    for (const draw of [replaySvg, replayPage])
      refuses(() => draw(episode, options as ReplayOptions), message);
  }
  assert.is(replaySvg(episode, { title: "t" }), replaySvg(episode, { title: "t", secondsPerFrame: 0.1 }));
});

test("an episode of one step has no motion but that of its return, and no division by zero", () => {
  const one = { ...episodeOf([frame([circle(0, 0)])]), rewards: [[1, 0]] };
  const svg = replaySvg(one, { title: "t" });
  assert.equal(
    animations(svg).map(({ attributeName, values, keyTimes }) => [attributeName, values, keyTimes]),
    [
      ["cx", "20;500;500", "0;0.5;1"],
      ["cy", "604;564;564", "0;0.5;1"],
    ],
    "the dot comes to the end and rests there",
  );
  assert.not.match(svg, /NaN|Infinity/);
});

test.run();
