/** The sheet around charts: what does not fit in a line goes to the next. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { figure, type Panel } from "../../src/viewer/figure.ts";
import { lineStyle } from "../../src/viewer/palette.ts";
import { renderSvg } from "../../src/viewer/svg-document.ts";
import { elements } from "../support/well-formed.ts";

const render = (labels: readonly string[], subtitle = "", width = 400, title = "t") =>
  renderSvg((document) => {
    const chart = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const panel: Panel = { chart: chart as unknown as Element, width, height: 100 };
    const legend = labels.map((label, i) => ({ label, ...lineStyle(i) }));
    return figure(document, [[panel]], { title, subtitle, legend, width });
  });
const texts = (svg: string) => elements(svg).filter(({ name }) => name === "text");
const chartTop = (svg: string) => Number(elements(svg).filter(({ name }) => name === "svg")[1].attributes.y);

test("a legend that does not fit goes on in the next row, and the chart begins below it", async () => {
  const names = ["a first setting", "a second setting", "a third setting", "a fourth setting"];
  const svg = await render(names);
  const entries = texts(svg)
    .slice(-4)
    .map(({ attributes }) => attributes);
  const rows = [...new Set(entries.map(({ y }) => y))];
  assert.is(rows.length, 2);
  assert.is(entries[0].x, entries.find(({ y }) => y === rows[1])?.x, "rows begin at the left");
  assert.ok(chartTop(svg) > Number(rows[1]));
  assert.is(elements(svg).filter(({ name }) => name === "line").length, 4);
});

test("one setting needs no legend", async () => {
  assert.is(texts(await render(["only"])).length, 2);
  assert.is(texts(await render(["one", "two"])).length, 4);
});

test("a long subtitle breaks between facts", async () => {
  const facts = ["the first fact of the picture", "the second fact of the picture", "the third"];
  const svg = await render([], facts.join(" · "));
  assert.match(svg, />the first fact of the picture</);
  assert.match(svg, />the second fact of the picture · the third</);
  assert.ok(chartTop(svg) > chartTop(await render([], facts[0])));
});

test("a long name goes on below itself in the legend, so that what tells it from another shows", async () => {
  const names = ["0.1", "0.2"].map((clip) => `${"option 123, ".repeat(9)}clip ${clip}`);
  const svg = await render([...names, "short", "last"]);
  const lines = texts(svg).slice(2);
  const ends = [...svg.matchAll(/>([^<>]*)<\/text>/g)].map(([, text]) => text);
  for (const name of ["clip 0.1", "clip 0.2"]) assert.ok(ends.some((text) => text.endsWith(name)));
  assert.ok(Math.max(...ends.map((text) => 34 + 6.6 * text.length)) <= 400, "none leaves the picture");
  const tops = lines.map(({ attributes }) => Number(attributes.y));
  assert.is(new Set(tops.slice(0, -1)).size, lines.length - 1, "no two lines lie on each other");
  assert.is(tops.at(-1), tops.at(-2), "short names share a row");
  assert.ok(chartTop(svg) > Math.max(...tops));
});

test("a long title breaks between its parts, and what follows moves down", async () => {
  const long = `${"a long part, ".repeat(5)}the end`;
  const svg = await render(["one", "two"], "facts", 400, long);
  assert.match(svg, />a long part, a long part, a long part,</);
  assert.match(svg, />a long part, a long part, the end</);
  assert.ok(chartTop(svg) > chartTop(await render(["one", "two"], "facts")));
});

test("a fact longer than the picture stands alone", async () => {
  const long = "x".repeat(100);
  assert.match(await render([], `${long} · y`), new RegExp(`>${long}<`));
});

test.run();
