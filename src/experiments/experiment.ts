/**
 * An experiment as the runner, the statistics and the report see it: tasks × settings × seeds, every cell of
 * the grid an ordinary run with a resolved configuration and a directory of its own.
 */
import type { IterationMetrics } from "../training/metrics.ts";
import type { RunConfig } from "../training/run-config.ts";

/** One run of the grid. */
export interface Cell {
  /** Key of `Experiment.tasks`. */
  readonly task: string;
  /** Key of `Experiment.settings`. */
  readonly setting: string;
  readonly seed: number;
  /** Run directory relative to the experiment's: runs/<task>/<setting>/seed-<seed>. */
  readonly directory: string;
  /**
   * Its `iterations` and `seed` are the cell's own; a pair of task and setting may have others than the rest.
   */
  readonly config: RunConfig;
}

/** "navigation-3 matrpo seed 1" */
export const cellName = ({ task, setting, seed }: Pick<Cell, "task" | "setting" | "seed">): string =>
  `${task} ${setting} seed ${seed}`;

/** A task and how to show it. */
export interface TaskAbout {
  readonly title: string;
  /** Id of the environment. */
  readonly environment: string;
  /** Returns that count as 0 and 1 where tasks are compared on one scale. */
  readonly scores?: { readonly low: number; readonly high: number };
  /**
   * Its place in a scaling study: tasks of one world are compared by the agents that their environment has.
   */
  readonly scale?: { readonly world: string; readonly agents: number };
  /** Published returns, drawn beside the curves. @defaultValue none */
  readonly references?: readonly Reference[];
}

/** Returns that are known from elsewhere: one, or some points of a curve. */
export type Reference = ReferenceValue | ReferencePoints;

interface ReferenceValue {
  /** What it is and whose. */
  readonly title: string;
  readonly value: number;
  readonly points?: undefined;
}
interface ReferencePoints {
  readonly title: string;
  readonly value?: undefined;
  /** Iterations count from 1 and rise. */
  readonly points: [iteration: number, value: number][];
}

/** An algorithm with preset and options, and how to show it. */
export interface SettingAbout {
  readonly title: string;
}

export interface Experiment {
  /** Fit for a file name. */
  readonly name: string;
  readonly title: string;
  /** In the order of the file, as are the settings. */
  readonly tasks: Readonly<Record<string, TaskAbout>>;
  readonly settings: Readonly<Record<string, SettingAbout>>;
  /** Seed by seed: all pairs of task and setting with the first seed come before those with the second. */
  readonly cells: readonly Cell[];
}

/** What a report needs of an iteration: files that were made to be kept do not hold more. */
export type Measured = Pick<IterationMetrics, "iteration" | "meanReturn" | "kl" | "jointKl"> & {
  /** Of the iteration, where they are known. */
  readonly seconds?: Pick<IterationMetrics["seconds"], "total">;
};

/** The cell of a run that this version of marlstone made. */
export const madeWith = (version: string, cell: Cell): Cell => ({
  ...cell,
  config: { ...cell.config, version },
});

/** What a cell has measured so far: it is finished with `cell.config.iterations` lines, and may have none. */
export interface CellResult {
  readonly cell: Cell;
  readonly metrics: readonly Measured[];
  /** Known from `curves.jsonl` alone. @defaultValue false */
  readonly rounded?: boolean;
  /** Why it ended before its last iteration, in one line. @defaultValue it did not fail */
  readonly failure?: string | undefined;
}
