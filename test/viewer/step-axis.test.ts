/** Learning curves of which an iteration is not as many environment steps are drawn against these. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Curve, explainCurves, learningCurve } from "../../src/viewer/learning-curve.ts";
import { renderSvg } from "../../src/viewer/svg-document.ts";
import { elements } from "../support/well-formed.ts";

const curve = (label: string, length: number, stepsPerIteration: number, shift = 0): Curve => {
  return { label, stepsPerIteration, returns: Array.from({ length }, (_, i) => i + shift) };
};
const render = (curves: readonly Curve[]) =>
  renderSvg((document) => {
    const references = [
      { title: "value", value: 4 },
      {
        title: "points",
        points: [
          [1, 2],
          [2, 3],
        ] as const,
      },
    ];
    return learningCurve(document, curves, { title: "t", references });
  });
/** Where the dots of single runs stand, from left to right, by colour. */
const dots = (svg: string): number[][] => {
  const groups = [...svg.matchAll(/<g[^>]*aria-label="dot"[^>]*>(.*?)<\/g>/gs)];
  return groups.map(([, group]) =>
    elements(`<g>${group}</g>`).flatMap(({ name, attributes }) =>
      name === "circle" ? Number(attributes.cx) : [],
    ),
  );
};

test("runs that have taken equal steps end at the same place, whatever their iterations", async () => {
  const svg = await render([curve("long", 3, 10_000), curve("short", 30, 1_000)]);
  assert.match(svg, />environment steps</);
  assert.match(svg, />30,000</);
  const [long, short] = dots(svg);
  assert.equal([long.length, short.length], [3, 30]);
  assert.equal(long, [short[9], short[19], short[29]]);
});

test("the legend says how many steps an iteration is of each, the subtitle how far they lie apart", async () => {
  const curves = [0, 1, 3].map((shift) => curve("long", 3, 10_000, shift)).concat(curve("short", 30, 1_000));
  const svg = await render(curves);
  assert.match(svg, />long \(3 seeds, 10,000 steps an iteration\)</);
  assert.match(svg, />short \(1 seed, 1,000 steps an iteration\)</);
  assert.equal(explainCurves(curves), [
    "an iteration is 1,000 to 10,000 environment steps",
    "band: 95 % confidence of the mean",
    "single runs: mean of the last 10,000 steps",
  ]);
  const short = [curve("long", 2, 10_000), curve("long", 3, 10_000), curve("short", 30, 4_000)];
  assert.equal(explainCurves(short).slice(2), [
    "single runs: mean of the last 20,000 steps",
    "mean ends with the shortest run, at 20,000 steps",
  ]);
});

test("single runs are smoothed over equal steps", async () => {
  const ends = async (curves: readonly Curve[]) => {
    const lines = [
      ...(await render(curves)).matchAll(/aria-label="line"[^>]*><path d="M[^"]*L[^",]*,([^",]*)"/g),
    ];
    assert.is(lines.length, 2);
    return lines.map(([, y]) => Number(y));
  };
  // The last 10,000 steps: the last return of the long one, ten of the short one; both means are 9.5.
  const [long, short] = await ends([curve("long", 3, 10_000, 7.5), curve("short", 15, 1_000)]);
  assert.is(long, short);
});

test("returns known by iteration are not drawn against steps, single values are", async () => {
  const svg = await render([curve("long", 3, 10_000), curve("short", 30, 1_000)]);
  assert.match(svg, />value</);
  assert.not.match(svg, />points</);
});

test("where an iteration is as many steps of all, the picture is that by iteration", async () => {
  const curves = [curve("a", 9, 4_000), curve("a", 9, 4_000, 2), curve("b", 5, 4_000)];
  const svg = await render(curves);
  assert.is(svg, await render(curves.map(({ label, returns }) => ({ label, returns }))));
  assert.match(svg, />points</);
  assert.match(svg, />iteration</);
});

test.run();
