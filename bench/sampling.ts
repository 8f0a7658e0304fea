/** An iteration's roll-out: 10,000 joint steps in which every agent observes, acts by its policy and is rewarded. */
import { algorithms } from "../src/algorithms/registry.ts";
import { makeEnvironment } from "../src/environments/registry.ts";
import { vectorise } from "../src/environments/vectorise.ts";
import { createArena } from "../src/kernels/arena.ts";
import type { Phase } from "../src/profiling/phases.ts";
import { Stopwatch } from "../src/profiling/stopwatch.ts";
import { Collector } from "../src/rollouts/collector.ts";
import { Random } from "../src/tensor/random.ts";
import { taskShape } from "../src/training/learner.ts";
import { validateOptions } from "../src/training/run-config.ts";
import { digits, type Progress, type Section } from "./support/section.ts";
import { median, processorTime } from "./support/timing.ts";

const settings = [
  ["particle/cooperative-navigation", 3],
  ["particle/cooperative-navigation", 6],
  ["particle/treasure-collection", 8],
] as const;
const phases: readonly Phase[] = ["acting", "environment", "recording"];
const ROLLOUTS = 20;

/** Milliseconds of processor time of the phases, medians over roll-outs. */
async function measureRollout(id: string, agents: number): Promise<{ steps: number; times: number[] }> {
  const entry = algorithms.matrpo;
  const options = validateOptions(entry, {});
  const environment = vectorise(makeEnvironment(id, { agents }), { copies: options.environmentCopies });
  const random = Random.fromSeed("sampling");
  const task = taskShape(environment.spec);
  const arena = createArena({ threads: 1 });
  const algorithm = entry.create(task, options, random.derive("algorithm"), arena);
  const collector = new Collector(environment, options.stepsPerIteration, random.derive("environment"));
  const rollouts: number[][] = [];
  for (let i = 0; i < ROLLOUTS; i++) {
    const stopwatch = new Stopwatch(undefined, processorTime);
    await collector.collect(algorithm, stopwatch);
    const seconds = stopwatch.read();
    rollouts.push(phases.map((phase) => 1000 * (seconds[phase] ?? 0)));
  }
  const times = phases.map((_, i) => median(rollouts.map((rollout) => rollout[i])));
  return { steps: options.stepsPerIteration, times };
}

export async function measure(progress: Progress): Promise<Section> {
  const columns = ["environment", "agents", "ms", "acting ms", "environment ms", "recording ms", "steps/s"];
  progress(columns);
  const rows: string[][] = [];
  for (const [id, agents] of settings) {
    const { steps, times } = await measureRollout(id, agents);
    const total = times.reduce((sum, time) => sum + time, 0);
    const row = [id, `${agents}`, digits(total), ...times.map(digits), digits((1000 * steps) / total)];
    rows.push(row);
    progress(row);
  }
  return {
    title: "Sampling",
    introduction:
      "10,000 joint steps of 100 copies: MATRPO's agents choose with their policies (18-128-128-15 and larger), the world " +
      "moves, and all is recorded. One thread, medians of processor time.",
    columns,
    rows,
  };
}
