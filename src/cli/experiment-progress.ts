/**
 * An experiment as it goes: one line redrawn in place when a person watches, else a line for what happens.
 */
import { MultiBar, Presets } from "cli-progress";
import { type Cell, cellName } from "../experiments/experiment.ts";
import type { Outcome } from "../experiments/messages.ts";
import type { Watcher } from "../experiments/run-experiment.ts";
import type { CellState } from "../experiments/train-cell.ts";
import { Workload } from "../experiments/workload.ts";
import type { IterationMetrics } from "../training/metrics.ts";
import {
  cut,
  formatCount,
  formatDuration,
  formatReturn,
  nameIterations,
  plural,
  type Terminal,
} from "./terminal.ts";

/** Where the lines go: `log` stays, `show` replaces what it showed before. */
interface Display {
  log(line: string): void;
  show(fraction: number, facts: string): void;
  stop(): void;
}

export class ExperimentProgress implements Watcher {
  readonly #terminal: Terminal;
  readonly #heading: string;
  readonly #jobs: number;
  readonly #work: Workload;
  readonly #running = new Map<Cell, IterationMetrics[]>();
  readonly #failed = new Set<Cell>();
  #display: Display;
  #furthest = 0;

  /** @param heading shown when the experiment is found sound, before it runs */
  constructor(terminal: Terminal, heading: string, cells: readonly Cell[], jobs: number) {
    this.#terminal = terminal;
    this.#heading = heading;
    this.#jobs = jobs;
    this.#work = new Workload(cells);
    this.#display = printed(terminal);
  }

  waiting(): void {
    this.#terminal.err("Waiting for runs of an earlier command to end …\n");
  }

  found(states: ReadonlyMap<Cell, CellState>, others: readonly string[]): void {
    const { err, interactive } = this.#terminal;
    err(`${this.#heading}\n${noteOthers(others)}${noteStates(states)}`);
    for (const [cell, { metrics }] of states) for (const line of metrics) this.#work.add(cell, line);
    const { done, total } = this.#work;
    if (done > 0) err(`Found ${formatCount(done)} of ${plural(total, "iteration")}.\n`);
    if (interactive) this.#display = drawn(this.#terminal);
  }

  started(cell: Cell): void {
    this.#running.set(cell, []);
    this.#show();
  }

  iteration(cell: Cell, metrics: IterationMetrics): void {
    this.#work.add(cell, metrics);
    this.#running.get(cell)?.push(metrics);
    this.#show();
  }

  ended(cell: Cell, { status }: Outcome): void {
    const metrics = this.#running.get(cell) ?? [];
    this.#running.delete(cell);
    if (status === "failed") this.#failed.add(cell);
    this.#display.log(`${status}: ${cellName(cell)}, ${summary(cell, metrics)}`);
    this.#show();
  }

  stop(): void {
    this.#display.stop();
  }

  #show(): void {
    const { done, total, fraction } = this.#work;
    const left = this.#work.secondsLeft(this.#jobs, this.#failed);
    const time = Number.isNaN(left) ? "" : ` · ${formatDuration(left)} left`;
    const now = [...this.#running].map(([cell, metrics]) => `${cellName(cell)} ${position(cell, metrics)}`);
    const what = now.length === 0 ? "writing the report" : now.join(", ");
    // Tasks that turn out slower than thought lengthen the time left; what is done stays done.
    this.#furthest = Math.max(this.#furthest, fraction);
    this.#display.show(this.#furthest, `${formatCount(done)}/${plural(total, "iteration")}${time} · ${what}`);
  }
}

/** A line about finished runs that are in the directory and not in the plan; nothing when there are none. */
export const noteOthers = ({ length }: readonly string[]): string =>
  length === 0
    ? ""
    : `Not asked for here: ${plural(length, "finished run")} in this directory, which stay on disk and out of this ` +
      'report. For a report of all, give one file for the whole, or each part its own --out and "combine" them.\n';

/** Lines about runs that will not be as if the plan had been there from their start; nothing when there are none. */
export function noteStates(states: ReadonlyMap<Cell, CellState>): string {
  const [done, going] = [true, false].map((finished) =>
    [...states].filter(([, state]) => state.finished === finished),
  );
  const stay = ([cell]: Found) =>
    `which stay as they are. Delete ${cell.directory} and the like to train them as asked`;
  const goOn = ([, { metrics }]: Found) =>
    `which go on as asked; iterations before, such as the first ${metrics.length} here, are not watched again`;
  return [
    noteWatched("finished run", done, stay),
    noteWatched("unfinished run", going, goOn),
    noteLost(going),
  ].join("");
}

type Found = readonly [cell: Cell, state: CellState];

function noteWatched(what: string, runs: readonly Found[], fate: (first: Found) => string): string {
  const found = runs.filter(([, { watched }]) => watched !== undefined);
  if (found.length === 0) return "";
  const [[cell, { watched }]] = found;
  return `Made with other watch options: ${plural(found.length, what)} (${cellName(cell)}: ${watched}), ${fate(found[0])}.\n`;
}

function noteLost(runs: readonly Found[]): string {
  const found = runs.filter(([, { lost = 0 }]) => lost > 0);
  if (found.length === 0) return "";
  const [[cell, { lost = 0 }]] = found;
  return (
    `No checkpoint was written yet of ${plural(found.length, "run")}: what they have is learned again, of ` +
    `${cellName(cell)} ${nameIterations(lost)}.\n`
  );
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
      bar.update(fraction, { facts: cut(`${percent(fraction)} · ${facts}`, columns - barsize - 2) });
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
