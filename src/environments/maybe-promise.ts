/** Going on with what may or may not be a promise: synchronous environments never wait for one. */
import type { MaybePromise } from "./environment.ts";

export function whenReady<T, R>(
  value: MaybePromise<T>,
  next: (value: T) => MaybePromise<R>,
): MaybePromise<R> {
  return isPromise(value) ? value.then(next) : next(value);
}

/**
 * Calls with every item: nothing when no call answers with a promise, else a promise for all. The first failure is
 * thrown only when all have answered, since an answer that comes later would be taken for that of the next call.
 */
export function allReady<T>(items: readonly T[], call: (item: T) => MaybePromise<void>): MaybePromise<void> {
  const pending: Promise<void>[] = [];
  const failures: unknown[] = [];
  for (const item of items) {
    try {
      const answer = call(item);
      if (isPromise(answer)) pending.push(answer);
    } catch (error) {
      failures.push(error);
    }
  }
  if (pending.length > 0) return settle(pending, failures);
  if (failures.length > 0) throw failures[0];
}

async function settle(pending: readonly Promise<void>[], failures: unknown[]): Promise<void> {
  for (const result of await Promise.allSettled(pending)) {
    if (result.status === "rejected") failures.push(result.reason);
  }
  if (failures.length > 0) throw failures[0];
}

export function isPromise<T>(value: MaybePromise<T>): value is Promise<T> {
  return typeof (value as Partial<Promise<T>> | undefined)?.then === "function";
}
