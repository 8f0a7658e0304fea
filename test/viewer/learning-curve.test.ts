/** Learning curves are SVG files that stand alone and show what they were given. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Curve, learningCurve } from "../../src/viewer/learning-curve.ts";
import { renderSvg } from "../../src/viewer/svg-document.ts";
import { elements } from "../support/well-formed.ts";

const rising = (label: string, shift = 0): Curve => ({
  label,
  returns: Array.from({ length: 20 }, (_, i) => -200 + 5 * i + shift),
});
const render = (curves: readonly Curve[], title = "title") =>
  renderSvg((document) => learningCurve(document, curves, { title, subtitle: "a & b" }));
const lines = (svg: string) => elements(svg).filter(({ name, path }) => name === "path" && path.length === 2);
const groups = (svg: string, label: string) =>
  elements(svg).filter(({ attributes }) => attributes["aria-label"] === label).length;

test("a single run is dots and a line, and the file is well-formed", async () => {
  const svg = await render([rising("matrpo")], 'a <title> & "more"');
  const [root] = elements(svg);
  assert.is(root.attributes.xmlns, "http://www.w3.org/2000/svg");
  assert.match(svg, /a &lt;title&gt; &amp; "more"/);
  assert.is(elements(svg).filter(({ name }) => name === "circle").length, 20);
  assert.is(groups(svg, "line"), 1);
  assert.not.match(svg, /NaN|undefined|Infinity/);
});

test("seeds of one setting give one line and band, several settings one of each with names", async () => {
  const svg = await render([rising("one"), rising("one", 10), rising("two"), rising("two", -9)]);
  assert.is(elements(svg).filter(({ name }) => name === "circle").length, 0);
  const strokes = lines(svg).map(({ attributes }) => attributes.stroke);
  assert.is(strokes.filter((stroke) => stroke === "#0072b2").length, 1);
  assert.is(strokes.filter((stroke) => stroke === "#d55e00").length, 1);
  const fills = lines(svg).map(({ attributes }) => attributes.fill);
  assert.ok(fills.includes("#0072b2") && fills.includes("#d55e00"));
  assert.match(svg, />one</);
  assert.match(svg, />two</);
});

test("iterations without episodes and runs of unequal length do no harm", async () => {
  const gaps: Curve = { label: "x", returns: [null, -3, null, -1] };
  for (const curves of [
    [gaps],
    [gaps, rising("x")],
    [{ label: "x", returns: [] }],
    [{ label: "x", returns: [-1] }],
  ]) {
    const svg = await render(curves);
    assert.ok(elements(svg).length > 0);
    assert.not.match(svg, /NaN|undefined|Infinity/);
  }
});

test("equal curves give equal files", async () => {
  assert.is(await render([rising("x")]), await render([rising("x")]));
});

test.run();
