/** The figures of an experiment as SVG files by name. The drawing libraries are loaded only here. */
import { describeEnvironment } from "../training/describe-run.ts";
import type { SettingRuns } from "./counted-runs.ts";
import type { Results } from "./results-page.ts";
import type { ScalePoint } from "./scaling.ts";

/** `<task>.svg` for every task that has begun, and `scaling.svg` where there are points to draw. */
export async function drawFigures(results: Results): Promise<Record<string, string>> {
  const { experiment, groups, scaling } = results;
  const figures: Record<string, string> = {};
  for (const task of Object.keys(experiment.tasks)) {
    const here = groups.filter(({ counted, ...group }) => group.task === task && counted.length > 0);
    if (here.length > 0) figures[`${task}.svg`] = await drawTask(here, results);
  }
  if (scaling.length > 0) figures["scaling.svg"] = await drawScaling(scaling, results);
  return figures;
}

async function drawTask(groups: readonly SettingRuns[], results: Results): Promise<string> {
  const { experiment, names, known, groups: everything } = results;
  const { explainCurves, learningCurve } = await import("../viewer/learning-curve.ts");
  const { renderSvg } = await import("../viewer/svg-document.ts");
  const curves = groups.flatMap(({ setting, counted, stepsPerIteration }) =>
    counted.map(({ metrics }) => {
      const returns = metrics.map(({ meanReturn }) => meanReturn);
      return { label: names[setting], returns, stepsPerIteration };
    }),
  );
  const [{ task, all }] = groups;
  const failed = everything
    .filter((group) => group.task === task)
    .reduce((sum, group) => sum + group.all.filter(({ failure }) => failure !== undefined).length, 0);
  const subtitle = [
    describeEnvironment(all[0].cell.config, known),
    ...explainCurves(curves),
    ...(failed > 0 ? [`${failed} failed run${failed === 1 ? "" : "s"} left out`] : []),
  ].join(" · ");
  const { title, references = [] } = experiment.tasks[task];
  const options = { title, subtitle, labels: colourOrder(results), references };
  return renderSvg((document) => learningCurve(document, curves, options));
}

async function drawScaling(scaling: readonly ScalePoint[], results: Results): Promise<string> {
  const { experiment, names } = results;
  const { scalingChart } = await import("../viewer/scaling-chart.ts");
  const { renderSvg } = await import("../viewer/svg-document.ts");
  const points = (key: "returnPerAgent" | "secondsPerIteration") =>
    scaling
      .map((point) => ({ ...point, label: names[point.setting], values: point[key] }))
      .filter(({ values }) => values.length > 0);
  const measures = [
    { label: "final return per agent", points: points("returnPerAgent"), fromZero: false },
    { label: "seconds an iteration", points: points("secondsPerIteration"), fromZero: true },
  ].filter((measure) => measure.points.length > 0);
  const atSteps = scaling.some(({ steps }) => steps !== undefined) ? " · at equal environment steps" : "";
  const subtitle = `dots: seeds · lines: means · bars: 95 % confidence of the mean${atSteps}`;
  const options = { title: experiment.title, subtitle, labels: colourOrder(results) };
  return renderSvg((document) => scalingChart(document, measures, options));
}

/** The names of the settings in the order of their colours: those of most tasks first, as colours that come again are dashed. */
function colourOrder({ groups, names }: Results): string[] {
  const tasks = (setting: string) => groups.filter((group) => group.setting === setting).length;
  return Object.keys(names)
    .sort((first, second) => tasks(second) - tasks(first))
    .map((setting) => names[setting]);
}
