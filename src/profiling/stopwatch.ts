/**
 * Where time goes. At any moment time counts for one phase: one inside another takes its time from it, so that the
 * seconds of all phases add up to the time measured. A change of phase costs a look at the clock, nothing else does.
 */
import type { Phase } from "./phases.ts";

/** Seconds of the phases that there were. */
export type PhaseSeconds = Readonly<Partial<Record<Phase, number>>>;

export class Stopwatch {
  readonly #clock: () => number;
  readonly #milliseconds = new Map<Phase, number>();
  #phase: Phase | undefined;
  #since: number;

  /**
   * Runs from now on.
   * @param phase what time counts for first; undefined: nothing
   * @param clock milliseconds from some moment on
   */
  constructor(phase: Phase | undefined = "other", clock: () => number = () => performance.now()) {
    this.#phase = phase;
    this.#clock = clock;
    this.#since = clock();
  }

  /** From now on time counts for `phase`, or for nothing. @returns what it counted for until now */
  enter(phase: Phase | undefined): Phase | undefined {
    const now = this.#clock();
    const left = this.#phase;
    if (left) this.#milliseconds.set(left, (this.#milliseconds.get(left) ?? 0) + now - this.#since);
    this.#phase = phase;
    this.#since = now;
    return left;
  }

  /** Counts the time of `body`, which must be synchronous, for `phase`, and what follows as before, also when it throws. */
  measure<T>(phase: Phase, body: () => T): T {
    const outer = this.enter(phase);
    try {
      return body();
    } finally {
      this.enter(outer);
    }
  }

  /** Seconds until now. */
  read(): PhaseSeconds {
    this.enter(this.#phase);
    return Object.fromEntries(Array.from(this.#milliseconds, ([phase, time]) => [phase, time / 1000]));
  }
}
