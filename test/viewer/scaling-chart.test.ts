/** The scaling figure: a column a world, a row a measure, and nothing drawn that was not measured. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type ScaleChartPoint, scalingChart } from "../../src/viewer/scaling-chart.ts";
import { renderSvg } from "../../src/viewer/svg-document.ts";
import { elements } from "../support/well-formed.ts";

const point = (world: string, label: string, agents: number, values: number[]): ScaleChartPoint => {
  return { world, label, agents, values };
};
const points = [
  point("Meadow", "one", 3, [1, 2, 3]),
  point("Meadow", "one", 6, [2, 3, 4]),
  point("Meadow", "two", 3, [7]),
  point("Forest", "one", 8, [1, 9]),
];
const render = (measured: readonly ScaleChartPoint[]) =>
  renderSvg((document) =>
    scalingChart(
      document,
      [
        { label: "return per agent", points: measured, fromZero: false },
        { label: "seconds", points: measured, fromZero: true },
      ],
      { title: "Scaling", subtitle: "a · b", labels: ["one", "absent", "two"] },
    ),
  );
const groups = (svg: string, label: string) =>
  elements(svg).filter(({ attributes }) => attributes["aria-label"] === label);

test("two measures of two worlds are four panels in a grid, with titles", async () => {
  const svg = await render(points);
  const panels = elements(svg).filter(({ name, path }) => name === "svg" && path.length === 1);
  assert.equal(
    panels.map(({ attributes }) => attributes.x),
    ["0", "430", "0", "430"],
  );
  assert.is(new Set(panels.map(({ attributes }) => attributes.y)).size, 2);
  for (const text of ["Scaling", "Meadow", "Forest", "return per agent", "seconds", "one", "two"])
    assert.match(svg, `>${text}<`);
  assert.not.match(svg, /absent|NaN|undefined|Infinity/);
});

test("bars are drawn from three seeds on, and every seed is a dot", async () => {
  const svg = await render(points);
  const bars = [...svg.matchAll(/<g aria-label="rule"[^>]*>((?:<line[^>]*>)*)/g)];
  const counts = bars.map(([, lines]) => lines.split("<line").length - 1);
  assert.equal(counts, [2, 2], "both points of setting one in the first world, for two measures");
  const dots = elements(svg).filter(({ name }) => name === "circle");
  assert.is(dots.length, 2 * (9 + 4), "nine seeds and four means, for two measures");
});

test("colours are those of the setting's place among all", async () => {
  const lines = groups(await render(points), "line").map(({ attributes }) => attributes.stroke);
  assert.equal([...new Set(lines)].sort(), ["#0072b2", "#009e73"]);
});

test("no bar of what begins at zero goes below", async () => {
  const svg = await render([point("W", "one", 3, [0.1, 0.1, 5])]); // interval: 1.7 ± 7.0
  const ticks = [...svg.matchAll(/>(−?\d+)<\/text>/g)].map(([, tick]) => Number(tick.replace("−", "-")));
  const negative = ticks.filter((tick) => tick < 0);
  assert.ok(negative.length <= 1, `only the first row may reach below zero: ${ticks}`);
});

test("equal studies give equal files", async () => {
  assert.is(await render(points), await render(points));
});

test.run();
