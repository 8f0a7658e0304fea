/** What `train` says at its end: the curve, where everything is, and what to do next. */
import { join } from "node:path";
import type { IterationMetrics } from "../training/metrics.ts";
import type { RunDirectory } from "../training/run-directory.ts";
import type { TrainResult } from "../training/trainer.ts";
import { formatMinutes, formatReturn, formatScore, plural, type Terminal } from "./terminal.ts";
import { terminalChart } from "./terminal-chart.ts";

/**
 * @param seconds that the command took
 * @param drawn whether the environment can be watched
 */
export function trainReport(
  run: RunDirectory,
  result: TrainResult,
  seconds: number,
  { columns, command }: Pick<Terminal, "columns" | "command">,
  drawn: boolean,
): string {
  const { metrics } = result;
  const last = metrics.slice(-10).flatMap(({ meanReturn }) => meanReturn ?? []);
  const mean = last.length > 0 ? last.reduce((sum, value) => sum + value, 0) / last.length : null;
  const steps = plural(metrics.at(-1)?.environmentSteps ?? 0, "step");
  return `
${terminalChart(metrics, columns)}
${plural(metrics.length, "iteration")} in all, ${steps}; this took ${formatMinutes(seconds)}.
Mean return of the last ${plural(last.length, "iteration")}: ${formatReturn(mean)}
${bestEvaluation(metrics)}
Run directory    ${run.path}
Learning curve   ${run.curvePath}

Try next:
${nextCommands(run, result, drawn)
  .map((words) => `  ${command} ${words}\n`)
  .join("")}`;
}

/** A run that was stopped is to become what was asked for; one that has no iteration yet has nothing to play. */
function nextCommands(
  { path, config }: RunDirectory,
  { metrics, interrupted }: TrainResult,
  drawn: boolean,
): string[] {
  const best = bestEvaluation(metrics) === "" ? "" : " --best";
  const play = [`evaluate ${path}${best}`, ...(drawn ? [`replay ${path}`] : [])];
  const again = `train ${join(path, "config.json")} --seed ${config.seed + 1}`;
  if (!interrupted) {
    return [...play, `train --resume --out ${path} --iterations ${2 * metrics.length}`, again];
  }
  return [`train --resume --out ${path}`, ...(metrics.length > 0 ? play : []), again];
}

/** A line about the checkpoint that is kept for it, or nothing. */
function bestEvaluation(metrics: readonly IterationMetrics[]): string {
  const evaluated = metrics.flatMap(({ iteration, evaluation }) =>
    evaluation ? [{ iteration, evaluation }] : [],
  );
  if (evaluated.length === 0) return "";
  const best = evaluated.reduce((a, b) => (b.evaluation.return > a.evaluation.return ? b : a));
  return `Best evaluation: ${formatScore(best.evaluation)} after iteration ${best.iteration}\n`;
}
