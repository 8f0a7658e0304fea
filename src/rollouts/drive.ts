/**
 * One loop for environments that answer at once and for those that answer later: the loop is a generator that
 * yields what may be a promise, and only a real promise is ever waited for.
 */
import type { MaybePromise } from "../environments/environment.ts";

/** Runs `steps` to its end: the result itself when nothing was a promise, else a promise of it. */
export function drive<T>(steps: Generator<MaybePromise<void>, T, void>): MaybePromise<T> {
  return resume(steps, () => steps.next());
}

function resume<T>(
  steps: Generator<MaybePromise<void>, T, void>,
  move: () => IteratorResult<MaybePromise<void>, T>,
): MaybePromise<T> {
  for (let next = move(); ; next = steps.next()) {
    if (next.done) return next.value;
    if (!(next.value instanceof Promise)) continue;
    return next.value.then(
      () => drive(steps),
      (reason) => resume(steps, () => steps.throw(reason)),
    );
  }
}
