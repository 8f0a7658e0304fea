/** Learning curves are SVG files that stand alone and show what they were given. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Curve, explainCurves, learningCurve } from "../../src/viewer/learning-curve.ts";
import { LINE_STYLES, lineStyle } from "../../src/viewer/palette.ts";
import { renderSvg } from "../../src/viewer/svg-document.ts";
import { elements } from "../support/well-formed.ts";

const rising = (label: string, shift = 0): Curve => ({
  label,
  returns: Array.from({ length: 20 }, (_, i) => -200 + 5 * i + shift),
});
const render = (curves: readonly Curve[], title = "title") =>
  renderSvg((document) => learningCurve(document, curves, { title, subtitle: "a & b" }));
/** One group of attributes for every line or area drawn. */
const drawn = (svg: string, label: "line" | "area") =>
  elements(svg)
    .filter(({ attributes }) => attributes["aria-label"] === label)
    .map(({ attributes }) => attributes);

test("a single run is dots and a line, and the file is well-formed", async () => {
  const svg = await render([rising("matrpo")], 'a <title> & "more"');
  const [root] = elements(svg);
  assert.is(root.attributes.xmlns, "http://www.w3.org/2000/svg");
  assert.match(svg, /a &lt;title&gt; &amp; "more"/);
  assert.is(elements(svg).filter(({ name }) => name === "circle").length, 20);
  assert.is(drawn(svg, "line").length, 1);
  assert.not.match(svg, /NaN|undefined|Infinity/);
});

test("three seeds of one setting give one line and band, several settings one of each with names", async () => {
  const seeds = (label: string) => [0, 10, -9].map((shift) => rising(label, shift));
  const svg = await render([...seeds("one"), ...seeds("two")]);
  assert.is(elements(svg).filter(({ name }) => name === "circle").length, 0);
  const colors = ["#0072b2", "#d55e00"];
  assert.equal(
    drawn(svg, "line").map(({ stroke }) => stroke),
    colors,
  );
  assert.equal(
    drawn(svg, "area").map(({ fill }) => fill),
    colors,
  );
  assert.match(svg, />one \(3 seeds\)</);
  assert.match(svg, />two \(3 seeds\)</);
});

test("two seeds are both drawn under their mean: no band of 12.7 standard errors", async () => {
  const svg = await render([rising("one"), rising("one", 10)]);
  assert.equal(
    drawn(svg, "line").map(({ stroke }) => stroke),
    ["#0072b2", "#0072b2", "#0072b2"],
  );
  assert.equal(drawn(svg, "area"), []);
});

test("a band that reaches far beyond all runs is cut, so that the axis is made for the runs", async () => {
  const flat = (level: number): Curve => ({ label: "x", returns: [level, level] });
  const svg = await render([flat(0), flat(0), flat(10)]); // interval: 3.3 ± 14.3
  const ticks = [...svg.matchAll(/>(−?\d+)<\/text>/g)].map(([, tick]) => Number(tick.replace("−", "-")));
  assert.ok(Math.min(...ticks) >= -2 && Math.max(...ticks) <= 12, `ticks ${ticks}`);
  assert.is(drawn(svg, "area").length, 1);
});

test("colours follow the given order of settings, and come again dashed", async () => {
  const labels = ["a", "b", "c", "d", "e", "f", "g", "h"];
  const draw = (label: string) =>
    renderSvg((document) => learningCurve(document, [rising(label)], { title: "t", labels }));
  const line = async (label: string) => drawn(await draw(label), "line")[0];
  assert.is((await line("b")).stroke, "#d55e00");
  assert.is((await line("h")).stroke, "#0072b2");
  assert.is((await line("h"))["stroke-dasharray"], "7 4");
  assert.is((await line("a"))["stroke-dasharray"], undefined);
});

test("four rounds of the colours differ, and none is dashed as known returns are", () => {
  const styles = Array.from({ length: LINE_STYLES }, (_, i) => JSON.stringify(lineStyle(i)));
  assert.is(new Set(styles).size, 28);
  assert.equal(lineStyle(28), lineStyle(0));
  assert.not.match(styles.join(), '"3 3"');
});

