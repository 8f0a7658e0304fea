/** Training as it goes: one line redrawn in place when a person watches, one line an iteration otherwise. */
import { MultiBar, Presets } from "cli-progress";
import type { IterationMetrics } from "../training/metrics.ts";
import { formatCount, formatDuration, formatReturn, type Terminal } from "./terminal.ts";

export interface Progress {
  iteration(metrics: IterationMetrics): void;
  stop(): void;
}

/** @param done iterations of the run that are already there */
export function showProgress(terminal: Terminal, done: number, total: number): Progress {
  return terminal.interactive ? drawnProgress(terminal, done, total) : printedProgress(terminal, total);
}

function drawnProgress(terminal: Terminal, done: number, total: number): Progress {
  const barsize = Math.max(6, Math.min(30, terminal.columns - 100));
  const format = `{value}/{total} {bar} {facts}`;
  const bars = new MultiBar(
    { format, barsize, hideCursor: true, gracefulExit: false },
    Presets.shades_classic,
  );
  const bar = bars.create(total, done, { facts: "starting …" });
  const left = timeLeft(total);
  return {
    iteration(metrics) {
      for (const warning of metrics.warnings)
        bars.log(`warning: iteration ${metrics.iteration}: ${warning}\n`);
      bar.update(metrics.iteration, { facts: `${facts(metrics)} · ${left(metrics)} left` });
      bars.update();
    },
    stop: () => bars.stop(),
  };
}

function printedProgress(terminal: Terminal, total: number): Progress {
  const left = timeLeft(total);
  return {
    iteration(metrics) {
      for (const warning of metrics.warnings) {
        terminal.err(`warning: iteration ${metrics.iteration}: ${warning}\n`);
      }
      terminal.out(`iteration ${metrics.iteration}/${total} · ${facts(metrics)} · ${left(metrics)} left\n`);
    },
    stop() {},
  };
}

function facts({
  meanReturn,
  kl,
  relativeConsensusResidual: residual,
  environmentSteps,
  iteration,
  seconds,
}: IterationMetrics): string {
  const rate = environmentSteps / iteration / seconds.total;
  return [
    `return ${formatReturn(meanReturn)}`,
    ...(kl ? [`KL ${formatKl(kl)}`] : []),
    ...(residual === undefined ? [] : [`residual ${residual.toFixed(2)}`]),
    `${formatCount(rate)} steps/s`,
  ].join(" · ");
}

/** Every agent's, or the range when there are many. */
function formatKl(kl: readonly number[]): string {
  const show = (value: number): string => value.toFixed(4).replace(/^0/, "");
  return kl.length <= 4 ? kl.map(show).join(" ") : `${show(Math.min(...kl))} to ${show(Math.max(...kl))}`;
}

/** Judged by the last few iterations. */
function timeLeft(total: number): (metrics: IterationMetrics) => string {
  const recent: number[] = [];
  return ({ iteration, seconds }) => {
    recent.push(seconds.total);
    if (recent.length > 10) recent.shift();
    const mean = recent.reduce((sum, value) => sum + value, 0) / recent.length;
    return formatDuration(mean * (total - iteration));
  };
}
