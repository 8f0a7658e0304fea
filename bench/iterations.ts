/** Whole policy iterations as `marlstone train` makes them, and where their time goes. */
import { availableParallelism } from "node:os";
import { type Part, parts } from "../src/profiling/phases.ts";
import { makeProfile, secondsOf } from "../src/profiling/profile.ts";
import type { PhaseSeconds } from "../src/profiling/stopwatch.ts";
import { catalogue, resolveRun } from "../src/training/run-config.ts";
import { makeLearner } from "../src/training/setup.ts";
import { digits, type Progress, percent, type Section } from "./support/section.ts";

const WARM_UP = 1;
const ITERATIONS = 4;

const run = (world: string, agents: number, preset: string) => ({
  environment: `particle/${world}`,
  environmentOptions: { agents },
  preset,
});
type Run = ReturnType<typeof run>;

const settings: readonly Run[] = [
  run("cooperative-navigation", 3, "default"),
  run("cooperative-navigation", 3, "paper"),
  run("cooperative-navigation", 6, "default"),
  run("treasure-collection", 8, "default"),
  run("treasure-collection", 12, "default"),
];

/** Saving is no part of an iteration. */
const shown: readonly Part[] = parts.filter((part) => part !== "saving");
const threadCounts = [...new Set([1, Math.min(2, availableParallelism())])];

async function measureRun(given: Run, threads: number): Promise<string[]> {
  const config = resolveRun(given);
  const learner = makeLearner(config, catalogue, threads);
  const measured: PhaseSeconds[] = [];
  const totals: number[] = [];
  for (let i = 0; i < WARM_UP + ITERATIONS; i++) {
    const { seconds } = await learner.iterate();
    if (i < WARM_UP) continue;
    totals.push(seconds.total);
    measured.push(seconds.phases ?? {});
  }
  const { shares } = makeProfile(ITERATIONS, measured);
  const links = learner.links.pairs.length;
  const activations = Number(config.options.admmIterations ?? 4 * links);
  const consensus = measured.map((seconds) => (seconds.vectors ?? 0) + secondsOf("activations", seconds));
  return [
    `${given.environment.replace("particle/", "")}-${given.environmentOptions.agents}`,
    given.preset,
    `${threads}`,
    digits(Math.min(...totals)),
    `${activations}`,
    digits((1000 * Math.min(...consensus)) / activations),
    ...shown.map((part) => percent(shares[part])),
  ];
}

export async function measure(progress: Progress): Promise<Section> {
  const columns = ["task", "preset", "threads", "s", "activations", "ms each", ...shown];
  progress(columns);
  const rows: string[][] = [];
  for (const given of settings) {
    for (const threads of threadCounts) {
      const row = await measureRun(given, threads);
      rows.push(row);
      progress(row);
    }
  }
  return {
    title: "Policy iterations",
    introduction:
      `MATRPO, 10,000 steps an iteration: seconds of the clock, the fastest of ${ITERATIONS} after ${WARM_UP}. An activation ` +
      "of a link is two agents' answers and their exchange, the basis vectors that they add included. The shares are " +
      "those of `train --profile`.",
    columns,
    rows,
  };
}
