/** Training as it goes: one line redrawn in place when a person watches, one line an iteration otherwise. */
import { MultiBar, Presets } from "cli-progress";
import type { IterationMetrics } from "../training/metrics.ts";
import { cut, formatCount, formatDuration, formatReturn, formatScore, type Terminal } from "./terminal.ts";

export interface Progress {
  iteration(metrics: IterationMetrics): void;
  stop(): void;
}

/**
 * @param done iterations of the run that are already there
 * @param headline measurements that the algorithm wants to be seen, see `Algorithm`
 */
export function showProgress(
  terminal: Terminal,
  done: number,
  total: number,
  headline: readonly string[] = [],
): Progress {
  const left = timeLeft(total);
  const facts = (metrics: IterationMetrics): string =>
    `${left(metrics)} left · ${describeIteration(metrics, headline)}`;
  return terminal.interactive
    ? drawnProgress(terminal, done, total, facts)
    : printedProgress(terminal, total, facts);
}

type Facts = (metrics: IterationMetrics) => string;

function drawnProgress(terminal: Terminal, done: number, total: number, facts: Facts): Progress {
  const barsize = Math.max(6, Math.min(30, terminal.columns - 100));
  const format = `{value}/{total} {bar} {facts}`;
  const bars = new MultiBar(
    { format, barsize, hideCursor: true, gracefulExit: false },
    Presets.shades_classic,
  );
  const bar = bars.create(total, done, { facts: "starting …" });
  return {
    iteration(metrics) {
      for (const warning of metrics.warnings)
        bars.log(`warning: iteration ${metrics.iteration}: ${warning}\n`);
      const room = terminal.columns - barsize - 2 - `${metrics.iteration}/${total}`.length;
      bar.update(metrics.iteration, { facts: cut(facts(metrics), room) });
      bars.update();
    },
    stop: () => bars.stop(),
  };
}

function printedProgress(terminal: Terminal, total: number, facts: Facts): Progress {
  return {
    iteration(metrics) {
      for (const warning of metrics.warnings) {
        terminal.err(`warning: iteration ${metrics.iteration}: ${warning}\n`);
      }
      terminal.out(`iteration ${metrics.iteration}/${total} · ${facts(metrics)}\n`);
    },
    stop() {},
  };
}

/** What is asked for most comes first: a narrow window shows no more than that. */
function describeIteration(metrics: IterationMetrics, headline: readonly string[]): string {
  const { meanReturn, kl, relativeConsensusResidual: residual, evaluation } = metrics;
  return [
    `return ${formatReturn(meanReturn)}`,
    ...(evaluation ? [`evaluated ${formatScore(evaluation)}`] : []),
    ...(kl ? [`KL ${formatEach(kl, formatDigits)}`] : []),
    ...(residual === undefined ? [] : [`residual ${residual.toFixed(2)}`]),
    ...headline.flatMap((name) => formatMeasurement(name, measurement(metrics, name))),
    `${formatCount(stepRate(metrics))} steps/s`,
  ].join(" · ");
}

/** Steps a second of learning; evaluations take their time apart. */
function stepRate({ environmentSteps, iteration, seconds }: IterationMetrics): number {
  return environmentSteps / iteration / (seconds.total - (seconds.phases?.evaluation ?? 0));
}

/** Every agent's, or the range when there are many. */
function formatEach(values: readonly number[], show: (value: number) => string): string {
  if (values.length <= 4) return values.map(show).join(" ");
  return `${show(Math.min(...values))} to ${show(Math.max(...values))}`;
}

type Measurement = number | readonly number[] | undefined;

function measurement({ details, entropy, explainedVariance }: IterationMetrics, name: string): Measurement {
  const known: Readonly<Record<string, Measurement>> = { entropy, explainedVariance, ...details };
  return Object.hasOwn(known, name) ? known[name] : undefined;
}

/** "clip fraction .12 .08"; nothing when the algorithm did not measure it. */
function formatMeasurement(name: string, value: Measurement): string[] {
  if (value === undefined) return [];
  // An order is shown whole, since its range says nothing.
  if (name === "order" && typeof value !== "number") return [`order ${value.join(" ")}`];
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return [`${words} ${formatEach(typeof value === "number" ? [value] : value, formatDigits)}`];
}

/** Three digits, whole numbers whole: 12 → "12", 0.12345 → ".123", −1234.5 → "−1230", 6.243e-5 → ".0000624". */
function formatDigits(value: number): string {
  const text = Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
  return text.replaceAll("-", "−").replace(/^(−?)0\./, "$1.");
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
