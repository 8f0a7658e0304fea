/** Replays move what moves, hide what is missing, and keep hostile names from becoming markup. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Drawing, Shape } from "../../src/environments/environment.ts";
import { type Episode, returnsSoFar } from "../../src/viewer/episode.ts";
import { replayPage } from "../../src/viewer/replay-page.ts";
import { replaySvg } from "../../src/viewer/replay-svg.ts";
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

test("a moving circle glides through its places, y upwards, and a resting one has no animation", () => {
  const frames = [0, 0.5, 1].map((x) => frame([circle(x, x), circle(-1, -1)]));
  const moves = animations(replaySvg(episodeOf(frames), { title: "t", secondsPerFrame: 0.5 }));
  const world = moves.filter(({ dur }) => dur === "1s").slice(0, 2);
  assert.equal(
    world.map(({ attributeName, values }) => [attributeName, values]),
    [
      ["cx", "260;380;500"],
      ["cy", "284;164;44"],
    ],
  );
  assert.is(moves.length, 4, "the circle and the dot on the curve of returns");
});

test("the picture holds what every frame wants to show", () => {
  const frames = [frame([circle(0, 0)]), frame([circle(3, 0)], [-1, -1, 3, 1])];
  const svg = replaySvg(episodeOf(frames), { title: "t" });
  assert.is(animations(svg)[0].values, "140;500");
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
    shown.map(({ values, calcMode }) => [values, calcMode]),
    [
      ["visible;hidden;hidden;visible", "discrete"],
      ["hidden;visible;hidden;hidden", "discrete"],
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
    [paint.attributeName, paint.values, paint.calcMode, paint.keyTimes],
    ["fill", "red;red;blue", "discrete", "0;0.5;1"],
  );
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

test("an episode of one step has no motion and no division by zero", () => {
  const svg = replaySvg(episodeOf([frame([circle(0, 0)])]), { title: "t" });
  assert.equal(animations(svg), []);
  assert.not.match(svg, /NaN|Infinity/);
});

test.run();
