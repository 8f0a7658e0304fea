/** An experiment as it goes: one line redrawn in place when a person watches, else a line for what happens. */
import { MultiBar, Presets } from "cli-progress";
import type { Cell } from "../experiments/experiment.ts";
import type { Watcher } from "../experiments/run-experiment.ts";
import { Workload } from "../experiments/workload.ts";
import type { IterationMetrics } from "../training/metrics.ts";
import { formatCount, formatDuration, formatReturn, plural, type Terminal } from "./terminal.ts";

export interface ExperimentProgress extends Watcher {
  stop(): void;
}

/** Where the lines go: `log` stays, `show` replaces what it showed before. */
interface Display {
  log(line: string): void;
  show(fraction: number, facts: string): void;
  stop(): void;
}

/** "navigation-3 matrpo seed 1". */
export const cellName = ({ task, setting, seed }: Cell): string => `${task} ${setting} seed ${seed}`;

/** @param heading shown when the experiment is found sound, before it runs */
export function showExperiment(
  terminal: Terminal,
  heading: string,
  cells: readonly Cell[],
  jobs: number,
): ExperimentProgress {
  let display = printed(terminal);
  const work = new Workload(cells);
  const running = new Map<Cell, IterationMetrics[]>();
  const failed = new Set<Cell>();
  let furthest = 0;
  const show = (): void => {
    const left = work.secondsLeft(jobs, failed);
    const time = Number.isNaN(left) ? "" : ` · ${formatDuration(left)} left`;
    const now = [...running].map(([cell, metrics]) => `${cellName(cell)} ${position(cell, metrics)}`);
    const what = now.length === 0 ? "writing the report" : now.join(", ");
    const facts = `${formatCount(work.done)}/${plural(work.total, "iteration")}${time} · ${what}`;
    // Tasks that turn out slower than thought lengthen the time left; what is done stays done.
    furthest = Math.max(furthest, work.fraction);
    display.show(furthest, facts);
  };
  return {
    waiting: () => terminal.err("Waiting for runs of an earlier command to end …\n"),
    found(states) {
      terminal.err(`${heading}\n`);
      for (const [cell, { metrics }] of states) for (const line of metrics) work.add(cell, line);
      if (work.done > 0) {
        terminal.err(`Found ${formatCount(work.done)} of ${plural(work.total, "iteration")}.\n`);
      }
      if (terminal.interactive) display = drawn(terminal);
    },
    started(cell) {
      running.set(cell, []);
      show();
    },
    iteration(cell, metrics) {
      work.add(cell, metrics);
      running.get(cell)?.push(metrics);
      show();
    },
    ended(cell, outcome) {
      const metrics = running.get(cell) ?? [];
      running.delete(cell);
      if (outcome.status === "failed") failed.add(cell);
      display.log(`${outcome.status}: ${cellName(cell)}, ${summary(cell, metrics)}`);
      show();
    },
    stop: () => display.stop(),
  };
}

const position = ({ config }: Cell, metrics: readonly IterationMetrics[]): string =>
  metrics.length === 0 ? "starting" : `${metrics[metrics.length - 1].iteration}/${config.iterations}`;

/** What a run did in this command. */
function summary(cell: Cell, metrics: readonly IterationMetrics[]): string {
  const seconds = metrics.reduce((sum, line) => sum + line.seconds.total, 0);
  const warned = metrics.filter(({ warnings }) => warnings.length > 0).length;
  const warnings = warned === 0 ? [] : [`warnings in ${plural(warned, "iteration")}, see its metrics.jsonl`];
  const last = metrics.length === 0 ? [] : [`return ${formatReturn(metrics[metrics.length - 1].meanReturn)}`];
  return [`iteration ${position(cell, metrics)}`, formatDuration(seconds), ...last, ...warnings].join(", ");
}

function drawn({ columns }: Terminal): Display {
  const barsize = Math.max(6, Math.min(30, columns - 100));
  const bars = new MultiBar(
    { format: "{bar} {facts}", barsize, hideCursor: true, gracefulExit: false },
    Presets.shades_classic,
  );
  const bar = bars.create(1, 0, { facts: "starting …" });
  return {
    log(line) {
      bars.log(`${line}\n`);
      bars.update();
    },
    show(fraction, facts) {
      const text = `${percent(fraction)} · ${facts}`;
      const room = columns - barsize - 2;
      bar.update(fraction, { facts: text.length > room ? `${text.slice(0, room - 1)}…` : text });
    },
    stop: () => bars.stop(),
  };
}

/** The overall line comes at once, after every twentieth of the work and after every minute. */
function printed({ err }: Terminal): Display {
  let twentieths = -1;
  let next = 0;
  return {
    log: (line) => err(`${line}\n`),
    show(fraction, facts) {
      const now = performance.now();
      if (parts(fraction, 20) <= twentieths && now < next) return;
      twentieths = parts(fraction, 20);
      next = now + MINUTE;
      err(`${percent(fraction)} · ${facts}\n`);
    },
    stop() {},
  };
}

const MINUTE = 60_000;
/** How many of `count` equal parts are done, rounding errors forgiven. */
const parts = (fraction: number, count: number): number => Math.floor(count * fraction + 1e-9);

const percent = (fraction: number): string => `${parts(fraction, 100)} %`;
