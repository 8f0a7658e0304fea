/** Going on with what may or may not be a promise: synchronous environments never wait for one. */
import type { MaybePromise } from "./environment.ts";

export function whenReady<T, R>(
  value: MaybePromise<T>,
  next: (value: T) => MaybePromise<R>,
): MaybePromise<R> {
  return isPromise(value) ? value.then(next) : next(value);
}

/** Nothing when none of the values is a promise, else a promise for all. */
export function allReady(values: readonly MaybePromise<void>[]): MaybePromise<void> {
  const pending = values.filter(isPromise);
  if (pending.length > 0) return Promise.all(pending).then(() => undefined);
}

export function isPromise<T>(value: MaybePromise<T>): value is Promise<T> {
  return typeof (value as Partial<Promise<T>> | undefined)?.then === "function";
}
