/** The shares of a training's time, from the seconds of its phases. */
import { type Part, type Phase, parts, phaseNames, phases } from "./phases.ts";
import type { PhaseSeconds } from "./stopwatch.ts";

export interface Profile {
  readonly iterations: number;
  /** Of everything, the sum over phases. */
  readonly seconds: number;
  /** Of `seconds`; they sum to 1. */
  readonly shares: Readonly<Record<Part, number>>;
  /** Seconds of every phase that there was, in the order of phases.ts. */
  readonly phases: PhaseSeconds;
}

/** @param measured seconds by phase, of any number of stopwatches one after another */
export function makeProfile(iterations: number, measured: readonly PhaseSeconds[]): Profile {
  const sums = new Map<Phase, number>();
  for (const phase of phaseNames) {
    const times = measured.flatMap((seconds) => seconds[phase] ?? []);
    if (times.length > 0) sums.set(phase, sum(times));
  }
  const seconds = sum([...sums.values()]);
  const shares = parts.map((part) => [part, seconds > 0 ? partSeconds(sums, part) / seconds : 0]);
  return {
    iterations,
    seconds,
    shares: Object.fromEntries(shares) as Record<Part, number>,
    phases: Object.fromEntries(sums),
  };
}

/** Seconds of all phases of a part. */
export function secondsOf(part: Part, measured: PhaseSeconds): number {
  return partSeconds(new Map(Object.entries(measured) as [Phase, number][]), part);
}

function partSeconds(seconds: ReadonlyMap<Phase, number>, part: Part): number {
  return sum(Array.from(seconds, ([phase, time]) => (phases[phase].part === part ? time : 0)));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
