/** Experiments with made-up results: returns are given, everything else follows from the iteration. */
import type { Cell, CellResult, Experiment, TaskAbout } from "../../src/experiments/experiment.ts";
import type { IterationMetrics } from "../../src/training/metrics.ts";
import { fakeConfig } from "./fake-run.ts";

/** One run: returns by iteration, null where no episode finished. */
export interface FakeRun {
  readonly task: string;
  readonly setting: string;
  readonly seed: number;
  readonly returns: readonly (number | null)[];
  /** @defaultValue as many as there are returns */
  readonly planned?: number;
  /** Of every iteration. @defaultValue 2 */
  readonly seconds?: number;
  /** @defaultValue that of the fake algorithm, for all runs the same */
  readonly stepsPerIteration?: number;
  /** @defaultValue it did not fail */
  readonly failure?: string;
}

export function fakeMetrics(returns: readonly (number | null)[], seconds = 2): IterationMetrics[] {
  return returns.map((meanReturn, i) => ({
    iteration: i + 1,
    environmentSteps: 10 * (i + 1),
    episodes: meanReturn === null ? 0 : 5,
    meanReturn,
    agentReturns: [meanReturn, 0],
    meanEpisodeLength: meanReturn === null ? null : 2,
    kl: [0.01, 0.03],
    jointKl: 0.04,
    entropy: [1, 1],
    explainedVariance: [0, 0],
    seconds: { sample: 0.5, value: 0.5, policy: 0.5, total: seconds },
    warnings: [],
  }));
}

/** Tasks and settings in the order in which runs name them, titled by their names. */
export function fakeExperiment(
  runs: readonly FakeRun[],
  tasks: Readonly<Record<string, Partial<TaskAbout>>> = {},
): { experiment: Experiment; results: CellResult[] } {
  const results = runs.map(
    ({ task, setting, seed, returns, planned = returns.length, seconds, failure, ...run }): CellResult => {
      const directory = `runs/${task}/${setting}/seed-${seed}`;
      const cell: Cell = {
        task,
        setting,
        seed,
        directory,
        config: fakeConfig({ seed, iterations: planned, options: run }),
      };
      return { cell, metrics: fakeMetrics(returns, seconds), ...(failure && { failure }) };
    },
  );
  const titled = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, { title: `Title of ${name}` }]));
  const about = Object.entries(titled(runs.map(({ task }) => task))).map(([task, { title }]) => {
    return [task, { title, environment: "test/counting", ...tasks[task] }];
  });
  const experiment: Experiment = {
    name: "made-up",
    title: "A made-up experiment",
    tasks: Object.fromEntries(about),
    settings: titled(runs.map(({ setting }) => setting)),
    cells: results.map(({ cell }) => cell),
  };
  return { experiment, results };
}

/** `length` returns that are all `value`. */
export const flat = (value: number, length: number): number[] => new Array<number>(length).fill(value);