test("the subtitle's words fit what is drawn", () => {
  const [one, two, three] = [1, 2, 3].map((n) => Array.from({ length: n }, () => rising(`of ${n}`)));
  assert.equal(explainCurves(three), ["band: 95 % confidence of the mean"]);
  assert.equal(explainCurves([...one, ...two]), [
    "two seeds: mean and both runs",
    "single runs: mean of the last 5",
  ]);
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

test("a seed without a return is left out of figure and count, and said to be", async () => {
  const silent: Curve = { label: "x", returns: [null, null, null] };
  const seeds = [0, 10, -9].map((shift) => rising("x", shift));
  const svg = await render([...seeds, silent, rising("y")]);
  assert.is(drawn(svg, "area").length, 1);
  assert.match(svg, />x \(3 seeds\)</);
  assert.equal(explainCurves([...seeds, silent]), [
    "band: 95 % confidence of the mean",
    "1 run without a return left out",
  ]);
  assert.equal(explainCurves([silent, silent]), ["2 runs without a return left out"]);
  assert.not.match(await render([silent, silent]), /NaN|undefined|Infinity/);
});

test("a mean that ends before some of its runs says where", () => {
  const first = (label: string, n: number): Curve => ({ label, returns: rising(label).returns.slice(0, n) });
  const short = [first("x", 20), first("x", 20), first("x", 2)];
  const cut = "mean ends with the shortest run, at iteration 2";
  assert.equal(explainCurves(short), ["band: 95 % confidence of the mean", cut]);
  assert.equal(explainCurves([...short, first("y", 3), first("y", 4)]).slice(2), [
    "means end with the shortest run of a setting",
  ]);
  assert.is(explainCurves([first("x", 20), first("y", 2)]).length, 1, "other settings are not cut");
});

test("no tick stands between two iterations", async () => {
  const first = (n: number): Curve => ({ label: "x", returns: rising("x").returns.slice(0, n) });
  for (const curves of [[first(1)], [first(2)], [first(5)], [first(20), first(20), first(2)]]) {
    const svg = await render(curves);
    const [, ticks = ""] = /aria-label="x-axis tick label"(.*?)<\/g>/s.exec(svg) ?? [];
    const shown = [...ticks.matchAll(/>([^<>]+)<\/text>/g)].map(([, tick]) => tick);
    assert.ok(shown.length > 0 && shown.every((tick) => /^\d+$/.test(tick)), `ticks ${shown}`);
  }
});

test("returns known from elsewhere are dashed lines with their titles, inside the axis", async () => {
  const references = [{ title: "somebody's <log>", value: 40 }];
  const svg = await renderSvg((document) =>
    learningCurve(document, [rising("x")], { title: "t", references }),
  );
  assert.match(svg, /somebody's &lt;log&gt;<\/text>/);
  const [rule] = elements(svg).filter(({ attributes }) => attributes["stroke-dasharray"] === "3 3");
  assert.is(rule.attributes["aria-label"], "rule");
  assert.match(svg, />40<\/text>/, "the axis, which the curve alone would end at −100, reaches the line");
  assert.not.match(await render([rising("x")]), "3 3");
});

test("points known from elsewhere are a dashed line as far as the curves go, its title at the end", async () => {
  const points = [
    [1, -190],
    [11, -40],
    [31, 60],
  ] as const;
  const draw = (length: number) => {
    const curve = { label: "x", returns: rising("x").returns.slice(0, length) };
    const references = [{ title: "a log", points }];
    return renderSvg((document) => learningCurve(document, [curve], { title: "t", references }));
  };
  const svg = await draw(20);
  const [, path] = /stroke-dasharray="3 3"[^>]*><path d="M([^"]*)"/.exec(svg) ?? [];
  const ends = path?.split("L") ?? [];
  assert.is(ends.length, 3, "the third point lies beyond the curve: the line ends on the way to it");
  const [, title] = /translate\(([^,]*),[^)]*\)">a log</.exec(svg) ?? [];
  assert.is(title, ends[2].split(",")[0]);
  const last =
    drawn(svg, "line").length === 2 && [...svg.matchAll(/ d="M[^"]*L([^",]*),[^",]*"/g)].at(-1)?.[1];
  assert.is(last, title, "the curve ends where the line does");
  assert.not.match(await draw(0), /a log|NaN|Infinity/);
});

test("equal curves give equal files", async () => {
  const curves = [...[0, 3, 5].map((shift) => rising("x", shift)), rising("y")];
  assert.is(await render(curves), await render(curves));
});

test("evaluations of a run are dots with their errors, in a colour and with a name of their own", async () => {
  const evaluations = [
    { iteration: 5, return: -150, standardError: 4 },
    { iteration: 20, return: -100, standardError: null },
  ];
  const options = { title: "title", evaluations };
  const svg = await renderSvg((document) => learningCurve(document, [rising("matrpo")], options));
  assert.is(elements(svg).filter(({ name }) => name === "circle").length, 22);
  assert.equal(
    drawn(svg, "line").map(({ stroke }) => stroke),
    ["#0072b2", "#d55e00"],
  );
  assert.match(svg, />matrpo</);
  assert.match(svg, />evaluation</);
  assert.not.match(svg, /NaN|undefined|Infinity/);
});

test.run();
