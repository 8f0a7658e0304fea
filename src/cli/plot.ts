/** `marlstone plot`: learning curves of several runs; seeds of one setting become a mean with a 95 % band. */
import { Command } from "commander";
import { describeEnvironment, describeRun } from "../training/describe-run.ts";
import { writeWithFolder } from "../training/files.ts";
import { type Curve, explainCurves, learningCurve } from "../viewer/learning-curve.ts";
import { renderSvg } from "../viewer/svg-document.ts";
import { readDistinctRuns } from "./distinct-runs.ts";
import { requireFile } from "./settings.ts";
import { plural, type Terminal } from "./terminal.ts";

interface PlotFlags {
  readonly out: string;
  readonly title?: string;
}

export function plotCommand(terminal: Terminal): Command {
  return new Command("plot")
    .description(
      "draw the learning curves of runs; three or more seeds of one setting give a mean with a 95 % band",
    )
    .argument("<dir...>", "run directories")
    .option("--out <file>", "picture to write, ending in .svg", "curves.svg")
    .option("--title <text>", "heading (default: the environment)")
    .action((paths: string[], flags: PlotFlags) => run(paths, flags, terminal));
}

async function run(paths: readonly string[], flags: PlotFlags, terminal: Terminal): Promise<void> {
  const out = requireFile(flags.out, [".svg"]);
  const runs = await readDistinctRuns(paths, (text) => terminal.err(`${text}\n`));
  const environments = [...new Set(runs.map(({ config }) => describeEnvironment(config)))];
  const curves = runs.map(({ config, metrics }): Curve => {
    const place = environments.length > 1 ? `, ${describeEnvironment(config)}` : "";
    return { label: `${describeRun(config)}${place}`, returns: metrics.map(({ meanReturn }) => meanReturn) };
  });
  const title = flags.title ?? environments.join(" and ");
  const subtitle = describeCurves(curves);
  await writeWithFolder(
    out,
    await renderSvg((document) => learningCurve(document, curves, { title, subtitle })),
  );
  terminal.out(`${out}: ${subtitle}\n`);
}

function describeCurves(curves: readonly Curve[]): string {
  const labels = new Set(curves.map(({ label }) => label));
  const runs = plural(curves.length, "run");
  return [labels.size === 1 ? `${curves[0].label}, ${runs}` : runs, ...explainCurves(curves)].join(" · ");
}
