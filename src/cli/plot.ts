/** `marlstone plot`: learning curves of several runs; seeds of one setting become a mean with a 95 % band. */
import { Command } from "commander";
import { listSteps } from "../experiments/step-notes.ts";
import { describeEnvironment, describeRun } from "../training/describe-run.ts";
import { writeWithFolder } from "../training/files.ts";
import { learningSettings } from "../training/run-config.ts";
import { type Curve, explainCurves, learningCurve } from "../viewer/learning-curve.ts";
import { renderSvg } from "../viewer/svg-document.ts";
import { type DistinctRun, readDistinctRuns } from "./distinct-runs.ts";
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
  const note = (text: string) => terminal.err(`${text}\n`);
  const runs = await readDistinctRuns(paths, note);
  const environments = [...new Set(runs.map(({ config }) => describeEnvironment(config)))];
  const labels = nameSettings(runs, environments.length > 1, note);
  const curves = runs.map((run): Curve => {
    const { stepsPerIteration } = run.config.options;
    const returns = run.metrics.map(({ meanReturn }) => meanReturn);
    return { label: labels.get(run) as string, returns, stepsPerIteration };
  });
  noteShort(runs, labels, note);
  noteSteps(curves, note);
  const title = flags.title ?? environments.join(" and ");
  const subtitle = describeCurves(curves);
  await writeWithFolder(
    out,
    await renderSvg((document) => learningCurve(document, curves, { title, subtitle })),
  );
  terminal.out(`${out}: ${subtitle}\n`);
}

/**
 * A label for each run; seeds of one setting share it. Settings are told apart by what they are, since their
 * descriptions cut long values: of those that read alike, the later ones are numbered.
 */
function nameSettings(
  runs: readonly DistinctRun[],
  withPlace: boolean,
  note: (text: string) => void,
): Map<DistinctRun, string> {
  const labels = new Map<DistinctRun, string>();
  const alike = new Map<string, number>();
  for (const group of groupBySettings(runs)) {
    const [{ config }] = group;
    const place = withPlace ? `, ${describeEnvironment(config)}` : "";
    const label = `${describeRun(config)}${place}`;
    const number = (alike.get(label) ?? 0) + 1;
    alike.set(label, number);
    if (number > 1) {
      const paths = group.map(({ path }) => path).join(", ");
      note(`Another setting reads like "${label}" and is called "(${number})": ${paths}.`);
    }
    for (const run of group) labels.set(run, number > 1 ? `${label} (${number})` : label);
  }
  return labels;
}

/** Says which runs end the mean of their setting before the others' end. */
function noteShort(
  runs: readonly DistinctRun[],
  labels: ReadonlyMap<DistinctRun, string>,
  note: (text: string) => void,
): void {
  for (const { path, metrics } of runs.filter((run) => isShortest(run, runs, labels))) {
    const count = plural(metrics.length, "iteration");
    note(
      `${path} has ${count}, fewer than other seeds of its setting, whose mean ends there; leave it out to see more.`,
    );
  }
}

/** Says why curves are not drawn against iterations. */
function noteSteps(curves: readonly Curve[], note: (text: string) => void): void {
  const steps = listSteps(
    curves.map(({ label, stepsPerIteration = 0 }) => ({ name: label, stepsPerIteration })),
  );
  if (steps !== "") note(`An iteration is ${steps}: curves are drawn against environment steps.`);
}

function isShortest(
  run: DistinctRun,
  runs: readonly DistinctRun[],
  labels: ReadonlyMap<DistinctRun, string>,
): boolean {
  const fellows = runs.filter((other) => labels.get(other) === labels.get(run));
  const lengths = fellows.map(({ metrics }) => metrics.length);
  return run.metrics.length === Math.min(...lengths) && run.metrics.length < Math.max(...lengths);
}

/** Runs that differ in their seed alone stand together. */
function groupBySettings(runs: readonly DistinctRun[]): DistinctRun[][] {
  const groups = new Map<string, DistinctRun[]>();
  for (const run of runs) {
    const { seed: _, ...settings } = learningSettings(run.config);
    const key = JSON.stringify(settings);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()];
}

function describeCurves(curves: readonly Curve[]): string {
  const labels = new Set(curves.map(({ label }) => label));
  const runs = plural(curves.length, "run");
  return [labels.size === 1 ? `${curves[0].label}, ${runs}` : runs, ...explainCurves(curves)].join(" · ");
}
