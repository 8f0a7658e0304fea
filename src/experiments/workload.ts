/**
 * How far an experiment is and how long it will take. An iteration is weighed by the seconds that iterations
 * of its task and setting took; where none was measured yet, by those of its task, else by those of all.
 */
import type { IterationMetrics } from "../training/metrics.ts";
import type { Cell } from "./experiment.ts";

/** Older measurements fade with this many iterations, so that a machine that gets busy is noticed. */
const MEMORY = 30;

interface Rate {
  seconds: number;
  weight: number;
}

export class Workload {
  readonly #cells: readonly Cell[];
  readonly #done = new Map<Cell, number>();
  readonly #spent = new Map<Cell, number>();
  readonly #rates = new Map<string, Rate>();

  constructor(cells: readonly Cell[]) {
    this.#cells = cells;
  }

  /** Counts an iteration of a cell, measured now or before an interruption. */
  add(cell: Cell, { iteration, seconds }: Pick<IterationMetrics, "iteration" | "seconds">): void {
    this.#done.set(cell, iteration);
    this.#spent.set(cell, (this.#spent.get(cell) ?? 0) + seconds.total);
    for (const key of rateKeys(cell)) {
      const rate = this.#rates.get(key) ?? { seconds: 0, weight: 0 };
      const keep = 1 - 1 / MEMORY;
      this.#rates.set(key, { seconds: keep * rate.seconds + seconds.total, weight: keep * rate.weight + 1 });
    }
  }

  /** Iterations. */
  get total(): number {
    return this.#cells.reduce((sum, { config }) => sum + config.iterations, 0);
  }

  /** Iterations. */
  get done(): number {
    return this.#cells.reduce((sum, cell) => sum + this.#doneOf(cell), 0);
  }

  /** Share of the work that is done, from 0 to 1; by iterations alone while nothing is measured. */
  get fraction(): number {
    if (this.#rates.size === 0) return this.done / this.total;
    const spent = this.#cells.reduce((sum, cell) => sum + (this.#spent.get(cell) ?? 0), 0);
    const left = this.#cells.reduce((sum, cell) => sum + this.#left(cell), 0);
    return left === 0 ? 1 : spent / (spent + left);
  }

  /**
   * Seconds until all cells but those of `without` are done, with this many at a time; NaN while nothing is
   * measured.
   */
  secondsLeft(jobs: number, without: ReadonlySet<Cell> = new Set()): number {
    const left = this.#cells.filter((cell) => !without.has(cell)).map((cell) => this.#left(cell));
    return Math.max(0, ...left, left.reduce((sum, seconds) => sum + seconds, 0) / jobs);
  }

  /** Seconds of work on one cell. */
  #left(cell: Cell): number {
    const iterations = cell.config.iterations - this.#doneOf(cell);
    return iterations === 0 ? 0 : iterations * this.#secondsAnIteration(cell);
  }

  #doneOf(cell: Cell): number {
    return Math.min(this.#done.get(cell) ?? 0, cell.config.iterations);
  }

  #secondsAnIteration(cell: Cell): number {
    const rate = rateKeys(cell).flatMap((key) => this.#rates.get(key) ?? [])[0];
    return rate ? rate.seconds / rate.weight : Number.NaN;
  }
}

/** From the closest to the most general. */
const rateKeys = ({ task, setting }: Cell): readonly string[] => [`${task}/${setting}`, `${task}/`, ""];
