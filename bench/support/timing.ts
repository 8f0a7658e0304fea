/** Timing with tinybench: the fastest of many runs, after a warm-up that lets the engine reach its fast tier. */
import { Bench } from "tinybench";

export interface Effort {
  /** Milliseconds to measure for. */
  readonly time: number;
  /** Runs at least. */
  readonly iterations: number;
  readonly warmupTime: number;
  readonly warmupIterations: number;
}

export const thorough: Effort = { time: 400, iterations: 10, warmupTime: 150, warmupIterations: 5 };
/** For slow code whose ratio is all that matters. */
export const brief: Effort = { time: 0, iterations: 3, warmupTime: 0, warmupIterations: 1 };

/** Milliseconds of the fastest call: what the code takes when no other process interferes. */
export function milliseconds(body: () => void, effort: Effort): number {
  const bench = new Bench({ ...effort, throws: true });
  bench.add("body", body);
  const [task] = bench.runSync();
  if (task.result.state !== "completed") throw new Error(`the measurement ended as ${task.result.state}`);
  return task.result.latency.min;
}
