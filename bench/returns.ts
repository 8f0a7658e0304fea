/** How long training takes to the return that the authors' program ends with: cooperative navigation, by the clock. */
import { automaticThreads } from "../src/kernels/threads.ts";
import { catalogue, resolveRun } from "../src/training/run-config.ts";
import { makeLearner } from "../src/training/setup.ts";
import { digits, type Progress, type Section } from "./support/section.ts";
import { median } from "./support/timing.ts";

/** Mean of the last 50 of 500 iterations in the authors' log. */
const GOAL = -67.5;
const SEEDS = [1, 2, 3, 4, 5];
/** Later than any seed needs; a seed that gets there has learned nothing. */
const MOST_ITERATIONS = 150;

interface Reached {
  readonly iterations: number;
  readonly seconds: number;
  /** Of the fastest iteration. */
  readonly fastest: number;
}

/** From the making of the networks to the first batch of 100 episodes with the goal's mean return. */
async function measureSeed(seed: number, threads: number): Promise<Reached> {
  const start = performance.now();
  const learner = makeLearner(resolveRun({ seed }), catalogue, threads);
  let fastest = Number.POSITIVE_INFINITY;
  for (let iterations = 1; iterations <= MOST_ITERATIONS; iterations++) {
    const { meanReturn, seconds } = await learner.iterate();
    fastest = Math.min(fastest, seconds.total);
    if (meanReturn !== null && meanReturn >= GOAL) {
      return { iterations, seconds: (performance.now() - start) / 1000, fastest };
    }
  }
  throw new RangeError(`seed ${seed} did not reach a return of ${GOAL} in ${MOST_ITERATIONS} iterations`);
}

export async function measure(progress: Progress): Promise<Section> {
  const threads = automaticThreads();
  const columns = ["seed", "iterations", "s", "s, fastest iteration", "s at its speed"];
  progress(columns);
  const row = (title: string, { iterations, seconds, fastest }: Reached): string[] => {
    const cells = [title, `${iterations}`, ...[seconds, fastest, iterations * fastest].map(digits)];
    progress(cells);
    return cells;
  };
  const rows: string[][] = [];
  for (const seed of SEEDS) rows.push(row(`${seed}`, await measureSeed(seed, threads)));
  const columnOf = (column: number): number => median(rows.map((cells) => Number(cells[column])));
  rows.push(["median", ...[1, 2, 3, 4].map((column) => `${columnOf(column)}`)]);
  progress(rows[rows.length - 1]);
  return {
    title: "Time to a return",
    introduction:
      `MATRPO on \`particle/cooperative-navigation\` with three agents, preset \`default\`, ${threads} threads: from the ` +
      `start of training to the first iteration whose 100 episodes have a mean return of ${GOAL} or more, the one that ` +
      "the authors' run of 500 iterations ends with. Seconds of the clock, which other programs on the machine lengthen; the " +
      "last column is what all iterations would take at the speed of the fastest. How many there are depends on the seed only.",
    columns,
    rows,
  };
}
