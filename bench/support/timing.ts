/**
 * Timing with tinybench in processor time, which does not grow when other programs take turns on the machine: the
 * fastest of many samples, after a warm-up that lets the engine reach its fast tier.
 */
import { Bench } from "tinybench";

export interface Effort {
  /** Milliseconds to measure for. */
  readonly time: number;
  /** Samples at least. */
  readonly iterations: number;
  readonly warmupTime: number;
  readonly warmupIterations: number;
}

export const thorough: Effort = { time: 300, iterations: 10, warmupTime: 150, warmupIterations: 5 };
/** For slow code whose ratio is all that matters. */
export const brief: Effort = { time: 0, iterations: 3, warmupTime: 0, warmupIterations: 1 };

/** A sample is of so many calls that the clock's microseconds do not matter. */
const SAMPLE_MILLISECONDS = 2;

/** Processor time of this process. */
function now(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** How many calls fill a sample. */
function callsPerSample(body: () => void): number {
  for (let calls = 1; ; calls *= 2) {
    const start = now();
    for (let i = 0; i < calls; i++) body();
    if (now() - start >= SAMPLE_MILLISECONDS) return calls;
  }
}

/** Milliseconds of processor time of the fastest call. */
export function milliseconds(body: () => void, effort: Effort): number {
  const calls = callsPerSample(body);
  const bench = new Bench({ ...effort, now, throws: true });
  bench.add("body", () => {
    for (let i = 0; i < calls; i++) body();
  });
  const [task] = bench.runSync();
  if (task.result.state !== "completed") throw new Error(`the measurement ended as ${task.result.state}`);
  return task.result.latency.min / calls;
}
