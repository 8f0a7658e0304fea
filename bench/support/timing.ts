/**
 * Timing on machines that are shared: in processor time, which does not grow while other programs have their turn; the
 * fastest of several samples; and where a ratio is what matters, in turns close to each other, round after round, of
 * which the median counts. Samples are taken by tinybench.
 */
import { Bench } from "tinybench";

/** Milliseconds of one call in a turn. */
export type Turn = () => number;

/** A sample is of so many calls that the clock's microseconds do not matter. */
const SAMPLE_MILLISECONDS = 2;

/** Milliseconds of processor time of this process. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * Warms `body` up until the engine has reached its fast tier.
 * @param time milliseconds a turn, at least one call
 * @param warmup milliseconds
 */
export function turn(body: () => void, time = 30, warmup = 150): Turn {
  const calls = callsPerSample(body);
  const sample = () => {
    for (let i = 0; i < calls; i++) body();
  };
  const start = processorTime();
  while (processorTime() - start < warmup) sample();
  return () => {
    const bench = new Bench({ now: processorTime, time, iterations: 1, warmup: false, throws: true });
    bench.add("body", sample);
    const [{ result }] = bench.runSync();
    if (result.state !== "completed") throw new Error(`the measurement ended as ${result.state}`);
    return result.latency.min / calls;
  };
}

/** How many calls fill a sample. */
function callsPerSample(body: () => void): number {
  for (let calls = 1; ; calls *= 2) {
    const start = processorTime();
    for (let i = 0; i < calls; i++) body();
    if (processorTime() - start >= SAMPLE_MILLISECONDS) return calls;
  }
}

/** Milliseconds of the fastest call in all rounds. */
export function milliseconds(body: () => void, rounds = 10): number {
  return Math.min(...takeTurns(rounds, [turn(body)]).flat());
}

/** Milliseconds [round][turn]; in every round each has its turn. */
export function takeTurns(rounds: number, turns: readonly Turn[]): number[][] {
  return Array.from({ length: rounds }, () => turns.map((next) => next()));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
